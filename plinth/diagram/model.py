"""What a picture of a stack holds, whatever draws it: boxes by layer, arrows between them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from plinth.diagram.places import Kind, Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box: resources of one kind and what hangs on them.

    `label` says what they are, `title` what to write first. `component` is the outermost component around them, by name, and
    `config_key` the part of the stack file that asked for it; both are empty where there is none, or several. `facts` are lines
    of text, `details` the kinds of smaller parts, with numbers. `resources` lists everything that the box stands for, by URN.
    """

    id: str
    layer: Layer
    label: str
    title: str
    component: str = ""
    config_key: str = ""
    facts: tuple[str, ...] = ()
    details: Mapping[str, int] = field(default_factory=dict[str, int])
    resources: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What to write below the title: facts, then details."""
        details = ", ".join(times(label, count) for label, count in self.details.items())
        return (*self.facts, details) if details else self.facts

    @property
    def caption(self) -> str:
        """What to write last: what the box is, where its title does not say so, and the component."""
        kind = "" if self.title.lower().startswith(self.label.lower()) else self.label
        return " · ".join(part for part in (kind, self.component) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An arrow between the boxes called `source` and `target`. `labels` are ports, destinations or a purpose."""

    source: str
    target: str
    kind: Kind
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """A picture. Nodes stand by layer, from the outside in. Every resource is in exactly one of them.

    `collapsed` says how many resources share a box only because there would be too many boxes or arrows otherwise.
    """

    project: str
    stack: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    collapsed: int

    @property
    def resources(self) -> int:
        """How many resources the boxes stand for: all of the stack."""
        return sum(len(node.resources) for node in self.nodes)

    @property
    def layers(self) -> Mapping[Layer, tuple[Node, ...]]:
        """The nodes of each layer that has any."""
        found = {layer: tuple(node for node in self.nodes if node.layer is layer) for layer in Layer}
        return {layer: nodes for layer, nodes in found.items() if nodes}

    @property
    def summary(self) -> str:
        """Numbers, in words."""
        said = [f"{self.resources:,} resource{'' if self.resources == 1 else 's'} in {len(self.nodes)} boxes"]
        if self.collapsed:
            said.append(f"{self.collapsed:,} resources collapsed to keep it readable")
        return ", ".join(said)

    def to_json(self) -> str:
        """The diagram as JSON text."""
        return json.dumps(asdict(self), indent=1)


def times(label: str, count: int) -> str:
    """A label and how many there are, where that is more than one."""
    return f"{label} \N{MULTIPLICATION SIGN}{count:,}" if count > 1 else label
