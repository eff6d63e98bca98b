"""The ways of arrows: straight up and down from the boxes, along channels between rows and gutters between columns.

Channel n lies above row n, the last one below the last row; gutter n lies left of column n.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar

from plinth.diagram.grid import Cell, Grid
from plinth.diagram.model import Edge

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way of an edge: from its source into channel `leave`; through `gutter`, if need be; from channel `enter` to its target.

    Neighbours with nothing to write between them are `beside` each other: the way goes from side to side, through no channel.
    """

    edge: Edge
    source: Cell
    target: Cell
    leave: int
    enter: int
    leaves_below: bool
    enters_above: bool
    gutter: int | None = None
    beside: bool = False


def ways(edges: Iterable[Edge], grid: Grid) -> Sequence[Way]:
    """The way of every edge."""
    taken = set(grid.cells.values())
    return [_way(edge, grid.cells[edge.source], grid.cells[edge.target], taken) for edge in edges]


def _way(edge: Edge, source: Cell, target: Cell, taken: Set[Cell]) -> Way:
    below, above = target.row >= source.row, target.row > source.row
    leave = source.row + 1 if below else source.row
    enter = target.row if above else target.row + 1
    between = range(min(leave, enter), max(leave, enter))
    blocked = any(Cell(row, target.column) in taken for row in between)
    return Way(
        edge=edge,
        source=source,
        target=target,
        leave=leave,
        enter=enter if blocked else leave,
        leaves_below=below,
        enters_above=above,
        gutter=_gutter(source, target) if blocked else None,
        beside=source.row == target.row and abs(source.column - target.column) == 1 and not edge.labels,
    )


def _gutter(source: Cell, target: Cell) -> int:
    """The gutter beside the target, on the side of the source."""
    return target.column if source.column < target.column else target.column + 1


def lanes(stretches: Mapping[Key, tuple[float, float]]) -> Mapping[Key, int]:
    """A lane for each stretch from a start to an end, so that no two in a lane touch; as few lanes as that takes."""
    ends: list[float] = []
    found: dict[Key, int] = {}
    for key, (start, end) in sorted(stretches.items(), key=lambda item: item[1]):
        lane = next((lane for lane, last in enumerate(ends) if last < start), len(ends))
        ends[lane : lane + 1] = [end]
        found[key] = lane
    return found
