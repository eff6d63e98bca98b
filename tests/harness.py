"""What many tests need: the repository, a component recorded on its own, a stack file with one thing changed."""

import fcntl
import os
import pickle
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pulumi_aws as aws
import pytest
import yaml

from components.core.context import Context
from plinth.cli import main
from plinth.engine.graph import Graph, Resource
from plinth.engine.monitor import Mode
from plinth.engine.recording import run
from plinth.engine.workers import PROGRAM, Recorded, record_all, warm_up
from stack.config.loader import Stack, load_all
from stack.config.model import StackConfig
from tests import SHARED

ROOT = Path(__file__).resolve().parent.parent
STACKS = ("dev", "staging", "prod")
ACCOUNT = "123456789012"
"""The account of the emulated AWS."""
PASSPHRASE = "open"  # noqa: S105 (it opens what stands below, and nothing else)
SALT = "v1:bZfd4X1fxes=:v1:XC7TD8UyT0pKEOZR:okqJkNRMX9STcB/gs+kLo0DDvbF6gw=="
CREDENTIALS = {
    "google-oauth": "v1:LOk18kJmaKF3MBbr:angOWDLIzrVIDqw5pCadUIZjUvmSX4j1KptWs8pAhMa73AK5",
    "collection-api-keys": "v1:b8eCzWCUCPjMABl0:STqJVgnrdTeD7LTpGpakFxmo36aRc87AgPCZQekOSvaJn4/km2zjasC+0g==",
    "bot-token": "v1:keyeQHGxrVvrrGrZ:s8bezi0Qq79Gga6snBHwu7zGRGrsGW4dfc6zbLvCibOX",
}
"""Encrypted by the Pulumi command line under that passphrase: `planted-<name>`, which must never be seen in plain."""
PLANTED = "planted-"
_PLANNED: dict[tuple[object, str], Recorded] = {}
"""What changed programs register, by all that they are made of and the stack."""
_FOLDERS = ("components", "data", "images", "policy", "plinth", "schemas", "stack")
"""What makes the program, beside its stack files and `__main__.py`: not the virtual environment, nor what running generates."""
_GENERATED = {"__pycache__", "node_modules"}


def recorded(build: Callable[[Context], object], *, retain: bool = False, mode: Mode = "values") -> Graph:
    """The graph of what `build` registers, given the context of a stack called `test`."""

    def program() -> None:
        provider = aws.Provider("aws", region="us-east-1", allowed_account_ids=["111111111111"])
        build(
            Context(
                project="plinth",
                environment="test",
                account_id="111111111111",
                region="us-east-1",
                retain=retain,
                provider=provider,
                config_key="plinth:test",
            )
        )

    return run(program, project="plinth", stack="test", folder=ROOT, mode=mode)


@cache
def stacks() -> dict[str, Stack]:
    """The three stack files of the repository, read once a process."""
    return load_all(ROOT, STACKS)


@cache
def configs() -> dict[str, StackConfig]:
    """What is in them."""
    return {name: loaded.config for name, loaded in stacks().items()}


@cache
def graphs() -> dict[str, Graph]:
    """The three stacks of the repository, recorded once a run, each in a process of its own."""
    shared = os.environ.get(SHARED)
    if not shared:
        return _recorded_graphs()
    file = Path(shared) / "graphs.pickle"
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes later waits, and reads what the first one wrote
        if not file.exists():
            file.write_bytes(pickle.dumps(_recorded_graphs()))
        found: dict[str, Graph] = pickle.loads(file.read_bytes())  # noqa: S301 (written by this run)
    return found


def _recorded_graphs() -> dict[str, Graph]:
    warm_up(PROGRAM)
    found = {done.graph.stack: done.graph for done in record_all(ROOT, STACKS)}
    return {name: found[name] for name in STACKS}


def named(graph: Graph, name: str) -> Resource:
    """The one resource with this logical name that is no component."""
    found = [resource for resource in graph.resources.values() if resource.name == name and resource.custom]
    assert len(found) == 1, f"{len(found)} resources are called {name}"
    return found[0]


def of_kind(graph: Graph, kind: str) -> list[Resource]:
    """The resources whose type ends in `kind`: `Subnet`."""
    return [resource for resource in graph.resources.values() if resource.type.endswith(f":{kind}")]


