"""Times commands as whole processes, one at a time, with the memory of all that they started.

It imports nothing but the standard library: the processes that it starts to be measured import it too.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

ROOT = Path(__file__).resolve().parent.parent


class BenchError(Exception):
    """A contestant failed, or planned something else than it should. The message says which, and what it wrote."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one contestant. `mib` is the peak memory of its largest process; None where that cannot be known.

    `cpu` are the seconds that processors worked for all of its processes: on a busy machine too, whose clock says little.
    """

    seconds: float
    mib: float | None
    cpu: float = 0


def call(module: str, function: str, *arguments: object) -> list[str]:
    """The command that runs a function in a fresh process whose main module is empty, as that of the command `plinth` is."""
    return [sys.executable, "-c", f"from {module} import {function} as run; run()", *map(str, arguments)]


class Stopwatch:
    """A small process that runs commands, one at a time, and says how long each took and how much memory."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._questions = cast("IO[str]", process.stdin)
        self._answers = cast("IO[str]", process.stdout)
        if not self._answers.readline():
            raise BenchError("the stopwatch did not start: see above")

    def time(self, command: Sequence[str], *, cwd: Path, into: Path) -> Run:
        """Runs `command` with what it prints in the files `stdout` and `stderr` of `into`. Raises BenchError where it fails."""
        self._questions.write(json.dumps([list(command), str(cwd), str(into)]) + "\n")
        self._questions.flush()
        status, seconds, mib, cpu = json.loads(self._answers.readline())
        if status:
            raise BenchError(f"{' '.join(command)}: exit status {status}\n{(into / 'stderr').read_text()[-3000:]}")
        return Run(seconds, mib, cpu)


@contextmanager
def stopwatch(*within: str) -> Generator[Stopwatch]:
    """A stopwatch that is ready, started by the command `within` where one is given: in the surroundings that this sets up."""
    command = [*within, *call("tools.stopwatch", "answer_times")]
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Stopwatch(process)


def answer_times() -> None:
    """The stopwatch's process: a command a line on standard input, exit status, seconds, MiB, CPU seconds on standard output."""
    is_linux = sys.platform == "linux"
    if is_linux:
        _adopt_orphans()
    print("ready", flush=True)  # nothing is timed while something else still starts
    for line in sys.stdin:
        command, cwd, into = json.loads(line)
        status, seconds, peak, cpu = _run(command, Path(cwd), Path(into))
        print(json.dumps([status, seconds, peak / 1024 if is_linux else None, cpu]), flush=True)


def _adopt_orphans() -> None:
    """Makes this process the parent of what its children leave running, so that `wait4` tells of it.

    A recording is made by a fork of the fork server, which nobody waits for.
    """
    import ctypes

    pr_set_child_subreaper = 36
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


def _run(command: Sequence[str], cwd: Path, into: Path) -> tuple[int, float, int, float]:
    """The command's exit status, its seconds, the peak of the largest process among it and all that it started, and their CPU.

    Returns when the last of them has ended, so that they do not run on beside the next contestant. The kernel counts the memory
    of the forking process to the child, too, which is why a small process does this.
    """
    status, seconds, peak, cpu = 0, 0.0, 0, 0.0
    with (into / "stdout").open("w") as out, (into / "stderr").open("w") as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        while True:
            try:
                ended, code, usage = os.wait4(-1, 0)
            except ChildProcessError:
                return status, seconds, peak, cpu
            peak, cpu = max(peak, usage.ru_maxrss), cpu + usage.ru_utime + usage.ru_stime
            if ended == process.pid:
                seconds = time.perf_counter() - start
                status = process.returncode = os.waitstatus_to_exitcode(code)
