"""The diagram as Mermaid and as SVG, the command that prints it, and the page that shows it."""

import json
import re
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple, get_args
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.core.component import Component
from components.networking.discovery import Discovery
from plinth.cli import diagram as command
from plinth.diagram.drawn import drawn
from plinth.diagram.layout import BOX_PADDING
from plinth.diagram.mermaid import mermaid
from plinth.diagram.model import Diagram, Edge, Node
from plinth.diagram.places import Kind, Layer
from plinth.diagram.svg import svg
from plinth.diagram.text import CAPTION, FACT, LABEL, LAYER, NAME, SAID, TITLE, printable, shorten, width, wrap
from plinth.engine.graph import Graph
from tests.harness import ROOT, STACKS, graphs
from tools.infrastructure_page import component_classes, page, pictures

HOSTILE = (
    'say "hello"',
    "<script>alert(1)</script> & more",
    "a]b}c)d|e",
    "# `x` ;end; %% --> subgraph",
    "W" * 300,
    "naïve 東京 \N{ROCKET} \u202eright to left\x00\x1b",
    "two\nlines",
    "#quot; &lt;",
)
FONTS = {font.style: font for font in (NAME, TITLE, LAYER, SAID, FACT, CAPTION, LABEL)}
SVG = "{http://www.w3.org/2000/svg}"


def node(name: str, layer: Layer, *, title: str = "Box", facts: tuple[str, ...] = (), component: str = "") -> Node:
    return Node(
        id=name,
        layer=layer,
        label="box",
        title=title,
        facts=facts,
        component=component,
        resources=(f"urn:pulumi:s::p::t::{name}",),
    )


def picture(nodes: tuple[Node, ...], edges: tuple[Edge, ...] = (), stack: str = "test") -> Diagram:
    return Diagram(project="shop", stack=stack, nodes=nodes, edges=edges, collapsed=0)


HOSTILE_PICTURE = picture(
    tuple(
        node(f"n{n}", layer, title=text, facts=(text, text), component=text)
        for n, text in enumerate(HOSTILE)
        for layer in [list(Layer)[n]]
    ),
    tuple(
        Edge(source=f"n{n}", target=f"n{(n + 3) % len(HOSTILE)}", kind="use", labels=(text,)) for n, text in enumerate(HOSTILE)
    ),
    stack=HOSTILE[1],
)


@st.composite
def any_pictures(draw: st.DrawFn) -> Diagram:
    """Pictures of up to sixty boxes in any layers, with arrows between any two of them."""
    texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))
    size = draw(st.integers(0, 60))  # a list of any size would nearly always be a short one
    layers = sorted((draw(st.sampled_from(list(Layer))) for _ in range(size)), key=list(Layer).index)
    nodes = tuple(
        node(f"n{n}", layer, title=draw(texts), facts=tuple(draw(st.lists(texts, max_size=3)))) for n, layer in enumerate(layers)
    )
    ends = st.tuples(st.integers(0, max(0, len(nodes) - 1)), st.integers(0, max(0, len(nodes) - 1)))
    kinds = st.sampled_from(get_args(Kind))
    chosen = {(*draw(ends), draw(kinds)): None for _ in range(draw(st.integers(0, 40)))} if len(nodes) > 1 else {}
    edges = tuple(
        Edge(source=f"n{a}", target=f"n{b}", kind=kind, labels=tuple(draw(st.lists(texts, max_size=2))))
        for a, b, kind in chosen
        if a != b
    )
    return picture(nodes, edges)