class Done(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


def plinth_here(folder: Path, *arguments: str, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> Done:
    """Runs the command `plinth` in this process, which has imported already what a program needs."""

    def not_needed(_: object) -> None:
        """Starts no import."""

    patch.chdir(folder)
    patch.setattr("sys.argv", ["plinth", *arguments])
    patch.setattr("plinth.engine.workers.warm_up", not_needed)
    patch.setattr("plinth.cli.project.record_all", recorded_once)
    with pytest.raises(SystemExit) as stopped:
        main()
    said = capture.readouterr()
    assert isinstance(stopped.value.code, int)
    return Done(stopped.value.code, said.out, said.err)


def recorded_once(folder: Path, stacks: Sequence[str]) -> Iterator[Recorded]:
    """`record_all`, but what has been planned before in this run is not planned again."""
    program = _program_of(folder)
    if program == _own_program() and set(stacks) <= set(STACKS):
        yield from (Recorded(graph=graphs()[stack], seconds=0) for stack in stacks)
        return
    if missing := [stack for stack in stacks if (program, stack) not in _PLANNED]:
        warm_up(PROGRAM)
        _PLANNED.update({(program, done.graph.stack): done for done in record_all(folder, missing)})
    yield from (_PLANNED[program, stack] for stack in stacks)


@cache
def _own_program() -> tuple[tuple[Path, bytes], ...]:
    return _program_of(ROOT)


def _program_of(folder: Path) -> tuple[tuple[Path, bytes], ...]:
    """Every file that decides what the program in `folder` registers."""
    parts = (path for part in ("components", "images", "stack") for path in (folder / part).rglob("*"))
    files = (path for path in (*parts, *folder.glob("Pulumi*.yaml"), folder / "__main__.py") if path.is_file())
    return tuple(sorted((path.relative_to(folder), path.read_bytes()) for path in files if _GENERATED.isdisjoint(path.parts)))


def project_copy(folder: Path) -> Path:
    """A copy of what makes the program: without the virtual environment, without what was generated by running."""
    for part in _FOLDERS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns(*_GENERATED))
    for file in (*ROOT.glob("Pulumi*.yaml"), ROOT / "__main__.py"):
        shutil.copy(file, folder)
    return folder


def linked_copy(folder: Path) -> Path:
    """Stack files to be changed, beside links to the rest of what makes the program: nothing else may be written there."""
    for part in (*_FOLDERS, "__main__.py"):
        (folder / part).symlink_to(ROOT / part)
    for file in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(file, folder)
    return folder


def deployable(folder: Path) -> Path:
    """A copy of the program whose stacks can be deployed: to the emulated account, with every credential that services read."""
    copy = project_copy(folder)
    for file in copy.glob("Pulumi.*.yaml"):
        replace_in(file, '"000000000000"', f'"{ACCOUNT}"')
        sealed = "".join(f"  credentials:{name}: {{secure: {text}}}\n" for name, text in CREDENTIALS.items())
        file.write_text(f"{file.read_text()}{sealed}encryptionsalt: {SALT}\n")
    return copy


def lean(file: Path) -> None:
    """Takes out of a stack file what runs and what services connect to: networks, keys, secrets, buckets and roles stay."""
    values: dict[str, Any] = yaml.safe_load(file.read_text())
    config = values["config"]
    resize = {**config["plinth:services"]["resize"], "access": [{"to": "bucket.media-raw", "as": "read"}]}
    config |= {"plinth:services": {"resize": resize}, "plinth:loadBalancers": {}}
    for store in ("postgres", "mysql", "redis", "broker"):
        config["plinth:data"][store]["enabled"] = False
    config["plinth:data"]["queues"] = {}
    for bucket in config["plinth:storage"]["buckets"].values():
        bucket["eventsTo"] = ""
    config["plinth:storage"]["files"]["enabled"] = False
    config["plinth:machines"]["patching"]["enabled"] = False
    config["plinth:containers"]["exec"]["enabled"] = False
    file.write_text(yaml.safe_dump(values, sort_keys=False))


def replace_in(file: Path, pattern: str, replacement: str) -> None:
    """Replaces the one place where `pattern` matches in `file`; fails where it matches none or several."""
    text, count = re.subn(pattern, replacement, file.read_text(), flags=re.MULTILINE)
    assert count == 1, f"{pattern!r} matches {count} times in {file.name}"
    file.write_text(text)
