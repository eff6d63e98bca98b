"""What a report is made from, and what each analysis gives to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from plinth.engine.graph import Graph
from plinth.policy.verdicts import Verdicts
from plinth.report.model import Figure, Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A stack, and what was found by reading more than its graph."""

    verdicts: Verdicts

    @property
    def graph(self) -> Graph:
        """The stack itself."""
        return self.verdicts.graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one analysis says of a stack; nothing where it has nothing to say."""

    figures: Sequence[Figure] = ()
    sections: Sequence[Section] = ()
