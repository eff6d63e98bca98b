"""A diagram as one self-contained SVG file, for light and dark pages."""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from plinth.diagram.layout import BOX_PADDING, Box, Layout, Line, Rectangle, laid_out
from plinth.diagram.model import Diagram, Node
from plinth.diagram.places import Kind, Layer
from plinth.diagram.text import LABEL, LAYER, NAME, SAID, printable, shorten, width
from plinth.diagram.tracks import MARGIN

Element = ElementTree.Element

_COLOURS: Mapping[Layer, str] = {
    Layer.INTERNET: "#475569",
    Layer.NETWORK: "#4338ca",
    Layer.PUBLIC: "#15803d",
    Layer.PRIVATE: "#1d4ed8",
    Layer.DATABASE: "#7e22ce",
    Layer.SERVICES: "#b45309",
    Layer.IDENTITY: "#b91c1c",
    Layer.OPERATIONS: "#0f766e",
    Layer.OTHER: "#57606a",
}
_LEGEND: Mapping[Kind, str] = {"traffic": "may connect to", "route": "routes to", "use": "uses"}
_CORNER = 6
_MOST_NAMES = 12
_STYLE = """
text { font-family: ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
.page { fill: #ffffff; } .box { fill: #ffffff; stroke-width: 1.2; } .band { fill-opacity: .07; }
.name { font-size: 19px; font-weight: 600; } .said { font-size: 12px; fill: #59636e; }
.title { font-size: 13px; font-weight: 600; } .fact { font-size: 11px; } .caption { font-size: 10px; fill: #59636e; }
.layer { font-size: 11px; font-weight: 600; fill: #ffffff; text-anchor: middle; }
.vpc { fill: #4338ca; fill-opacity: .75; }
.label { font-size: 10px; text-anchor: middle; }
.arrow { fill: none; stroke-width: 1.5; }
.traffic { stroke: #c2570c; } .route { stroke: #2563eb; } .use { stroke: #7d8590; stroke-dasharray: 4 3; }
.head-traffic { fill: #c2570c; } .head-route { fill: #2563eb; } .head-use { fill: #7d8590; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .page { fill: #0d1117; } .box { fill: #161b22; } .band { fill-opacity: .22; }
.said, .caption { fill: #9198a1; }
.traffic { stroke: #f0883e; } .route { stroke: #6ea8ff; } .head-traffic { fill: #f0883e; } .head-route { fill: #6ea8ff; }
}
"""


def svg(diagram: Diagram) -> str:
    """The text of the file."""
    layout = laid_out(diagram)
    name = printable(f"{diagram.project} · {diagram.stack}")
    root = Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        width=_number(layout.width),
        height=_number(layout.height),
        viewBox=f"0 0 {_number(layout.width)} {_number(layout.height)}",
        role="img",
    )
    _add(root, "title", f"The stack {name}")
    _add(root, "desc", _description(diagram))
    _add(root, "style", _STYLE)
    _heads(root)
    _add(root, "rect", width="100%", height="100%", **{"class": "page"})
    _heading(root, layout, name, diagram.summary)
    _bands(root, layout)
    for line in layout.lines:
        _arrow(root, line)
    for box in layout.boxes:
        _box(root, box)
    for line in layout.lines:
        if line.label:
            _label(root, line)
    _legend(root, layout, {line.edge.kind for line in layout.lines})
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _heading(root: Element, layout: Layout, name: str, said: str) -> None:
    room = layout.width - 2 * MARGIN
    _add(root, "text", shorten(name, NAME, room), x=_number(MARGIN), y="32", **{"class": "name"})
    _add(root, "text", shorten(said, SAID, room), x=_number(MARGIN), y="52", **{"class": "said"})


def _bands(root: Element, layout: Layout) -> None:
    for found in layout.strips:
        colour = _COLOURS[found.band.layer]
        _add(root, "rect", **_placed(found.area), rx="8", fill=colour, **{"class": "band"})
        _add(root, "rect", **_placed(found.strip), rx="4", fill=colour)
        _upright(root, found.strip, found.band.layer.heading)
    if layout.vpc:
        _add(root, "rect", **_placed(layout.vpc), rx="4", **{"class": "vpc"})
        _upright(root, layout.vpc, "VPC")


