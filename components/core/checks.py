"""Arguments are checked where they are born: every fault in one error, before any resource exists."""

import re
from collections.abc import Iterable, Iterator

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def refuse(args: object, problems: Iterable[str]) -> None:
    """Raises ValueError that lists all `problems` of an arguments object, each `field: what is wrong; what is allowed`."""
    if found := list(problems):
        raise ValueError(f"{type(args).__name__}: " + " | ".join(found))


def name_problems(field: str, name: str) -> Iterator[str]:
    """What is wrong with a name that becomes part of others."""
    if not _NAME.fullmatch(name):
        yield f"{field}: {name!r} is no name; lower-case words joined by hyphens"
