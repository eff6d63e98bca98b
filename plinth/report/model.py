"""A report as plain data: stacks with headline figures and sections, whatever analysis they come from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import isfinite
from typing import Any, TypeAlias

Cell: TypeAlias = str | int | float | None
"""A value in a table. None where there is nothing to say: it is shown as a dash, never as a zero."""


class Kind(StrEnum):
    """What the cells of a column are: words, something to copy, or a number in a unit."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    USD = "usd"
    MINUTES = "minutes"
    PERCENT = "percent"

    @property
    def numeric(self) -> bool:
        """Whether the cells are numbers: right-aligned, and sorted by size."""
        return self not in (Kind.TEXT, Kind.CODE)


class Tone(StrEnum):
    """What a figure or a finding means for the reader."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Rank(StrEnum):
    """How much a reader needs a section.

    A delta is what a change does: it comes first. A summary follows. A detail is to look things up in: only the page has it.
    """

    DELTA = "delta"
    SUMMARY = "summary"
    DETAIL = "detail"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. In a `signed` one, what is more than zero has a plus: it holds differences."""

    title: str
    kind: Kind = Kind.TEXT
    signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells, one for each column. `empty` is said where there is no row.

    Raises ValueError for a row of another length, and for a cell that is not of its column's kind.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str = "None."

    def __post_init__(self) -> None:
        numeric = [column.kind.numeric for column in self.columns]
        for row in self.rows:
            if len(row) != len(numeric) or not all(map(_fits, row, numeric)):
                raise ValueError(f"{row!r} does not fit the columns {', '.join(column.title for column in self.columns)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing: the text of an SVG file."""

    svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names, and what there is to say of each."""

    entries: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to look at. `status` says what became of it (`violated`), `fix` what to do, or why nothing need be done."""

    tone: Tone
    status: str
    severity: str
    where: str
    what: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What to look at, worst first. `empty` is said where there is nothing."""

    entries: Sequence[Finding]
    empty: str


Body: TypeAlias = Table | Picture | Facts | Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One thing that there is to say of a stack. `key` names it within the stack, `lead` is a sentence above the body."""

    key: str
    title: str
    body: Body
    lead: str = ""
    rank: Rank = Rank.SUMMARY

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", self.key):
            raise ValueError(f"the key of a section is lower-case words with hyphens, not {self.key!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A headline: `value` is ready to read, with its unit. `section` is the key of the section that explains it, if one does."""

    label: str
    value: str
    note: str = ""
    tone: Tone = Tone.PLAIN
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackReport:
    """Everything about one stack. The sections stand by rank, within a rank as they were given.

    Raises ValueError for two sections of one key, and for a figure that refers to none.
    """

    stack: str
    figures: Sequence[Figure]
    sections: Sequence[Section]

    def __post_init__(self) -> None:
        keys = [section.key for section in self.sections]
        if len(keys) != len(set(keys)):
            raise ValueError(f"two sections of {self.stack} have one key: {', '.join(keys)}")
        if lost := {figure.section for figure in self.figures} - {"", *keys}:
            raise ValueError(f"figures of {self.stack} refer to no section: {', '.join(sorted(lost))}")
        ranks = list(Rank)
        object.__setattr__(self, "sections", tuple(sorted(self.sections, key=lambda section: ranks.index(section.rank))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Some stacks, looked at together. `lead` says what was read; `notes` are what concerns no single stack.

    Raises ValueError for two stacks of one name.
    """

    title: str
    lead: str
    stacks: Sequence[StackReport]
    notes: Sequence[str] = ()

    def __post_init__(self) -> None:
        names = [stack.stack for stack in self.stacks]
        if len(names) != len(set(names)):
            raise ValueError(f"two stacks have one name: {', '.join(names)}")


def to_json(report: Report) -> dict[str, Any]:
    """The report as plain data; each body says under `form` what it is."""
    plain = asdict(report)
    for stack, told in zip(report.stacks, plain["stacks"], strict=True):
        for section, entry in zip(stack.sections, told["sections"], strict=True):
            entry["body"] = {"form": type(section.body).__name__.lower(), **entry["body"]}
    return plain


def _fits(cell: Cell, numeric: bool) -> bool:
    if cell is None:
        return True
    return isinstance(cell, str) is not numeric and (isinstance(cell, str) or isfinite(cell))
