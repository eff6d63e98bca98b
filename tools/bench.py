"""Measures the offline preview against its floor and against the real engine: `python -m tools.bench`.

The contestants plan the same synthetic program, each time in a fresh process and in turn, so that a machine that slows down
slows all of them. Seconds are those of whole processes; what counts is their ratio. Imports that cost a contestant time (rich,
pulumi) stand where they are used, since every measured process imports this module.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.stopwatch import BenchError, Run, Stopwatch, call, stopwatch
from tools.synthetic import STACK, write_program

if TYPE_CHECKING:
    from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
NOT_MEASURED = "not measured: PLINTH_ENGINE is not set"
NOTES = {
    "floor": "the SDK as it comes: its imports, and registering the same resources with a monitor that keeps nothing",
    "engine": "`pulumi preview --json` into an empty local state, with a provider that only echoes; a real one does more",
    "ms each": "what one more resource costs: the slope between a size and the one before it",
    "MiB": "the peak memory of the largest process",
}
_REPOSITORY_STACKS = ("dev", "staging", "prod")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The figures for one size, by contestant; one that was not measured is missing.

    `seconds` are medians, `ratios` ours to those of each rival, `mib` the highest of all runs.
    """

    resources: int
    seconds: Mapping[str, float]
    ratios: Mapping[str, float]
    ms_each: Mapping[str, float]
    mib: Mapping[str, float]


