"""Elements of a page, put together so that no text is ever taken for markup."""

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

from plinth.diagram.text import printable

Element = ElementTree.Element

_SVG = "{http://www.w3.org/2000/svg}"
_RAW = ("script", "style")
"""What is in these is written as it is: HTML knows no escape there."""


def el(tag: str, attributes: Mapping[str, str], *content: Element | str) -> Element:
    """An element with attributes and content. Text loses what has no shape or changes the direction of writing."""
    made = Element(tag, {name: _plain(value) for name, value in attributes.items()})
    for part in content:
        if isinstance(part, Element):
            made.append(part)
            continue
        text = part if tag in _RAW else _plain(part)
        if len(made):
            made[-1].tail = text
        else:
            made.text = text
    return made


def grafted(svg: str) -> Element:
    """A picture with styles and names of its own, which do not touch those of the page: in a shadow tree.

    As wide as its place, at most as it was drawn. Raises ValueError for a text that is no SVG, or one that brings a script.
    """
    root = ElementTree.fromstring(svg)  # noqa: S314 (it is read by the same expat that limits how far an entity may grow)
    for element in root.iter():
        if not element.tag.startswith(_SVG):
            raise ValueError(f"{element.tag} is no element of SVG")
        element.tag = element.tag.removeprefix(_SVG)
        if element.tag == "script" or (element.tag == "style" and "<" in (element.text or "")):
            raise ValueError("a picture brings no script and no markup in its style")
    drawn = root.attrib.pop("width", "100%"), root.attrib.pop("height", "")
    fit = el("style", {}, f":host{{display:block}}svg{{display:block;width:100%;max-width:{drawn[0]}px;height:auto}}")
    return el("div", {}, el("template", {"shadowrootmode": "open"}, fit, root))


def style_texts(root: Element) -> Iterator[str]:
    """What stands in the styles of a tree."""
    return (element.text or "" for element in root.iter("style"))


def written(root: Element) -> str:
    """The tree as HTML."""
    return ElementTree.tostring(root, encoding="unicode", method="html")


def _plain(text: str) -> str:
    return text if text.isprintable() else printable(text)
