"""`plinth report`: everything about stacks, as a page, for a pull request, or on the terminal."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import typer
from rich.console import Console

from plinth.cli.policy import judged
from plinth.cli.project import console, graphs_of, root
from plinth.report.html import html
from plinth.report.markdown import markdown
from plinth.report.model import Report, to_json
from plinth.report.stack import reported
from plinth.report.terminal import first_screen, terminal

Format: TypeAlias = Literal["html", "markdown", "terminal"]


def run(names: Sequence[str], from_file: str | None, form: Format, *, as_json: bool) -> int:
    """Reports on the stacks `names`, all of them by default, or on a plan. 0 where no mandatory rule is violated, else 1.

    A page is written to a file, anything else is printed. Raises ExceptionsError where policy/exceptions.yaml cannot be used.
    """
    verdicts = judged(graphs_of(names, from_file))
    found = reported(verdicts, f"Read from {Path(from_file).name}." if from_file else "Planned offline: no account was asked.")
    if as_json:
        typer.echo(json.dumps(to_json(found), indent=1))
    elif form == "markdown":
        typer.echo(markdown(found), nl=False)
    elif form == "terminal":
        console().print(terminal(found))
    else:
        show(found, write(root(), found), console())
    return 1 if verdicts.failed else 0


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
    out.print(f"[dim]wrote[/]  {file}")
    out.print("[dim]next[/]   open it in a browser; plinth report --format markdown is the same for a pull request")
