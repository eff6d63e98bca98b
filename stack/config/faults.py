"""What is wrong with a stack file, said so that it can be put right: file, line, key, value, what is allowed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

type_name: Mapping[type, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a map",
}
"""How a fault names the kind of a YAML value."""


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Fault:
    """One thing that is wrong in one place.

    `line` counts from 1 and is 0 where no line is known (a value that came from the command line, not from a file).
    `key` is the path as the user writes it: `plinth:networking.zones[2]`. `problem` says what is wrong and holds the value;
    `allowed` says what would be right.
    """

    file: str
    line: int
    key: str
    problem: str
    allowed: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.problem}; {self.allowed}"


def nearest(wanted: str, known: Iterable[str]) -> str:
    """`; did you mean X?`, or nothing where nothing is near."""
    near = get_close_matches(wanted, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


class ConfigError(Exception):
    """Every fault of the stack files that were read, in the order of the files.

    Raised before the first resource is registered, so nothing has been touched.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))
