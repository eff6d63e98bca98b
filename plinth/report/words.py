"""Values in words, the same on every medium."""

from collections.abc import Callable, Mapping

from plinth.report.model import Cell, Column, Figure, Kind, Report, Table

NOTHING = "–"  # noqa: RUF001 (an en dash)
_HALF_A_CENT = 0.005
_MOST_LETTERS = 160
"""Of a cell, where there is little room: a list of names goes on on the page."""


def cell_text(cell: Cell, column: Column) -> str:
    """What is written in a cell: `$1,250.00`, `+3`, `17 min`; a dash where there is nothing to say."""
    if cell is None:
        return NOTHING
    if isinstance(cell, str):
        return cell
    sign = "-" if cell < 0 else "+" if cell > 0 and column.signed else ""
    return sign + _UNITS[column.kind](abs(cell))


def usd(amount: float) -> str:
    """An amount of at least 0 in dollars and cents. What is less than half a cent does not become nothing."""
    return "<$0.01" if 0 < amount < _HALF_A_CENT else f"${amount:,.2f}"


def headlines(report: Report) -> Table:
    """The headline figures of all stacks: a row a stack, a column for each figure that any of them has."""
    labels = list(dict.fromkeys(figure.label for stack in report.stacks for figure in stack.figures))
    found = {stack.stack: {figure.label: figure for figure in stack.figures} for stack in report.stacks}
    return Table(
        columns=[Column("stack", Kind.CODE), *map(Column, labels)],
        rows=[(stack, *(_headline(figures.get(label)) for label in labels)) for stack, figures in found.items()],
    )


def shortened(text: str) -> str:
    """`text` for a medium with little room; what is cut ends in an ellipsis."""
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1].rstrip()}…"


def counted(count: int, one: str, several: str = "") -> str:
    """`1 row`, `1,204 rows`."""
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def _headline(figure: Figure | None) -> Cell:
    return " · ".join(filter(None, (figure.value, figure.note))) if figure else None


def _decimal(amount: float) -> str:
    return f"{amount:,.1f}".removesuffix(".0")


_UNITS: Mapping[Kind, Callable[[float], str]] = {
    Kind.INTEGER: "{:,.0f}".format,
    Kind.USD: usd,
    Kind.MINUTES: lambda minutes: f"{_decimal(minutes)} min",
    Kind.PERCENT: lambda share: f"{_decimal(share)} %",
}
