"""Text of a limited length, made of blocks that may lose rows but are never broken."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from plinth.report.words import counted

_ROOM_IN_BLOCK = 64
"""What the line takes that says how many rows of a block are left out."""
_ROOM_AT_END = 2_000
"""What the last paragraph takes that says what else is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """`before` and `after` belong together, as the head of a table or the two ends of a fold; the rows stand between them."""

    name: str
    before: str
    rows: Sequence[str] = field(default_factory=tuple[str, ...])
    after: str = ""


def fitted(blocks: Sequence[Block], limit: int, advice: str) -> str:
    """The blocks one below the other, in at most `limit` bytes of UTF-8. What is left out is said, with `advice` on where it is.

    A block keeps its place as long as its frame fits after those before it. Rows share what room is left: the first row of
    every block, then the second of every block, and so on, so that no long table leaves nothing for the others.
    """
    if _size(whole := _joined(blocks, [len(block.rows) for block in blocks])) <= limit:
        return whole
    shown = _framed(blocks, limit - _ROOM_AT_END)
    counts = _shared(shown, limit - _ROOM_AT_END - sum(map(_frame, shown)))
    return f"{_joined(shown, counts)}\n{_missing(blocks[len(shown) :], advice)}\n"


def _framed(blocks: Sequence[Block], room: int) -> Sequence[Block]:
    """The first blocks whose frames fit into `room`."""
    for count, block in enumerate(blocks):
        room -= _frame(block)
        if room < 0:
            return blocks[:count]
    return blocks


def _shared(blocks: Sequence[Block], room: int) -> Sequence[int]:
    """How many rows of each block fit into `room`. A row that does not fit ends its block."""
    counts = [0] * len(blocks)
    growing = [index for index, block in enumerate(blocks) if block.rows]
    while growing:
        still: list[int] = []
        for index in growing:
            row = _size(blocks[index].rows[counts[index]]) + 1
            if row <= room:
                room -= row
                counts[index] += 1
                if counts[index] < len(blocks[index].rows):
                    still.append(index)
        growing = still
    return counts


def _joined(blocks: Sequence[Block], counts: Sequence[int]) -> str:
    return "\n".join(_written(block, count) for block, count in zip(blocks, counts, strict=True))


def _written(block: Block, count: int) -> str:
    """A block with its first `count` rows, ending in a line break."""
    rows = "".join(f"{row}\n" for row in block.rows[:count])
    left = len(block.rows) - count
    said = f"\n*{counted(left, 'more row is', 'more rows are')} left out here.*\n" if left else ""
    return f"{block.before}\n{rows}{said}{block.after}"


def _missing(blocks: Sequence[Block], advice: str) -> str:
    """The last paragraph: the names of the blocks that are not there, as many as there is room for, and where all of it is."""
    room, names = _ROOM_AT_END - _size(advice) - 200, list[str]()
    for block in blocks:
        room -= _size(block.name) + 2
        if room < 0:
            break
        names.append(block.name)
    more = [f"{len(blocks) - len(names):,} more"] if len(names) < len(blocks) else []
    said = f" Left out altogether: {', '.join([*names, *more])}." if blocks else ""
    return f"**Shortened.**{said} {advice}"


def _frame(block: Block) -> int:
    return _size(block.before) + _size(block.after) + _ROOM_IN_BLOCK


def _size(text: str) -> int:
    return len(text.encode())
