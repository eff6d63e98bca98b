"""`plinth policy`: which rules hold, where they do not, and what cannot be told."""

import json
from collections.abc import Sequence

import typer
from rich.console import Console
from rich.table import Table

from plinth.cli.project import console, graphs_of, root, safe
from plinth.engine.graph import Graph, name_of
from plinth.policy.sarif import to_sarif
from plinth.policy.verdicts import Report, Verdicts, line_of, report, to_json
from policy.catalogue import RULES
from policy.exceptions import load
from policy.judge import Judgement, Verdict

_STYLES = {Verdict.VIOLATED: "bold red", Verdict.UNDECIDED: "yellow", Verdict.EXEMPT: "cyan"}
_SHOWN = (Verdict.VIOLATED, Verdict.UNDECIDED, Verdict.EXEMPT)


def run(names: Sequence[str], from_file: str | None, *, as_json: bool, as_sarif: bool) -> int:
    """Judges the stacks `names`, all of them by default, or a plan. 0 where no mandatory rule is violated, else 1.

    Raises ExceptionsError where policy/exceptions.yaml cannot be used.
    """
    found = judged(graphs_of(names, from_file))
    if as_sarif:
        typer.echo(json.dumps(to_sarif(found, RULES), indent=1))
    elif as_json:
        typer.echo(json.dumps(to_json(found), indent=1))
    else:
        show(found, console())
    return 1 if found.failed else 0


def judged(graphs: Sequence[Graph]) -> Report:
    """The verdicts of all rules on `graphs`, with the exceptions of this repository."""
    return report(graphs, load(root(), {rule.id for rule in RULES}))


def summary(stack: Verdicts) -> str:
    """`policies 96 pass · 0 fail · 0 undecided · 1 exception`."""
    counts = stack.counts
    exempt = counts[Verdict.EXEMPT]
    failed = f"{counts[Verdict.VIOLATED]} fail"
    return " · ".join(
        [
            f"policies {counts[Verdict.SATISFIED]} pass",
            f"[bold red]{failed}[/]" if counts[Verdict.VIOLATED] else failed,
            f"{counts[Verdict.UNDECIDED]} undecided",
            f"{exempt} exception{'' if exempt == 1 else 's'}",
        ]
    )


def show(found: Report, out: Console) -> None:
    """The rules with their verdicts a stack, then each finding with its place and its remedy."""
    out.print(_table(found.stacks))
    for stack in found.stacks:
        for verdict in _SHOWN:
            for judgement in stack.of(verdict):
                _say(judgement, stack.graph, out)
    for problem in found.stale:
        out.print(f"[bold red]stale[/]  {safe(problem)}", soft_wrap=True)
    out.print()
    for stack in found.stacks:
        out.print(f"[bold]{stack.graph.stack}[/]  {summary(stack)}")


def _table(stacks: Sequence[Verdicts]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("rule", "severity"):
        table.add_column(column)
    for stack in stacks:
        table.add_column(stack.graph.stack, justify="right")
    for rule in RULES:
        cells = [_cell([found for found in stack.judgements if found.rule is rule]) for stack in stacks]
        table.add_row(rule.id, rule.severity, *cells)
    return table


def _cell(found: Sequence[Judgement]) -> str:
    """How many resources meet the rule, and how many do not; a dash where it applies to nothing."""
    if not found:
        return "[dim]-[/]"
    others = [(verdict, sum(one.verdict is verdict for one in found)) for verdict in _SHOWN]
    words = [f"[{_STYLES[verdict]}]{count} {verdict}[/]" for verdict, count in others if count]
    return ", ".join(words) or f"[green]{len(found)}[/]"


def _say(found: Judgement, graph: Graph, out: Console) -> None:
    verdict = found.verdict
    style = _STYLES[verdict]
    where = f"[bold]{graph.stack} {safe(name_of(found.urn))}[/]  {found.level}, {found.rule.severity}"
    out.print()
    out.print(f"[{style}]{verdict}[/]  {where}  [dim]{safe(line_of(found, graph))}[/]")
    for message in found.messages(verdict):
        out.print(f"  {safe(f'[{found.rule.id}]')} {safe(message)}", soft_wrap=True)
    if verdict is Verdict.EXEMPT and found.exemption:
        out.print(f"  allowed until {found.exemption.expires}: {safe(found.exemption.reason)}", soft_wrap=True)
    else:
        out.print(f"  [dim]{safe(found.rule.statement)}. {safe(found.rule.fix)}[/]", soft_wrap=True)
    out.print(f"  [dim]{safe(found.urn)}[/]", soft_wrap=True)
