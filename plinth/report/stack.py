"""The report of stacks, put together from what each analysis says."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from plinth.policy.verdicts import Report as Judged
from plinth.report.model import Report, StackReport
from plinth.report.sections import diagram, plan, policy, rights
from plinth.report.subject import Part, Subject

Analysis: TypeAlias = Callable[[Subject], Part]

ANALYSES: tuple[Analysis, ...] = (diagram.part, plan.part, policy.part, rights.part)
"""In the order in which their figures and, within a rank, their sections stand. A new analysis is a line here."""


def reported(judged: Judged, lead: str) -> Report:
    """The report on the stacks that were judged, of one project. `lead` says what was read."""
    projects = dict.fromkeys(verdicts.graph.project for verdicts in judged.stacks)
    return Report(
        title=", ".join(projects),
        lead=lead,
        stacks=[_stack(Subject(verdicts=verdicts)) for verdicts in judged.stacks],
        notes=tuple(judged.stale),
    )


def _stack(subject: Subject, analyses: Sequence[Analysis] = ANALYSES) -> StackReport:
    parts = [analysis(subject) for analysis in analyses]
    return StackReport(
        stack=subject.graph.stack,
        figures=[figure for part in parts for figure in part.figures],
        sections=[section for part in parts for section in part.sections],
    )
