"""What a report is made from, and what each analysis gives to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from plinth.changes.model import Changes
from plinth.cost.report import CostReport, Verdict
from plinth.diagram.drawn import drawn
from plinth.diagram.model import Diagram
from plinth.engine.graph import Graph
from plinth.policy.verdicts import Verdicts
from plinth.report.model import Figure, Section
from plinth.timing.deployment import Timing


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A stack, and what was found by reading more than its graph.

    `ceiling` is the verdict on its cost, if its stack file names a ceiling. `changes` and `cost_before` are there where it was
    compared with what it was; `usage_before` says whether that cost rests on the figures of use of then, not of now.
    """

    verdicts: Verdicts
    cost: CostReport
    timing: Timing
    ceiling: Verdict | None = None
    changes: Changes | None = None
    cost_before: CostReport | None = None
    usage_before: bool = False

    @property
    def graph(self) -> Graph:
        """The stack itself."""
        return self.verdicts.graph

    @cached_property
    def diagram(self) -> Diagram:
        """It as a picture."""
        return drawn(self.graph)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one analysis says of a stack; nothing where it has nothing to say."""

    figures: Sequence[Figure] = ()
    sections: Sequence[Section] = ()