class Area(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Area") -> bool:
        return self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom

    def holds(self, x: float, y: float) -> bool:
        return self.left - 0.2 <= x <= self.right + 0.2 and self.top - 0.2 <= y <= self.bottom + 0.2


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 (our own text)


def area(rectangle: ElementTree.Element) -> Area:
    x, y, w, h = (float(rectangle.get(name, "nan")) for name in ("x", "y", "width", "height"))
    return Area(x, y, x + w, y + h)


def boxes(root: ElementTree.Element) -> dict[str, tuple[Area, ElementTree.Element]]:
    groups = (group for group in root.iter(f"{SVG}g"))
    return {group.get("data-node", ""): (area(group.findall(f"{SVG}rect")[0]), group) for group in groups}


def corners(path: ElementTree.Element) -> list[tuple[float, float]]:
    """The corners of an arrow, where the rounding takes them off: start, the control points of the curves, end."""
    text = path.get("d", "")
    points = [*re.findall(r"M([\d.-]+),([\d.-]+)", text), *re.findall(r"Q([\d.-]+),([\d.-]+)", text)]
    points += re.findall(r"L([\d.-]+),([\d.-]+)$", text)
    return [(float(x), float(y)) for x, y in points]


def arrows(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [path for path in root.iter(f"{SVG}path") if path.get("data-source")]


def labels(root: ElementTree.Element) -> list[Area]:
    """Where the labels of the arrows stand."""
    found: list[Area] = []
    for text in root.iter(f"{SVG}text"):
        if text.get("class") == LABEL.style:
            x, y, half = float(text.get("x", "")), float(text.get("y", "")), width(text.text or "", LABEL) / 2
            found.append(Area(x - half, y - LABEL.size, x + half, y))
    return found


def assert_well_drawn(diagram: Diagram) -> None:
    root = parsed(svg(diagram))
    _, _, wide, high = map(float, root.get("viewBox", "").split())
    found = boxes(root)
    assert list(found) == [node.id for node in diagram.nodes]
    for place, group in found.values():
        assert place.left >= 0
        assert place.top >= 0
        assert place.right <= wide
        assert place.bottom <= high
        for text in group.findall(f"{SVG}text"):
            x, y, font = float(text.get("x", "nan")), float(text.get("y", "nan")), FONTS[text.get("class", "")]
            assert x + width(text.text or "", font) <= place.right - BOX_PADDING + 0.2
            assert place.top + font.size <= y <= place.bottom - 4
    assert not [pair for pair in combinations((place for place, _ in found.values()), 2) if pair[0].overlaps(pair[1])]
    assert all(place.left >= 0 and place.right <= wide for place in labels(root))
    assert len(arrows(root)) == len(diagram.edges)
    assert_arrows_run_apart(diagram, root)
    for path in arrows(root):
        assert_leads_from_box_to_box(path, {name: place for name, (place, _) in found.items()}, wide, high)


MOST_APART = 8
"""How many arrows one side of a box takes before they begin to share places."""


def assert_arrows_run_apart(diagram: Diagram, root: ElementTree.Element) -> None:
    """No arrow covers part of another one: they only cross."""
    ends = Counter(end for edge in diagram.edges for end in (edge.source, edge.target))
    if max(ends.values(), default=0) > MOST_APART:
        return
    runs = [[run(one, other) for one, other in pairwise(corners(path))] for path in arrows(root)]
    for some, others in combinations(runs, 2):
        assert not [
            (one, other) for one in some for other in others if is_upright(one) == is_upright(other) and one.overlaps(other)
        ]


def run(one: tuple[float, float], other: tuple[float, float]) -> Area:
    """A straight part of an arrow, as thick as a line is drawn."""
    (x1, y1), (x2, y2) = one, other
    return Area(min(x1, x2) - 0.7, min(y1, y2) - 0.7, max(x1, x2) + 0.7, max(y1, y2) + 0.7)


def is_upright(part: Area) -> bool:
    return part.bottom - part.top > part.right - part.left


def assert_leads_from_box_to_box(path: ElementTree.Element, places: dict[str, Area], wide: float, high: float) -> None:
    points = corners(path)
    source, target = places[path.get("data-source", "")], places[path.get("data-target", "")]
    assert source.holds(*points[0])
    assert target.holds(*points[-1])
    for (x1, y1), (x2, y2) in pairwise(points):
        assert abs(x1 - x2) < 0.2 or abs(y1 - y2) < 0.2
        assert 0 <= min(x1, x2) <= max(x1, x2) <= wide
        assert 0 <= min(y1, y2) <= max(y1, y2) <= high
        inner = (Area(place.left + 1, place.top + 1, place.right - 1, place.bottom - 1) for place in places.values())
        assert not any(run((x1, y1), (x2, y2)).overlaps(place) for place in inner)


@pytest.mark.parametrize("stack", STACKS)
def test_the_picture_of_each_stack_is_well_drawn_and_small(stack: str) -> None:
    diagram = drawn(graphs()[stack])
    assert_well_drawn(diagram)
    assert len(svg(diagram)) < 64_000


def test_hostile_names_neither_leave_their_boxes_nor_break_the_file() -> None:
    assert_well_drawn(HOSTILE_PICTURE)
    root = parsed(svg(HOSTILE_PICTURE))
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "style", "defs", "marker", "path", "rect", "g", "text")
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.large_base_example, HealthCheck.too_slow])
@given(diagram=any_pictures())
def test_any_picture_is_well_drawn(diagram: Diagram) -> None:
    assert_well_drawn(diagram)