def _upright(root: Element, strip: Rectangle, text: str) -> None:
    """Text that reads from below, in the middle of a strip."""
    x, y = strip.x + strip.width / 2, strip.y + strip.height / 2
    turned = f"rotate(-90 {_number(x)} {_number(y)})"
    _add(
        root,
        "text",
        shorten(text, LAYER, strip.height - 6),
        x=_number(x),
        y=_number(y + 4),
        transform=turned,
        **{"class": "layer"},
    )


def _box(root: Element, box: Box) -> None:
    group = _add(root, "g", **{"data-node": box.node.id})
    _add(group, "title", _members(box.node))
    _add(group, "rect", **_placed(box.area), rx="6", stroke=_COLOURS[box.node.layer], **{"class": "box"})
    for words in box.words:
        x, y = box.area.x + BOX_PADDING, box.area.y + words.y
        _add(group, "text", words.text, x=_number(x), y=_number(y), **{"class": words.font.style})


def _members(node: Node) -> str:
    """What is shown while the pointer rests on a box: what stands in it, by name."""
    names = [printable(urn.rsplit("::", 1)[-1]) for urn in node.resources]
    more = [f"and {len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    return "\n".join([printable(node.title), *names[:_MOST_NAMES], *more])


def _arrow(root: Element, line: Line) -> None:
    kind = line.edge.kind
    ends = {"data-source": line.edge.source, "data-target": line.edge.target}
    _add(root, "path", d=_rounded(line.points), **{"class": f"arrow {kind}", "marker-end": f"url(#{kind})"}, **ends)


def _label(root: Element, line: Line) -> None:
    """What is written at an arrow, on a ground that interrupts all lines below it."""
    x, y = line.label_at
    half = width(line.label, LABEL) / 2 + 2
    _add(root, "rect", **_placed(Rectangle(x - half, y - 7, 2 * half, 14)), rx="3", **{"class": "page"})
    _add(root, "text", line.label, x=_number(x), y=_number(y + 3.5), **{"class": LABEL.style})


def _rounded(points: Sequence[tuple[float, float]]) -> str:
    """A path along `points` with round corners; where two corners are close, rounder than that is not possible."""
    path = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_CORNER, _distance(before, corner) / 2, _distance(corner, after) / 2)
        path.append(f"L{_at(_towards(corner, before, radius))}Q{_at(corner)} {_at(_towards(corner, after, radius))}")
    return "".join([*path, f"L{_at(points[-1])}"])


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(start: tuple[float, float], end: tuple[float, float], far: float) -> tuple[float, float]:
    share = far / (_distance(start, end) or 1)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _heads(root: Element) -> None:
    """The heads of arrows, one a kind: a head does not take the colour of its line by itself."""
    shelf = _add(root, "defs")
    for kind in _LEGEND:
        size = {"markerWidth": "8", "markerHeight": "8", "refX": "7", "refY": "4", "markerUnits": "userSpaceOnUse"}
        head = _add(shelf, "marker", id=kind, orient="auto", **size)
        _add(head, "path", d="M0,0.5L8,4L0,7.5Z", **{"class": f"head-{kind}"})


def _legend(root: Element, layout: Layout, kinds: set[Kind]) -> None:
    """What the kinds of arrows mean, for those that there are."""
    x, y = float(MARGIN), layout.height - 18
    for kind, meaning in _LEGEND.items():
        if kind in kinds:
            line = f"M{_at((x, y))}L{_at((x + 30, y))}"
            _add(root, "path", d=line, **{"class": f"arrow {kind}", "marker-end": f"url(#{kind})"})
            _add(root, "text", meaning, x=_number(x + 38), y=_number(y + 4), **{"class": "said"})
            x += 58 + width(meaning, SAID)


def _description(diagram: Diagram) -> str:
    """The picture for those who cannot see it: what each layer holds."""
    layers = (f"{layer.heading}: {', '.join(node.title for node in nodes)}" for layer, nodes in diagram.layers.items())
    return printable(f"{diagram.summary}. {'. '.join(layers)}.")


def _placed(area: Rectangle) -> dict[str, str]:
    return {"x": _number(area.x), "y": _number(area.y), "width": _number(area.width), "height": _number(area.height)}


def _at(point: tuple[float, float]) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    element = ElementTree.SubElement(parent, tag, attributes)
    element.text = text
    return element
