"""Where boxes stand: rows and columns that two areas share, the network on the left and what is beside it on the right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil

from plinth.diagram.model import Diagram, Node
from plinth.diagram.places import INSIDE_VPC, Layer

LEFT = (Layer.INTERNET, *INSIDE_VPC)
_PAGE = 1.4
"""How much wider than high a picture should be."""
_WIDEST = 6
_CELL_WIDTH, _CELL_HEIGHT = 240, 150


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A place in the grid."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Band:
    """A layer: the rows `first` to `last` of the columns of its area, which are `left` to `right`."""

    layer: Layer
    first: int
    last: int
    left: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The cell of every node, by id, and the bands."""

    cells: Mapping[str, Cell]
    bands: Sequence[Band]
    rows: int
    columns: int


def arranged(diagram: Diagram) -> Grid:
    """The grid with as many columns in each area as let the picture be shown largest on a page."""
    sizes = {layer: len(nodes) for layer, nodes in diagram.layers.items()}
    left, right = min(product(_choices(sizes, left=True), _choices(sizes, left=False)), key=lambda shape: _size(sizes, *shape))
    beside = [layer for layer in diagram.layers if layer not in LEFT]
    bands = [*_stacked(sizes, [layer for layer in LEFT if layer in sizes], 0, left), *_stacked(sizes, beside, left, right)]
    cells = {node.id: cell for band in bands for node, cell in _filled(diagram.layers[band.layer], band)}
    return Grid(cells=cells, bands=bands, rows=max((band.last + 1 for band in bands), default=0), columns=left + right)


def _choices(sizes: Mapping[Layer, int], *, left: bool) -> range:
    """How many columns an area can have; none where nothing stands in it."""
    largest = max((size for layer, size in sizes.items() if (layer in LEFT) is left), default=0)
    return range(min(largest, 1), min(largest, _WIDEST) + 1)


def _size(sizes: Mapping[Layer, int], left: int, right: int) -> tuple[float, int]:
    """How large a page the picture needs; of two that need the same, the narrower comes first."""
    heights = (
        sum(ceil(n / c) for layer, n in sizes.items() if (layer in LEFT) is side)
        for side, c in ((True, left), (False, right))
        if c
    )
    return max((left + right) * _CELL_WIDTH, _PAGE * max(heights, default=0) * _CELL_HEIGHT), left + right


def _stacked(sizes: Mapping[Layer, int], layers: Sequence[Layer], column: int, columns: int) -> list[Band]:
    """The bands of an area, one below the other."""
    bands: list[Band] = []
    for layer in layers:
        first = bands[-1].last + 1 if bands else 0
        bands.append(Band(layer, first, first + ceil(sizes[layer] / columns) - 1, column, column + columns - 1))
    return bands


def _filled(nodes: Sequence[Node], band: Band) -> list[tuple[Node, Cell]]:
    """The cell of each node of a band, row by row."""
    columns = band.right - band.left + 1
    return [(node, Cell(band.first + index // columns, band.left + index % columns)) for index, node in enumerate(nodes)]
