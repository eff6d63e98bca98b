"""The report of stacks, put together from what each analysis says."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from plinth.report.model import Report, StackReport
from plinth.report.sections import changes, cost, diagram, plan, policy, rights, timing
from plinth.report.subject import Part, Subject

Analysis: TypeAlias = Callable[[Subject], Part]

ANALYSES: tuple[Analysis, ...] = (
    changes.part,
    diagram.part,
    plan.part,
    cost.part,
    timing.part,
    policy.part,
    rights.part,
)
"""In the order in which their figures and, within a rank, their sections stand. A new analysis is a line here."""


def reported(subjects: Sequence[Subject], lead: str, notes: Sequence[str] = ()) -> Report:
    """The report on stacks of one project. `lead` says what was read, `notes` what concerns no single stack."""
    projects = dict.fromkeys(subject.graph.project for subject in subjects)
    return Report(title=", ".join(projects), lead=lead, stacks=[_stack(subject) for subject in subjects], notes=tuple(notes))


def _stack(subject: Subject, analyses: Sequence[Analysis] = ANALYSES) -> StackReport:
    parts = [analysis(subject) for analysis in analyses]
    return StackReport(
        stack=subject.graph.stack,
        figures=[figure for part in parts for figure in part.figures],
        sections=[section for part in parts for section in part.sections],
    )
