"""Where everything in the picture is, in pixels: plain arithmetic on the grid and the ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from plinth.diagram.grid import LEFT, Band, Grid, arranged
from plinth.diagram.model import Diagram, Edge, Node
from plinth.diagram.places import INSIDE_VPC, Kind
from plinth.diagram.routing import Way, ways
from plinth.diagram.text import CAPTION, FACT, TITLE, Font, printable, wrap
from plinth.diagram.tracks import (
    BAND_PADDING,
    BOX_WIDTH,
    MARGIN,
    STRIP,
    Across,
    Down,
    Ports,
    across,
    down,
    label,
    ports,
    stretches,
)

BOX_PADDING = 14
_FOOTER = 34
_LEADING = {TITLE: 17, FACT: 15, CAPTION: 16}
_LOWEST = 76
"""No box is lower, so that the name of every layer fits beside it."""
_TITLE_LINES, _FACT_LINES, _FACTS = 2, 3, 4


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text, its baseline at `y` below the top of its box."""

    text: str
    font: Font
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A node in its place."""

    node: Node
    area: Rectangle
    words: Sequence[Words]


@dataclass(frozen=True, slots=True)
class Line:
    """An edge along its points, from source to target, and its label around a point."""

    edge: Edge
    points: Sequence[tuple[float, float]]
    label: str
    label_at: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A band's area and the strip beside it for its name."""

    band: Band
    area: Rectangle
    strip: Rectangle


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The picture. `vpc` is the strip beside all layers inside the network, if there are any."""

    width: float
    height: float
    boxes: Sequence[Box]
    lines: Sequence[Line]
    strips: Sequence[Strip]
    vpc: Rectangle | None


def laid_out(diagram: Diagram) -> Layout:
    """The layout of a diagram."""
    grid = arranged(diagram)
    words = {node.id: _words(node) for node in diagram.nodes}
    heights = [max(_height(words[name]) for name, cell in grid.cells.items() if cell.row == row) for row in range(grid.rows)]
    found = ways(diagram.edges, grid)
    columns = across(grid, found)
    sides = ports(found, columns.columns)
    rows = down(grid, heights, stretches(found, sides, columns.tracks))
    strips = [_strip(band, columns, rows, grid) for band in grid.bands]
    return Layout(
        width=columns.end + STRIP + MARGIN,
        height=rows.end + _FOOTER,
        boxes=[Box(node, _area(grid, node, columns, rows), words[node.id]) for node in diagram.nodes],
        lines=[_line(n, way, columns, rows, sides) for n, way in enumerate(found)],
        strips=strips,
        vpc=_vpc(strips),
    )


def _words(node: Node) -> Sequence[Words]:
    """What is written in a box, broken into lines that fit."""
    room = BOX_WIDTH - 2 * BOX_PADDING
    lines = [(text, TITLE) for text in wrap(printable(node.title), TITLE, room, _TITLE_LINES)]
    facts = [text for line in node.lines[:_FACTS] for text in wrap(printable(line), FACT, room, _FACT_LINES)]
    lines += [(text, FACT) for text in facts]
    lines += [(text, CAPTION) for text in wrap(printable(node.caption), CAPTION, room, 1)]
    found: list[Words] = []
    y = 6.0
    for text, font in lines:
        y += _LEADING[font]
        found.append(Words(text, font, y))
    return found


def _height(words: Sequence[Words]) -> float:
    return max(_LOWEST, words[-1].y + 11)


def _area(grid: Grid, node: Node, columns: Across, rows: Down) -> Rectangle:
    cell = grid.cells[node.id]
    top, bottom = rows.rows[cell.row]
    return Rectangle(columns.columns[cell.column], top, BOX_WIDTH, bottom - top)


def _strip(band: Band, columns: Across, rows: Down, grid: Grid) -> Strip:
    """The strips stand at the outer sides of the picture, where no arrow comes by."""
    on_left = band.layer in LEFT
    top, bottom = rows.rows[band.first][0] - BAND_PADDING, rows.rows[band.last][1] + BAND_PADDING
    left = columns.columns[band.left] - BAND_PADDING if not on_left else MARGIN + 2 * STRIP
    right = columns.columns[band.right] + BOX_WIDTH + BAND_PADDING if on_left else columns.end
    if band.right == grid.columns - 1:
        right = columns.end
    edge = MARGIN + STRIP if on_left else right
    return Strip(
        band=band,
        area=Rectangle(left, top, right - left, bottom - top),
        strip=Rectangle(edge, top, STRIP, bottom - top),
    )


def _vpc(strips: Sequence[Strip]) -> Rectangle | None:
    inside = [found.strip for found in strips if found.band.layer in INSIDE_VPC]
    if not inside:
        return None
    top, bottom = inside[0].y, inside[-1].y + inside[-1].height
    return Rectangle(MARGIN, top, STRIP, bottom - top)


def _line(n: int, way: Way, columns: Across, rows: Down, sides: Ports) -> Line:
    if way.beside:
        return _beside(way, columns, rows)
    start, end = sides.leave[n], sides.enter[n]
    first = rows.rows[way.source.row][1 if way.leaves_below else 0]
    last = rows.rows[way.target.row][0 if way.enters_above else 1]
    leave, enter = rows.lanes[n, way.leave], rows.lanes[n, way.enter]
    turn = columns.tracks.get(n, start)
    corners = [(start, first), (start, leave)]
    corners += [(turn, leave), (turn, enter)] if way.gutter is not None else []
    return Line(way.edge, [*corners, (end, enter), (end, last)], label(way), ((turn + end) / 2, enter))


def _beside(way: Way, columns: Across, rows: Down) -> Line:
    """From side to side; there and back, and arrows of different kinds, at different heights."""
    right = way.target.column > way.source.column
    top, bottom = rows.rows[way.source.row]
    apart = 5 + 9 * get_args(Kind).index(way.edge.kind)
    y = (top + bottom) / 2 + (-apart if right else apart)
    start = columns.columns[way.source.column] + (BOX_WIDTH if right else 0)
    end = columns.columns[way.target.column] + (0 if right else BOX_WIDTH)
    return Line(way.edge, [(start, y), (end, y)], "", (0, 0))
