"""Runs a Pulumi program in this process, without an engine, and returns what it registered."""

import asyncio
import contextvars
import gc
import logging
import os
import runpy
import sys
from collections.abc import Callable, Generator, Iterator, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from pulumi.runtime import set_all_config
from pulumi.runtime.config import get_config_env, get_config_secret_keys_env
from pulumi.runtime.mocks import MockEngine, MockSettings
from pulumi.runtime.settings import configure
from pulumi.runtime.stack import run_in_stack

from plinth.engine.graph import Graph
from plinth.engine.monitor import Mode, RecordingMonitor
from stack.config.document import project_name, read


def record(folder: Path, stack: str, *, mode: Mode = "values", preview: bool = True) -> Graph:
    """The graph of the program in `folder` for the stack called `stack`, its file read as the Pulumi command line reads it.

    The program's modules stay imported: commands record each stack in a process of its own (`workers`).
    Raises ConfigError for a stack file that cannot be read, pulumi.RunError where the program refuses its configuration,
    RecordingError for a resource registered twice, a look-up and a transform, and whatever else the program raises.
    """
    folder = folder.resolve()
    project = project_name(folder)
    document = read(folder, stack, project)
    program = str(folder / "__main__.py")
    with _as_the_language_host_runs_it(folder, document.environment()), _with_its_own_modules(folder):
        return run(
            lambda: runpy.run_path(program, run_name="__main__"),
            project=project,
            stack=stack,
            folder=folder,
            mode=mode,
            preview=preview,
        )


def run(
    program: Callable[[], object],
    *,
    project: str,
    stack: str,
    folder: Path,
    mode: Mode = "values",
    preview: bool = True,
) -> Graph:
    """The graph of what `program` registers when it is called. `preview=False` runs it as `pulumi up` would."""
    monitor = RecordingMonitor(project=project, stack=stack, folder=folder, mode=mode)
    with _nothing_collected():
        contextvars.copy_context().run(_run, program, monitor, project=project, stack=stack, preview=preview)
    monitor.check()
    return Graph(
        project=project,
        stack=stack,
        resources=monitor.recorded,
        outputs=monitor.stack_outputs,
        invented=monitor.inventor.origins,
    )


def _run(program: Callable[[], object], monitor: RecordingMonitor, *, project: str, stack: str, preview: bool) -> None:
    """Does what the SDK's own language executor does, with the recording monitor in place of the engine."""
    answer: Any = monitor.GetDeploymentInfo(None)  # pyright: ignore[reportUnknownMemberType] (untyped in the SDK)
    configure(
        MockSettings(
            monitor=monitor,
            monitor_features=set(answer.supportedFeatures),
            engine=MockEngine(logging.getLogger("pulumi")),
            project=project,
            stack=stack,
            dry_run=preview,
            organization="organization",
            root_directory=str(Path.cwd()),
            callbacks=None,
            outputs=_OneAtATime(),
        )
    )
    set_all_config(get_config_env(), get_config_secret_keys_env())
    # A registration that fails leaves futures that nobody awaits any more; asyncio would report each of them.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    try:
        loop.set_default_executor(_Inline())
        asyncio.set_event_loop(loop)
        loop.run_until_complete(run_in_stack(lambda: _discard(program())))
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def _discard(_: object) -> None:
    """The SDK awaits what a program returns; ours returns nothing it should wait for."""


class _OneAtATime(set[Any]):
    """The outputs whose values are still to come, of which the SDK takes all there are, clears the set and waits for any to come.

    To wait for all of them, each time one has come, is quadratic: a fifth of the time that 600 resources take. So the set gives
    one at a time. Each is awaited all the same, and raises what went wrong with it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._given: tuple[Any, ...] = ()

    def __iter__(self) -> Iterator[Any]:
        self._given = tuple(islice(super().__iter__(), 1))
        return iter(self._given)

    def clear(self) -> None:
        """Forgets what was given."""
        self.difference_update(self._given)


class _Inline(ThreadPoolExecutor):
    """Runs each call where it is submitted: the monitor answers at once, and the order is the same in every run."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


@contextmanager
def _nothing_collected() -> Generator[None]:
    """Collecting garbage would take half of a recording's time and find nothing: all that it makes is kept until it ends."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _as_the_language_host_runs_it(folder: Path, environment: dict[str, str]) -> Generator[None]:
    """The surroundings of a program: its folder is the working directory and the first place to import from."""
    before = Path.cwd(), list(sys.path), dict(os.environ)
    try:
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        os.environ.update(environment, PULUMI_ERROR_OUTPUT_STRING="true")
        yield
    finally:
        os.chdir(before[0])
        sys.path[:] = before[1]
        os.environ.clear()
        os.environ.update(before[2])


@contextmanager
def _with_its_own_modules(folder: Path) -> Generator[None]:
    """Lets the program import what lies in its folder, even where modules of the same name come from another one.

    Another revision of this repository, checked out elsewhere, has packages called as those that are running now.
    """
    own = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    running = own & sys.modules.keys() - {"__main__", *sys.stdlib_module_names}
    foreign = {name for name in running if not _lies_in(sys.modules[name], folder)}
    others = _taken_out(foreign)
    try:
        yield
    finally:
        if foreign:
            _taken_out(foreign)
            sys.modules.update(others)


def _lies_in(module: ModuleType, folder: Path) -> bool:
    return Path(module.__file__ or "").is_relative_to(folder)


def _taken_out(packages: Set[str]) -> dict[str, ModuleType]:
    """Forgets that these packages and what is in them were imported; returns what was."""
    names = [name for name in sys.modules if name.partition(".")[0] in packages]
    return {name: sys.modules.pop(name) for name in names}
