"""How long the first deployment takes, and on which chain."""

from plinth.report.model import Column, Figure, Kind, Rank, Section, Table
from plinth.report.subject import Part, Subject
from plinth.timing.report import LABEL, spread, whole_minutes

_CHAIN = (
    Column("resource", Kind.CODE),
    Column("type", Kind.CODE),
    Column("typical", Kind.MINUTES),
    Column("slow", Kind.MINUTES),
    Column("rests on"),
)
_PARTS = (
    Column("component", Kind.CODE),
    Column("from", Kind.MINUTES),
    Column("to", Kind.MINUTES),
    Column("work", Kind.MINUTES),
)


def part(subject: Subject) -> Part:
    """The time with its range, the chain that decides it, and when each component is made."""
    found = subject.timing
    figure = Figure(
        label="First deploy",
        value=f"{whole_minutes(found.total.typical)} min",
        note=f"{spread(found.total)} min, an estimate",
        section="timing",
    )
    chain = [
        (link.resource.name, link.resource.type, link.duration.typical / 60, link.duration.slow / 60, str(link.duration.basis))
        for link in found.chain
    ]
    parts = [(one.owner.name, one.start / 60, one.end / 60, one.work / 60) for one in found.parts]
    empty = "Nothing in this stack takes time."
    return Part(
        figures=[figure],
        sections=[
            Section(
                key="timing",
                title="What the first deployment waits for",
                lead=f"{LABEL[0].upper()}{LABEL[1:]}.",
                body=Table(columns=_CHAIN, rows=chain, empty=empty),
            ),
            Section(key="schedule", title="Schedule", body=Table(columns=_PARTS, rows=parts, empty=empty), rank=Rank.DETAIL),
        ],
    )
