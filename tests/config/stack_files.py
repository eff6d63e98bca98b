"""Stack files written for a test, and what reading them gives."""

from pathlib import Path

import pytest

from stack.config.document import Document, read
from stack.config.faults import ConfigError, Fault
from stack.config.loader import load_all

SECRET = "hunter2"  # noqa: S105
"""Must never be seen in a message."""


def written(folder: Path, text: str | bytes) -> Document:
    (folder / "Pulumi.dev.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(folder, "dev", "plinth")


def faults(folder: Path, text: str | bytes) -> tuple[Fault, ...]:
    with pytest.raises(ConfigError) as caught:
        written(folder, text)
    return caught.value.faults


def fault(folder: Path, text: str | bytes) -> Fault:
    (only,) = faults(folder, text)
    return only


def refusals(folder: Path, stack: str = "dev") -> list[str]:
    """What is wrong with the file of a stack of a whole program, without the place in it."""
    with pytest.raises(ConfigError) as caught:
        load_all(folder, [stack])
    return [str(found).split(": ", 1)[1] for found in caught.value.faults]
