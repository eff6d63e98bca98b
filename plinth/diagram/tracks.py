"""From rows and columns to pixels: how wide gutters and how high channels are, and where in them each arrow runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plinth.diagram.grid import Cell, Grid
from plinth.diagram.routing import Way, lanes
from plinth.diagram.text import LABEL, printable, shorten, width

BOX_WIDTH = 212
MARGIN, HEADER, STRIP, BAND_PADDING = 20, 60, 24, 14
_GAP, _TRACK = 10, 10
_CHANNEL, _LANE, _LANES_PADDING = 40, 16, 12
_PORT, _LONGEST_LABEL = 22, 120


@dataclass(frozen=True, slots=True)
class Across:
    """Where columns begin, where the ways through gutters run (by their number), and where the last gutter ends."""

    columns: Sequence[float]
    tracks: Mapping[int, float]
    end: float


@dataclass(frozen=True, slots=True)
class Down:
    """Where rows begin and end, and where the ways along channels run, by their number and the channel's."""

    rows: Sequence[tuple[float, float]]
    lanes: Mapping[tuple[int, int], float]
    end: float


@dataclass(frozen=True, slots=True)
class Ports:
    """Where ways leave their sources and enter their targets, by their number."""

    leave: Mapping[int, float]
    enter: Mapping[int, float]


def across(grid: Grid, ways: Sequence[Way]) -> Across:
    """The horizontal half of the layout."""
    columns: list[float] = []
    tracks: dict[int, float] = {}
    x: float = MARGIN + 2 * STRIP  # of the layer's name and of the network's
    for gutter in range(grid.columns + 1):
        through = {
            n: (min(way.leave, way.enter), max(way.leave, way.enter)) for n, way in enumerate(ways) if way.gutter == gutter
        }
        taken = lanes(through)
        x += BAND_PADDING
        tracks |= {n: x + (lane + 0.5) * _TRACK for n, lane in taken.items()}
        x += max(_GAP if 0 < gutter < grid.columns else 0, (max(taken.values(), default=-1) + 1) * _TRACK)
        x += BAND_PADDING
        if gutter < grid.columns:
            columns.append(x)
            x += BOX_WIDTH
    return Across(columns, tracks, x)


def ports(ways: Sequence[Way], columns: Sequence[float]) -> Ports:
    """The ways at each side of each box side by side, ordered by where they come from or go to so that few of them cross."""
    sides: dict[tuple[Cell, bool], list[tuple[Cell, int, bool]]] = {}
    for n, way in enumerate(ways):
        if not way.beside:
            sides.setdefault((way.source, way.leaves_below), []).append((way.target, n, True))
            sides.setdefault((way.target, not way.enters_above), []).append((way.source, n, False))
    found: dict[tuple[int, bool], float] = {}
    for (cell, bottom), ends in sides.items():
        ends.sort(key=lambda end: (end[0].column, end[0].row, end[1]))
        places = _spread(len(ends), columns[cell.column], bottom=bottom)
        found |= {(n, out): place for (_, n, out), place in zip(ends, places, strict=True)}
    return Ports({n: x for (n, out), x in found.items() if out}, {n: x for (n, out), x in found.items() if not out})


def label(way: Way) -> str:
    """What is written at an arrow."""
    return shorten(printable(", ".join(way.edge.labels)), LABEL, _LONGEST_LABEL)


def stretches(ways: Sequence[Way], found: Ports, tracks: Mapping[int, float]) -> Mapping[tuple[int, int], tuple[float, float]]:
    """What each way takes up of the channels it runs along, by its number and the channel's; its label stands in the last one."""
    return {
        (n, channel): stretch
        for n, way in enumerate(ways)
        if not way.beside
        for channel, stretch in _along(n, way, found, tracks)
    }


def down(grid: Grid, heights: Sequence[float], taken: Mapping[tuple[int, int], tuple[float, float]]) -> Down:
    """The vertical half of the layout."""
    rows: list[tuple[float, float]] = []
    runs: dict[tuple[int, int], float] = {}
    y: float = HEADER
    for channel in range(grid.rows + 1):
        inside = lanes({key: (start - 8, end + 8) for key, (start, end) in taken.items() if key[1] == channel})
        count = max(inside.values()) + 1 if inside else 0
        height = max(_CHANNEL, 2 * _LANES_PADDING + count * _LANE)
        top = y + (height - count * _LANE) / 2
        runs |= {key: top + (lane + 0.5) * _LANE for key, lane in inside.items()}
        y += height
        if channel < grid.rows:
            rows.append((y, y + heights[channel]))
            y += heights[channel]
    return Down(rows, runs, y)


def _along(n: int, way: Way, found: Ports, tracks: Mapping[int, float]) -> Iterator[tuple[int, tuple[float, float]]]:
    start, end = found.leave[n], found.enter[n]
    if way.gutter is not None:
        yield way.leave, (min(start, tracks[n]), max(start, tracks[n]))
        start = tracks[n]
    half, middle = width(label(way), LABEL) / 2, (start + end) / 2
    yield way.enter, (min(start, end, middle - half), max(start, end, middle + half))


def _spread(count: int, left: float, *, bottom: bool) -> list[float]:
    """So many places on a side of a box. Those at the top stand between those at the bottom, so that no two arrows coincide."""
    slots = int(BOX_WIDTH // _PORT) - 1
    apart = 2 if 2 * count <= slots else 1
    first = max(0, (slots - apart * (count - 1)) // 2)
    offset = left + _PORT + (0 if bottom else _PORT / 2)
    return [offset + _PORT * (first + apart * n if count <= slots else n * slots // count) for n in range(count)]
