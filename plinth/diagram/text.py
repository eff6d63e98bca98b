"""Text that fits: how wide it is at most, shortened or broken into lines of a width."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from unicodedata import east_asian_width


class Font(NamedTuple):
    """How a text is set: the name of its style, the size of its letters, how much wider than regular ones they are."""

    style: str
    size: float
    widened: float = 1.0


NAME = Font("name", 19, 1.1)
TITLE = Font("title", 13, 1.1)
LAYER = Font("layer", 11, 1.1)
SAID, FACT, CAPTION, LABEL = Font("said", 12), Font("fact", 11), Font("caption", 10), Font("label", 10)
ELLIPSIS = "…"
_NARROW, _WIDE = frozenset("fijlrt.,:;|!'`()[]{}/\\-· "), frozenset("mwMWQ@%…×→")  # noqa: RUF001


def visible(text: str) -> str:
    """`text` on one line, with a space for each letter that has no shape or changes the direction of writing."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def printable(text: str) -> str:
    """The same with one space where there are several, and none around it."""
    return " ".join(visible(text).split())


def width(text: str, font: Font) -> float:
    """How wide `text` is at most: as in DejaVu Sans, the widest of the usual fonts."""
    return font.size * font.widened * sum(map(_share, text))


def shorten(text: str, font: Font, room: float) -> str:
    """`text`, with an ellipsis in place of what does not fit into `room`."""
    if width(text, font) <= room:
        return text
    while text and width(text + ELLIPSIS, font) > room:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def wrap(text: str, font: Font, room: float, most: int) -> Sequence[str]:
    """`text` in at most so many lines, broken at spaces; the last line, and a word too long for a line, are shortened."""
    lines: list[str] = []
    for word in text.split():
        if lines and (len(lines) == most or width(f"{lines[-1]} {word}", font) <= room):
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return [shorten(line, font, room) for line in lines]


@cache
def _share(letter: str) -> float:
    """The width of a regular letter as a share of its size."""
    if letter in _NARROW:
        return 0.42
    if letter in _WIDE:
        return 1.02
    if letter.isascii():
        return 0.78 if letter.isupper() else 0.65
    return 1.4 if east_asian_width(letter) in "WFA" else 1.0
