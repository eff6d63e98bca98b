"""The genuine engine, for the tests that run it: where it is, and how to call it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from policy.catalogue import PACKS
from tests.harness import PASSPHRASE, ROOT

ENGINE = os.environ.get("PLINTH_ENGINE", "")
NEEDED = [pytest.mark.engine, pytest.mark.skipif(not ENGINE, reason="PLINTH_ENGINE names no folder with the Pulumi engine")]
WITH_PACKS = tuple(part for pack in (*PACKS, "cost") for part in ("--policy-pack", str(ROOT / "policy" / pack)))
"""The options that make the engine run every policy pack of the repository."""
_PATIENCE = ("--hurry", "3")
"""How much faster than by the clock the provider waits, as a power of two. By two more it saves little and gives a busy machine
seconds for what AWS has minutes for."""
_AT_ONCE = "6"
"""How many resources the engine works on at a time. All requests go to one process: more of them only wait longer."""
_ANSWERS = str(Path(__file__).parent / "answers")
"""What has to be on Python's path for the emulated AWS to lose no answer."""
_PORT_TAKEN = ("BadStatusLine", "moto did not start")
"""What is said where another program took the port that was found free for the emulated AWS; nothing has run by then."""


def with_engine(folder: Path, script: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs a shell script in `folder` with the engine on its PATH and the stand-ins for the providers running."""
    return _run(folder, "with-engine", *_PATIENCE, *options, "--", "sh", "-c", script)


def against_moto(folder: Path, stack: str, *steps: str, options: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Runs steps (`preview`, `up`, `refresh`, `destroy`) of a stack against an emulated AWS: a result a step, and a last one."""
    done = _run(folder, "up-against-moto", ".", stack, *steps, *_PATIENCE, "--parallel", _AT_ONCE, *options)
    decoder, text, found = json.JSONDecoder(), done.stdout.strip(), list[dict[str, Any]]()
    while text:
        result, end = decoder.raw_decode(text)
        found.append(result)
        text = text[end:].strip()
    assert len(found) == len(steps) + 1, done.stdout + done.stderr
    return found


def _run(folder: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = _once(folder, program, *arguments)
    return _once(folder, program, *arguments) if any(said in done.stderr for said in _PORT_TAKEN) else done


def _once(folder: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [f"{ENGINE}/{program}", *arguments],
        cwd=folder,
        env={
            **os.environ,
            "VIRTUAL_ENV": sys.prefix,
            "PYTHONPATH": _ANSWERS,
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_PARALLEL": _AT_ONCE,
        },
        capture_output=True,
        text=True,
        check=False,
    )
