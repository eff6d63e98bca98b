"""A report on a terminal: deltas and summaries of each stack, without pictures."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from plinth.diagram.text import printable
from plinth.report.model import Facts, Finding, Findings, Picture, Rank, Report, Section, StackReport, Table, Tone
from plinth.report.words import cell_text, headlines, shortened

_STYLES = {Tone.PLAIN: "cyan", Tone.GOOD: "green", Tone.WARN: "yellow", Tone.BAD: "bold red"}


def terminal(report: Report) -> RenderableType:
    """What to print. Nothing in it is taken for markup, or for a terminal's control codes."""
    return Group(first_screen(report), *(part for stack in report.stacks for part in _stack(stack)))


def first_screen(report: Report) -> RenderableType:
    """What was read, the headline figures, what concerns no single stack."""
    notes = (_text(note, "yellow") for note in report.notes)
    title = Text("  ").join((_text(report.title, "bold"), _text(report.lead, "dim")))
    return Group(title, Text(), _table(headlines(report)), *notes)


def _stack(stack: StackReport) -> Iterator[RenderableType]:
    for section in filter(_is_shown, stack.sections):
        yield Text()
        yield Text("  ").join((_text(stack.stack, "bold"), _text(section.title, "bold")))
        if section.lead:
            yield _text(section.lead, "dim")
        yield Padding(Group(*_body(section)), (0, 0, 0, 2))
    if others := [section.title for section in stack.sections if not _is_shown(section)]:
        yield Text()
        yield _text(f"{stack.stack}: on the page alone: {', '.join(others)}", "dim")


def _is_shown(section: Section) -> bool:
    return section.rank is not Rank.DETAIL and not isinstance(section.body, Picture)


def _body(section: Section) -> Iterable[RenderableType]:
    match section.body:
        case (Table(rows=[]) | Findings(entries=[])) as nothing:
            return [_text(nothing.empty, "dim")]
        case Table() as table:
            return [_table(table)]
        case Facts(entries=entries):
            return [_facts(entries.items())]
        case Findings(entries=entries):
            return [line for finding in entries for line in _finding(finding)]
        case Picture():
            return []


def _table(table: Table) -> Grid:
    grid = Grid(box=None, pad_edge=False)
    for column in table.columns:
        grid.add_column(_text(column.title), justify="right" if column.kind.numeric else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*(_text(shortened(cell_text(cell, column))) for cell, column in zip(row, table.columns, strict=True)))
    return grid


def _facts(entries: Iterable[tuple[str, str]]) -> Grid:
    grid = Grid(box=None, pad_edge=False, show_header=False)
    for name, value in entries:
        grid.add_row(_text(name, "dim"), _text(value))
    return grid


def _finding(found: Finding) -> tuple[Text, Text]:
    head = (_text(found.status, _STYLES[found.tone]), _text(found.severity), _text(found.where, "bold"), _text(found.what))
    return Text("  ").join(head), Text("  ").join((Text(), _text(found.fix, "dim")))


def _text(text: str, style: str = "") -> Text:
    return Text(printable(text), style)