def test_arrows_there_and_back_and_of_each_kind_run_apart_between_neighbours() -> None:
    ends = (("n0", "n1"), ("n1", "n0"))
    edges = tuple(Edge(source=source, target=target, kind=kind) for source, target in ends for kind in get_args(Kind))
    assert_well_drawn(picture(tuple(node(f"n{n}", Layer.PUBLIC) for n in range(3)), edges))


def test_no_two_labels_of_arrows_overlap() -> None:
    ring = tuple(Edge(source=f"n{n}", target=f"n{(n * 5 + 1) % 12}", kind="traffic", labels=(f"{n * 1111}",)) for n in range(12))
    standing = tuple(
        node(f"n{n}", layer) for n, layer in enumerate([Layer.PUBLIC] * 4 + [Layer.PRIVATE] * 4 + [Layer.DATABASE] * 4)
    )
    root = parsed(svg(picture(standing, ring)))
    assert len(labels(root)) == len(ring)
    assert not [pair for pair in combinations(labels(root), 2) if pair[0].overlaps(pair[1])]


def test_the_picture_is_one_file_that_says_what_it_shows() -> None:
    text = svg(drawn(graphs()["prod"]))
    root = parsed(text)
    assert root.get("role") == "img"
    assert [element.tag for element in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"<script|href|@import|url\((?!#)|https?://(?!www\.w3\.org/2000/svg)", text)


def test_a_stack_without_resources_has_a_picture() -> None:
    empty = drawn(Graph(project="shop", stack="none", resources={}, outputs={}))
    assert_well_drawn(empty)
    assert_is_mermaid(mermaid(empty))


WORD = r"(?:[\w .,:/+()~-]|[^\x00-\x7f]|#\d+;|<br/>)*"
LINE = re.compile(
    rf'flowchart TB|  (?:  )?[a-z]\w*\["{WORD}"\]|  subgraph [a-z]\w*\["{WORD}"\]|  end'
    rf'|  [a-z]\w* (?:-->|===|-\.->|~~~)(?:\|"{WORD}"\|)? [a-z]\w*'
)


def assert_is_mermaid(text: str) -> None:
    """By a strict grammar of lines: Mermaid itself is no part of the tests."""
    lines = text.splitlines()
    assert lines[0] == "flowchart TB"
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert sum("subgraph " in line for line in lines) == lines.count("  end")
    declared = set(re.findall(r"^ +(\w+)\[", text, re.MULTILINE))
    used = {
        end for first, last in re.findall(r"^  (\w+) [-=~.>]+(?:\|.*\|)? (\w+)$", text, re.MULTILINE) for end in (first, last)
    }
    assert used <= declared
    assert "end" not in declared


@pytest.mark.parametrize("stack", STACKS)
def test_the_mermaid_text_of_each_stack_is_mermaid(stack: str) -> None:
    assert_is_mermaid(mermaid(drawn(graphs()[stack])))


def test_hostile_names_do_not_break_mermaid() -> None:
    text = mermaid(HOSTILE_PICTURE)
    assert_is_mermaid(text)
    assert "say #34;hello#34;" in text
    assert "#60;script#62;alert(1)#60;/script#62; #38; more" in text
    assert "#35;quot#59; #38;lt#59;" in text
    assert all(len(line) < 1500 for line in text.splitlines())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.large_base_example, HealthCheck.too_slow])
@given(diagram=any_pictures())
def test_any_picture_is_mermaid(diagram: Diagram) -> None:
    assert_is_mermaid(mermaid(diagram))


