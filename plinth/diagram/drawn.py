"""`drawn`: the diagram of a graph."""

from collections.abc import Iterable, Sequence

from plinth.diagram.arrows import Arrow, arrows
from plinth.diagram.boxes import nodes
from plinth.diagram.levels import readable
from plinth.diagram.membership import Membership
from plinth.diagram.model import Diagram, Edge, Node
from plinth.diagram.places import Kind, Layer
from plinth.diagram.references import References
from plinth.engine.graph import Graph

LIMIT = 60
"""How many boxes a picture holds before it is hard to read."""

INTERNET = Node(id="internet", layer=Layer.INTERNET, label="internet", title="Internet")
"""The one box that is no resource: any address at all. It is there where an arrow begins or ends at it."""


def drawn(graph: Graph, limit: int = LIMIT) -> Diagram:
    """The diagram of `graph`, as fine as `limit` boxes let it be; never less than a box for each layer."""
    members = Membership(References(graph))
    found = tuple(arrows(members))
    levels = readable(members, found, limit)
    boxes = nodes(members, levels)
    edges = _edges(found, boxes)
    outside = any(INTERNET.id in (edge.source, edge.target) for edge in edges)
    return Diagram(
        project=graph.project,
        stack=graph.stack,
        nodes=(INTERNET, *boxes) if outside else boxes,
        edges=edges,
        collapsed=sum(len(node.resources) for node in boxes if levels.is_collapsed(node.resources)),
    )


def _edges(found: Iterable[Arrow], boxes: Sequence[Node]) -> tuple[Edge, ...]:
    """One edge for all arrows of a kind from one box to another, with what is written at any of them."""
    box = {"": INTERNET.id, **{urn: node.id for node in boxes for urn in node.resources}}
    merged: dict[tuple[str, str, Kind], set[str]] = {}
    for arrow in found:
        source, target = box[arrow.source], box[arrow.target]
        if source != target:
            merged.setdefault((source, target, arrow.kind), set()).add(arrow.label)
    rank = {name: rank for rank, name in enumerate((INTERNET.id, *(node.id for node in boxes)))}
    ordered = sorted(merged, key=lambda ends: (rank[ends[0]], rank[ends[1]], ends[2]))
    return tuple(Edge(source=s, target=t, kind=kind, labels=_labels(merged[s, t, kind])) for s, t, kind in ordered)


def _labels(found: Iterable[str]) -> tuple[str, ...]:
    """Short ones first, so that port 80 comes before port 443."""
    return tuple(sorted(filter(None, found), key=lambda label: (len(label), label)))
