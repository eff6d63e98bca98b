"""What would exist: by component, and every resource."""

from collections import Counter

from plinth.diagram.model import times
from plinth.engine.graph import Graph, Resource
from plinth.report.model import Cell, Column, Figure, Kind, Rank, Section, Table
from plinth.report.subject import Part, Subject
from plinth.report.words import counted

_COMPONENTS = (
    Column("component", Kind.CODE),
    Column("resources", Kind.INTEGER),
    Column("asked for by", Kind.CODE),
    Column("of the types"),
)
_RESOURCES = (
    Column("resource", Kind.CODE),
    Column("type", Kind.CODE),
    Column("part of", Kind.CODE),
    Column("asked for by", Kind.CODE),
    Column("made at", Kind.CODE),
    Column("kept"),
)


def part(subject: Subject) -> Part:
    """How many resources there are, in which components and of which types; each of them with the line that makes it."""
    graph = subject.graph
    roots = [resource for resource in graph.children.get("", ()) if not resource.custom]
    note = f"in {counted(len(roots), 'component')}"
    figure = Figure(label="Resources", value=f"{len(graph.resources):,}", note=note, section="resources")
    everything = Table(columns=_RESOURCES, rows=[_row(graph, resource) for resource in graph.resources.values()])
    return Part(
        figures=[figure],
        sections=[
            Section(key="components", title="Components", body=_components(graph)),
            Section(key="resources", title="Resources", body=everything, rank=Rank.DETAIL),
        ],
    )


def _components(graph: Graph) -> Table:
    """A row for each outermost component, and for each resource that stands in none."""
    types: dict[str, Counter[str]] = {}
    for resource in graph.resources.values():
        types.setdefault(graph.outermost(resource).urn, Counter())[_short(resource.type)] += 1
    rows: list[tuple[Cell, ...]] = [
        (graph.resources[urn].name, found.total(), graph.asked_by(graph.resources[urn]) or None, _listed(found))
        for urn, found in types.items()
    ]
    return Table(columns=_COMPONENTS, rows=rows)


def _listed(types: Counter[str]) -> str:
    return ", ".join(times(name, count) for name, count in types.most_common())


def _row(graph: Graph, resource: Resource) -> tuple[Cell, ...]:
    parent = graph.resources.get(resource.parent)
    options = resource.options
    kept = [name for name, on in (("protected", options.protect), ("kept on delete", options.retain_on_delete)) if on]
    return (
        resource.name,
        resource.type,
        parent.name if parent else None,
        graph.asked_by(resource) or None,
        resource.source[0] if resource.source else None,
        ", ".join(kept) or None,
    )


def _short(token: str) -> str:
    """`ec2 RouteTable` for `aws:ec2/routeTable:RouteTable`."""
    package, _, rest = token.partition(":")
    module, _, name = rest.rpartition(":")
    return f"{module.split('/')[0] or package} {name}"