def test_mermaid_frames_what_is_inside_the_network_and_writes_routes_from_outside_in() -> None:
    nodes = (node("gate", Layer.INTERNET), node("inner", Layer.PRIVATE), node("key", Layer.SERVICES))
    edges = (
        Edge(source="inner", target="gate", kind="route", labels=("0.0.0.0/0",)),
        Edge(source="inner", target="key", kind="use"),
    )
    lines = [line.strip() for line in mermaid(picture(nodes, edges)).splitlines()]
    assert lines[4:9] == ['subgraph layer_vpc["VPC"]', 'subgraph layer_private["Private tier"]', 'inner["Box"]', "end", "end"]
    assert lines[-3:] == ["gate ~~~ inner", 'gate ===|"0.0.0.0/0"| inner', "inner -.-> key"]


@given(text=st.one_of(st.text(), st.sampled_from(HOSTILE)), room=st.floats(20, 400), most=st.integers(1, 4))
def test_wrapped_text_fits_in_width_and_lines(text: str, room: float, most: int) -> None:
    lines = wrap(printable(text), FACT, room, most)
    assert len(lines) <= most
    assert all(width(line, FACT) <= room for line in lines)


def test_text_that_is_cut_says_so() -> None:
    assert shorten("a long text", FACT, 30).endswith("…")
    assert shorten("short", FACT, 100) == "short"
    assert wrap("one two three four", FACT, 40, 2)[-1].endswith("…")


def test_the_command_prints_mermaid_svg_or_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    graph = graphs()["prod"]

    def found(stack: str | None, from_file: str | None) -> Graph:
        assert (stack, from_file) == ("prod", None)
        return graph

    monkeypatch.setattr(command, "graph_of", found)
    command.run("prod", None, as_svg=False, as_json=False)
    assert capsys.readouterr().out == mermaid(drawn(graph))
    command.run("prod", None, as_svg=True, as_json=False)
    assert capsys.readouterr().out == svg(drawn(graph))
    command.run("prod", None, as_svg=False, as_json=True)
    assert json.loads(capsys.readouterr().out)["stack"] == "prod"


def test_both_pictures_are_written_beside_the_graph(tmp_path: Path) -> None:
    diagram = drawn(graphs()["dev"])
    assert command.write(tmp_path, diagram) == ("out/dev/diagram.md", "out/dev/diagram.svg")
    assert (tmp_path / "out/dev/diagram.svg").read_text() == svg(diagram)
    text = (tmp_path / "out/dev/diagram.md").read_text()
    assert text.startswith("# plinth, stack dev\n")
    assert f"```mermaid\n{mermaid(diagram)}```\n" in text


@pytest.mark.requirement("OPS-06", part="the generated page; more chapters come with later parts")
def test_the_page_names_every_component_class_and_shows_every_stack() -> None:
    text = page(graphs())
    written = {
        name
        for file in (ROOT / "components").rglob("*.py")
        for name in re.findall(r"^class (\w+)\(Component\)", file.read_text(), re.M)
    }
    assert {cls.__name__ for cls in component_classes()} == written
    assert [name for name in written if f"\n### {name}\n" not in text] == []
    assert re.findall(r"^### (prod|staging|dev)$", text, re.MULTILINE) == ["prod", "staging", "dev"]
    for path in pictures(graphs()):
        assert f"]({path.removeprefix('docs/')})" in text
    assert all(mermaid(drawn(graph)) in text for graph in graphs().values())


def test_the_page_says_of_a_component_what_it_publishes_and_where_it_is() -> None:
    _, chapter = page(graphs()).split("\n### Discovery\n")
    said = chapter.split("\n### ")[0]
    assert "\n- Creates: one namespace, and with it" in said
    assert "Publishes: `namespace_id`, `namespace_arn`." in said
    assert "| prod | `discovery` | 2 | `plinth:networking.discovery` |" in said


def test_a_component_that_no_stack_makes_is_on_the_page() -> None:
    empty = {"dev": Graph(project="plinth", stack="dev", resources={}, outputs={})}
    assert page(empty).count("No stack has it at present.") == len(component_classes())
    assert issubclass(Discovery, Component)


def test_a_stack_that_is_like_the_first_one_says_so() -> None:
    same = {"dev": graphs()["dev"], "prod": graphs()["dev"]}
    alike = "only what is written in them differs"
    assert alike in page(same)
    other = {"dev": Graph(project="plinth", stack="dev", resources={}, outputs={}), "prod": graphs()["prod"]}
    assert alike not in page(other)
