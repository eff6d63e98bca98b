"""What every subcommand needs: the project's folder, its stacks, their graphs, a console."""

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from plinth.diagram.text import visible
from plinth.engine.graph import Graph
from plinth.engine.workers import Recorded, record_all
from stack.config.document import Document, project_name, read
from stack.config.faults import ConfigError
from stack.config.loader import ENVIRONMENTS, load_all


class UsageError(Exception):
    """The command was asked for something that is not there. The message says what there is."""


def root() -> Path:
    """The folder of the Pulumi program, here or above. Raises UsageError where there is none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise UsageError(f"no Pulumi.yaml in {here} or above: run plinth inside the repository")


def stack_names(folder: Path) -> list[str]:
    """The stacks that have a file in `folder`, smallest environment first. Raises UsageError where there is none."""
    order = list(ENVIRONMENTS)
    found = [path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in folder.glob("Pulumi.*.yaml")]
    if not found:
        raise UsageError(f"no Pulumi.<stack>.yaml in {folder}")
    return sorted(found, key=lambda name: (order.index(name) if name in order else len(order), name))


def plan(folder: Path, names: Sequence[str]) -> dict[str, Recorded]:
    """The recorded stacks called `names`, in that order, with progress on standard error.

    Raises ConfigError with all faults of all files before anything runs, and ProgramError where a program fails.
    """
    load_all(folder, names)
    return recorded(folder, names)


def recorded(folder: Path, names: Sequence[str]) -> dict[str, Recorded]:
    """`plan` for a program of any revision: its stack files are checked by itself, when it runs. Raises ProgramError."""
    with _progress(names) as tell:
        found: dict[str, Recorded] = {}
        for done in record_all(folder, names):
            found[done.graph.stack] = done
            tell(len(found))
    return {name: found[name] for name in names}


def stack_file(stack: str) -> Document | None:
    """The file of a stack; None where there is none that can be read, as for a plan of another program."""
    try:
        folder = root()
        return read(folder, stack, project_name(folder))
    except (ConfigError, UsageError):
        return None


def graph_of(stack: str | None, from_file: str | None) -> Graph:
    """The graph of one stack, the first by default, or of a file that the real engine wrote."""
    names = [stack] if stack else []
    (graph,) = graphs_of(names if names or from_file else stack_names(root())[:1], from_file)
    return graph


def graphs_of(names: Sequence[str], from_file: str | None) -> list[Graph]:
    """The graphs of the stacks `names`, of all where none is named, or the one in a file that the real engine wrote."""
    if from_file:
        from plinth.engine.plans import read_plan

        refuse_both(names, from_file)
        return [read_plan(Path(from_file))]
    folder = root()
    return [done.graph for done in plan(folder, list(dict.fromkeys(names)) or stack_names(folder)).values()]


def refuse_both(names: Sequence[str], from_file: str) -> None:
    """Raises UsageError where stacks are named beside a file, which is of the one stack that it is of."""
    if names:
        raise UsageError(f"--stack and --from exclude each other: {from_file} is of one stack, whatever --stack says")


def console() -> Console:
    """Where results go: in colour and to the width of a terminal; plain and never wrapped anywhere else."""
    return Console(emoji=False) if sys.stdout.isatty() else Console(width=240, highlight=False, emoji=False)


def safe(text: str) -> str:
    """`text` as it stands in a plan or a file, for a line of markup: nothing in it is taken for markup or for a control code."""
    return escape(visible(text))


def facts_table(facts: Mapping[str, str | Sequence[str]], title: str = "") -> Table:
    """Names and what there is to say of each, in two columns; several things stand below each other."""
    heading = f"[bold]{safe(title)}[/]" if title else None
    table = Table(box=None, show_header=False, pad_edge=False, title=heading, title_justify="left")
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(name, "\n".join(map(safe, [value] if isinstance(value, str) else value)))
    return table


@contextmanager
def _progress(names: Sequence[str]) -> Generator[Callable[[int], None]]:
    text = f"planning {', '.join(names)}"
    if not sys.stderr.isatty():
        sys.stderr.write(f"{text}\n")
        yield lambda _: None
        return
    with Console(stderr=True).status(text) as status:
        yield lambda done: status.update(f"{text}: {done} of {len(names)}")