def main() -> None:
    """The command."""
    options = _options()
    try:
        rows = summary(measure(options.sizes, options.runs))
        commands = measure_commands(options.runs)
    except BenchError as error:
        sys.exit(str(error))
    if options.json:
        print(json.dumps(as_json(rows, commands), indent=1))
    else:
        _show(rows, commands)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description="Measure the offline preview.")
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=[100, 300, 1000],
        help="how many resources the synthetic programs have (default: 100,300,1000)",
    )
    parser.add_argument("--runs", type=_runs, default=3, help="how often everything is measured (default: 3)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return sorted({int(size) for size in text.split(",")})


def _runs(text: str) -> int:
    if (runs := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return runs


def measure(sizes: Sequence[int], runs: int) -> dict[int, dict[str, list[Run]]]:
    """The runs of each contestant for each size. Raises BenchError where one fails."""
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folders = {size: write_program(Path(temporary) / str(size), size) for size in sizes}
        found: dict[int, dict[str, list[Run]]] = {size: {} for size in sizes}
        with contestants(Path(temporary)) as in_turn:
            for at, size in [(at, size) for at in range(runs) for size in sizes]:
                _say(f"{size:,} resources, run {at + 1} of {runs}")
                for name, contestant in in_turn.items():
                    found[size].setdefault(name, []).append(contestant(folders[size], size))
    return found


def measure_commands(runs: int) -> dict[str, float]:
    """The median seconds of `plinth preview` for the stacks of this repository, as they are and after one was touched.

    And of all that it does for three stacks of a thousand resources each.
    """
    command = [str(Path(sys.executable).with_name("plinth")), "preview"]
    command += [part for stack in _REPOSITORY_STACKS for part in ("--stack", stack)]
    preview, again, large = "preview of three stacks", "re-preview of three stacks", "every analysis of 3 x 1,000 resources"
    found: dict[str, list[float]] = {preview: [], again: [], large: []}
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary, stopwatch() as watch:
        for at in range(runs):
            _say(f"plinth preview, run {at + 1} of {runs}")
            found[preview].append(watch.time(command, cwd=ROOT, into=Path(temporary)).seconds)
            (ROOT / f"Pulumi.{_REPOSITORY_STACKS[0]}.yaml").touch()
            found[again].append(watch.time(command, cwd=ROOT, into=Path(temporary)).seconds)
            program = write_program(Path(temporary) / "large", 1000)
            every = watch.time(call("tools.bench", "analyse_here", program), cwd=ROOT, into=Path(temporary))
            found[large].append(every.seconds)
    return {name: statistics.median(seconds) for name, seconds in found.items()}


# The contestants


@contextmanager
def contestants(folder: Path) -> Generator[dict[str, Callable[[Path, int], Run]]]:
    """Who takes part, by name; each is given a program's folder and size. `folder` is the one that holds all programs."""
    engine = os.environ.get("PLINTH_ENGINE")
    with ExitStack() as stack:
        watch = stack.enter_context(stopwatch())
        found = {"ours": partial(_time_ours, watch), "floor": partial(_time_floor, watch)}
        if engine:
            inside = stack.enter_context(stopwatch(*_within(Path(engine), folder)))
            found["engine"] = partial(_time_engine, inside)
        yield found


def _within(engine: Path, folder: Path) -> list[str]:
    script = engine / "with-engine"
    if not script.is_file():
        raise BenchError(f"PLINTH_ENGINE is {engine}, where there is no with-engine")
    return [str(script), "--echo", "--program", str(folder), "--work", str(folder / "engine"), "--"]


def _time_ours(watch: Stopwatch, folder: Path, resources: int) -> Run:
    run = watch.time(call("tools.bench", "record_here", folder), cwd=ROOT, into=folder)
    _expect("ours", resources, int((folder / "stdout").read_text()))
    return run


def _time_floor(watch: Stopwatch, folder: Path, resources: int) -> Run:
    return watch.time(call("tools.bench", "register_here", folder, resources), cwd=ROOT, into=folder)


def _time_engine(watch: Stopwatch, folder: Path, resources: int) -> Run:
    """Always a first preview: the state stays empty."""
    watch.time(["pulumi", "stack", "select", "--create", STACK], cwd=folder, into=folder)
    run = watch.time(["pulumi", "preview", "--json", "--stack", STACK], cwd=folder, into=folder)
    steps = json.loads((folder / "stdout").read_text())["steps"]
    _expect("engine", resources, len(steps) - 1)  # the stack itself is a step, too
    return run


def _expect(name: str, resources: int, planned: int) -> None:
    if planned != resources:
        raise BenchError(f"{name} planned {planned} resources of a program that has {resources}")


def record_here() -> None:
    """`ours`, in a process of its own: what `plinth` does for one stack, up to its graph. Prints how large that is."""
    from plinth.engine.workers import record_all, warm_up

    warm_up(["pulumi_aws"])
    for recorded in record_all(Path(sys.argv[1]), [STACK]):
        print(len(recorded.graph.resources))


def analyse_here() -> None:
    """All that a preview does for three stacks of a program, in a process of its own: from nothing to the finished page."""
    from plinth.cli.insight import subjects
    from plinth.cli.policy import judged
    from plinth.engine.workers import record_all, warm_up
    from plinth.report.html import html
    from plinth.report.stack import reported

    warm_up(["pulumi_aws"])
    folder = Path(sys.argv[1])
    for stack in _REPOSITORY_STACKS:
        (folder / f"Pulumi.{stack}.yaml").write_text((folder / f"Pulumi.{STACK}.yaml").read_text())
    verdicts = judged([recorded.graph for recorded in record_all(folder, _REPOSITORY_STACKS)])
    print(len(html(reported(subjects(verdicts.stacks, from_file=str(folder)), "Planned offline."))))


def register_here() -> None:
    """`floor`, in a process of its own: the program run through the SDK as the language host does, the engine a null monitor."""
    import asyncio
    import logging
    import runpy

    from pulumi.runtime import set_config
    from pulumi.runtime.mocks import MockEngine, MockMonitor, MockSettings
    from pulumi.runtime.proto import resource_pb2
    from pulumi.runtime.settings import configure
    from pulumi.runtime.stack import run_in_stack

    class NullMonitor(MockMonitor):
        def __init__(self) -> None:
            """Without the mocks that a MockMonitor asks."""

        def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (the name of the RPC)
            urn = self.make_urn(request.parent, request.type, request.name)
            return resource_pb2.RegisterResourceResponse(urn=urn, id=request.name, object=request.object)

    folder, resources = sys.argv[1:]
    # Written out, though the recorder does the same: the floor imports nothing of ours that could slow it down.
    monitor = NullMonitor()
    answer: Any = monitor.GetDeploymentInfo(None)  # pyright: ignore[reportUnknownMemberType] (untyped in the SDK)
    configure(
        MockSettings(
            monitor=monitor,
            monitor_features=set(answer.supportedFeatures),
            engine=MockEngine(logging.getLogger("pulumi")),
            project="synthetic",
            stack=STACK,
            dry_run=True,
            organization="organization",
            root_directory=folder,
            callbacks=None,
            outputs=set[Any](),
        )
    )
    set_config("synthetic:resources", resources)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(run_in_stack(lambda: _discard(runpy.run_path(f"{folder}/__main__.py", run_name="__main__"))))


def _discard(_: object) -> None:
    """The SDK would await what a program returns."""


# The figures


def summary(runs: Mapping[int, Mapping[str, Sequence[Run]]]) -> list[Row]:
    """The figures of each size, from its runs by contestant. The sizes grow."""
    rows: list[Row] = []
    for size, found in runs.items():
        seconds = {name: statistics.median(run.seconds for run in of_name) for name, of_name in found.items()}
        peaks = {name: [run.mib for run in of_name if run.mib is not None] for name, of_name in found.items()}
        row = Row(
            resources=size,
            seconds=seconds,
            ratios={name: seconds["ours"] / theirs for name, theirs in seconds.items() if name != "ours"},
            ms_each=_slopes(rows[-1], size, seconds) if rows else {},
            mib={name: max(values) for name, values in peaks.items() if values},
        )
        rows.append(row)
    return rows


def _slopes(before: Row, resources: int, seconds: Mapping[str, float]) -> dict[str, float]:
    more = resources - before.resources
    return {name: 1000 * (value - before.seconds[name]) / more for name, value in seconds.items()}


def as_json(rows: Sequence[Row], commands: Mapping[str, float]) -> dict[str, Any]:
    """Everything that was measured; what was not is missing, and said so in the notes."""
    return {"sizes": [asdict(row) for row in rows], "commands": dict(commands), "notes": _notes(rows)}


def table(rows: Sequence[Row]) -> "Table":
    """The figures, a line a size."""
    from rich.table import Table

    found = Table(box=None, pad_edge=False)
    for header in _HEADERS:
        found.add_column(header, justify="right")
    for row in rows:
        found.add_row(
            f"{row.resources:,}",
            _cell(row.seconds, "ours", ".2f"),
            _cell(row.seconds, "floor", ".2f"),
            _cell(row.ratios, "floor", ".2f"),
            _cell(row.seconds, "engine", ".2f", missing=NOT_MEASURED),
            _cell(row.ratios, "engine", ".2f"),
            *(_cell(row.ms_each, name, ".1f") for name in ("ours", "floor")),
            *(_cell(row.mib, name, ".0f") for name in ("ours", "floor", "engine")),
        )
    return found


_HEADERS = (
    "resources",
    "ours\ns",
    "floor\ns",
    "ours/\nfloor",
    "engine\ns",
    "ours/\nengine",
    "ours\nms each",
    "floor\nms each",
    "ours\nMiB",
    "floor\nMiB",
    "engine\nMiB",
)


def _cell(values: Mapping[str, float], name: str, form: str, *, missing: str = "-") -> str:
    return f"{values[name]:{form}}" if name in values else missing


def _notes(rows: Sequence[Row]) -> dict[str, str]:
    measured = all("engine" in row.seconds for row in rows)
    return NOTES if measured else NOTES | {"engine": NOT_MEASURED}


def _show(rows: Sequence[Row], commands: Mapping[str, float]) -> None:
    from plinth.cli.project import console

    out = console()
    out.print(table(rows))
    out.print()
    for name, note in _notes(rows).items():
        out.print(f"[bold]{name}[/]: {note}", soft_wrap=True)
    out.print()
    for name, seconds in commands.items():
        out.print(f"{name}: {seconds:.1f} s")


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
