"""A diagram as Mermaid text, in the plain syntax that GitHub draws."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from string import ascii_letters, digits

from plinth.diagram.model import Diagram, Edge, Node
from plinth.diagram.places import INSIDE_VPC, Kind, Layer
from plinth.diagram.text import printable

_ARROWS: Mapping[Kind, str] = {"traffic": "-->", "route": "===", "use": "-.->"}
_LEGEND = "Thin arrows: may open a connection, with the ports. Thick lines: routes, with the destination. Dotted arrows: uses."
_PLAIN = frozenset(ascii_letters + digits + " .,:/_-+()")
_LONGEST = 120


def mermaid(diagram: Diagram) -> str:
    """The text of a flowchart, from the outside in."""
    rank = {node.id: rank for rank, node in enumerate(diagram.nodes)}
    edges = (_edge(edge, rank) for edge in diagram.edges)
    return "\n".join(["flowchart TB", *_layers(diagram), *_order(diagram), *edges]) + "\n"


def block(diagram: Diagram) -> str:
    """The same for a Markdown page: with its numbers, in a fence, and how to read it."""
    return f"{diagram.summary}.\n\n```mermaid\n{mermaid(diagram)}```\n\n{_LEGEND}\n"


def _layers(diagram: Diagram) -> Iterator[str]:
    """A frame for each layer, and one around those inside the network."""
    inside = [layer for layer in INSIDE_VPC if layer in diagram.layers]
    for layer, nodes in diagram.layers.items():
        if inside and layer is inside[0]:
            yield '  subgraph layer_vpc["VPC"]'
        yield f'  subgraph layer_{layer}["{layer.heading}"]'
        yield from (f'    {node.id}["{_words(node)}"]' for node in nodes)
        yield "  end"
        if inside and layer is inside[-1]:
            yield "  end"


def _order(diagram: Diagram) -> Iterator[str]:
    """Links that nobody sees. Without them, a layer whose arrows go outward would stand above the outer one."""
    for outer, inner in pairwise(layer for layer in diagram.layers if layer in (Layer.INTERNET, *INSIDE_VPC)):
        yield from (f"  {node.id} ~~~ {diagram.layers[inner][0].id}" for node in diagram.layers[outer])


def _words(node: Node) -> str:
    lines = (_escaped(line) for line in (node.title, *node.lines, node.caption))
    return "<br/>".join(filter(None, lines)) or " "


def _edge(edge: Edge, rank: Mapping[str, int]) -> str:
    """Mermaid puts the first end above the second. A route leads outward, so it is written as a line, from the outer end."""
    first, last = (edge.source, edge.target) if edge.kind != "route" else sorted((edge.source, edge.target), key=rank.__getitem__)
    text = _escaped(", ".join(edge.labels))
    label = f'|"{text}"|' if text else ""
    return f"  {first} {_ARROWS[edge.kind]}{label} {last}"


def _escaped(text: str) -> str:
    """`text` with every letter that could mean something by its number: `#35;`, which Mermaid draws as that letter."""
    short = printable(text)
    short = short if len(short) <= _LONGEST else f"{short[: _LONGEST - 1]}…"
    return "".join(letter if letter in _PLAIN or ord(letter) > 127 else f"#{ord(letter)};" for letter in short)
