"""Who may do what, and who reaches what."""

from collections.abc import Iterable, Iterator, Sequence

from plinth.access.report import called, principals, targets_in, things
from plinth.access.rights import Access, Right, access
from plinth.engine.graph import Graph, Resource, name_of
from plinth.report.model import Cell, Column, Figure, Kind, Section, Table
from plinth.report.subject import Part, Subject
from plinth.report.words import counted

_RIGHTS = (Column("who", Kind.CODE), Column("may"), Column("on", Kind.CODE), Column("only if"), Column("document", Kind.CODE))
_THINGS = (
    Column("what", Kind.CODE),
    Column("type", Kind.CODE),
    Column("reached by", Kind.CODE),
    Column("for"),
    Column("only if"),
)


def part(subject: Subject) -> Part:
    """The rights of every role and user with those who may take it, and who reaches each key, secret, bucket and the like."""
    graph = subject.graph
    found = access(graph)
    people = principals(graph, found)
    held = sum(len(rights) for _, _, rights in people)
    figure = Figure(
        label="Rights",
        value=f"{held:,}",
        note=f"of {counted(len(people), 'role or user', 'roles and users')}",
        section="rights",
    )
    rights = Table(columns=_RIGHTS, rows=list(_rights(graph, people)), empty="Nobody in this stack may do anything.")
    reach = Table(columns=_THINGS, rows=list(_reach(graph, found)), empty="There is nothing in this stack to reach.")
    return Part(
        figures=[figure],
        sections=[
            Section(key="rights", title="Who may do what", lead=_unread(found), body=rights),
            Section(key="reach", title="Who reaches what", body=reach),
        ],
    )


def _rights(graph: Graph, people: Iterable[tuple[Resource, Sequence[Right], Sequence[Right]]]) -> Iterator[tuple[Cell, ...]]:
    targets_of = targets_in(graph)
    for _, takers, rights in people:
        for right in (*takers, *rights):
            on, by = targets_of(right.targets), name_of(right.held_by)
            yield called(right.principal), ", ".join(right.actions), on, _conditions(right), by


def _reach(graph: Graph, found: Access) -> Iterator[tuple[Cell, ...]]:
    for thing, rights in things(graph, found):
        for right in rights:
            yield thing.name, thing.type, called(right.principal), ", ".join(right.actions), _conditions(right)
        if not rights:
            yield thing.name, thing.type, "nobody in this stack", None, None


def _conditions(right: Right) -> str | None:
    return ", ".join(right.conditions) or None


def _unread(found: Access) -> str:
    """What the table cannot tell: it would else look as if nothing were allowed there."""
    names = ", ".join(map(name_of, found.unread))
    return f"Not known yet, and therefore not in the table: the documents of {names}." if names else ""
