"""`plinth report`: everything about stacks, as a page, for a pull request, or on the terminal."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import typer
from rich.console import Console

from plinth.cli.insight import subjects
from plinth.cli.policy import judged
from plinth.cli.project import console, graphs_of, root, safe
from plinth.report.html import html
from plinth.report.markdown import markdown
from plinth.report.model import Report, to_json
from plinth.report.stack import reported
from plinth.report.terminal import first_screen, terminal

if TYPE_CHECKING:
    from plinth.cli.changes import Compared

Format: TypeAlias = Literal["html", "markdown", "terminal"]
PLANNED = "Planned offline: no account was asked."


def run(names: Sequence[str], from_file: str | None, against: str | None, form: Format, *, as_json: bool) -> int:
    """Reports on the stacks `names`, all of them by default, or on a plan; with what changes `against` a revision or a file.

    0 where no mandatory rule is violated, no ceiling exceeded and no data lost, else 1. A page is written to a file, anything
    else is printed. Raises ExceptionsError where policy/exceptions.yaml cannot be used.
    """
    compared = _compared(names, against, from_file)
    changed = {name: one.changes for name, one in compared.items()}
    usages = {name: one.usage for name, one in compared.items() if one.usage is not None}
    verdicts = judged([one.after for one in changed.values()] or graphs_of(names, from_file))
    found = subjects(verdicts.stacks, from_file=from_file, compared=changed, usages=usages)
    report = reported(found, _lead(from_file, against), verdicts.stale)
    if as_json:
        typer.echo(json.dumps(to_json(report), indent=1))
    elif form == "markdown":
        typer.echo(markdown(report), nl=False)
    elif form == "terminal":
        console().print(terminal(report))
    else:
        show(report, write(root(), report), console())
    dear = any(one.ceiling and one.ceiling.exceeded for one in found)
    return 1 if verdicts.failed or dear or any(one.failed for one in changed.values()) else 0


def _compared(names: Sequence[str], against: str | None, from_file: str | None) -> "Mapping[str, Compared]":
    """What changes in each stack, by its name; nothing where there is nothing to compare with."""
    if not against:
        return {}
    from plinth.cli.changes import compared

    return {found.changes.stack: found for found in compared(names, against, from_file)}


def _lead(from_file: str | None, against: str | None) -> str:
    read = f"Read from {Path(from_file).name}." if from_file else PLANNED
    return f"{read} Compared with {against}." if against else read


def write(folder: Path, report: Report) -> str:
    """Writes the page to out/<stack>/report.html below `folder`, or to out/report.html for several; gives the path from there."""
    stacks = [stack.stack for stack in report.stacks]
    file = folder.joinpath("out", *(stacks if len(stacks) == 1 else ()), "report.html")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(html(report), encoding="utf-8")
    return file.relative_to(folder).as_posix()


def show(report: Report, file: str, out: Console) -> None:
    """The headline figures, what was written, what to do next."""
    out.print(first_screen(report))
    out.print()
    out.print(f"[dim]wrote[/]  {safe(file)}")
    out.print("[dim]next[/]   open it in a browser; plinth report --format markdown is the same for a pull request")
