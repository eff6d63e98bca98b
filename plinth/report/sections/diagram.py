"""The stack as a picture."""

from plinth.diagram.svg import svg
from plinth.report.model import Picture, Section
from plinth.report.subject import Part, Subject


def part(subject: Subject) -> Part:
    """One picture; a box tells what stands in it while the pointer rests there."""
    return Part(sections=[Section(key="diagram", title="Diagram", body=Picture(svg=svg(subject.diagram)))])
