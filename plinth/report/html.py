"""A report as one page that needs nothing else: no network, no other file."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from plinth.report.elements import Element, el, grafted, style_texts, written
from plinth.report.model import Cell, Column, Facts, Figure, Finding, Findings, Kind, Picture, Report, Section, StackReport, Table
from plinth.report.words import cell_text

_FINDING = (Column("finding"), Column("where"), Column("what"), Column("what to do"))

_LONG = 34
"""How many letters of code a cell holds in one line."""


def html(report: Report) -> str:
    """The text of the page. It shows one stack at a time, and all of them where scripts are off."""
    body = el("body", {}, _bar(report), _main(report))
    return f"<!doctype html>\n{written(el('html', {'lang': 'en'}, _head(report, body), body))}\n"


def _head(report: Report, body: Element) -> Element:
    """The page forbids itself everything but its own style and script, named by their hashes."""
    style, script = _shipped("page.css"), _shipped("page.js")
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {' '.join(dict.fromkeys(map(_hash, [style, *style_texts(body)])))}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return el(
        "head",
        {},
        el("meta", {"charset": "utf-8"}),
        el("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        el("meta", {"name": "color-scheme", "content": "light dark"}),
        el("title", {}, f"{report.title}: {', '.join(stack.stack for stack in report.stacks)}"),
        el("link", {"rel": "icon", "href": "data:,"}),
        el("style", {}, style),
        el("script", {}, script),
    )


def _bar(report: Report) -> Element:
    tabs = [el("a", {"href": _link(stack.stack)}, stack.stack, el("span", {"class": "hits"})) for stack in report.stacks]
    box = {"id": "search", "type": "search", "placeholder": "Search all tables", "autocomplete": "off", "spellcheck": "false"}
    return el(
        "header",
        {"class": "bar"},
        el("strong", {}, report.title),
        el("nav", {"class": "stacks", "aria-label": "Stacks"}, *tabs),
        el(
            "search",
            {},
            el("label", {"for": "search", "class": "unseen"}, "Search all tables"),
            el("input", {**box, "aria-describedby": "matches", "aria-keyshortcuts": "/"}),
            el("kbd", {"aria-hidden": "true"}, "/"),
            el("output", {"id": "matches", "for": "search", "role": "status"}),
        ),
    )


def _main(report: Report) -> Element:
    notes = [el("li", {}, note) for note in report.notes]
    told = [el("ul", {"class": "notes", "aria-label": "Notes"}, *notes)] if notes else []
    return el("main", {}, el("p", {"class": "lead"}, report.lead), *told, *map(_stack, report.stacks))


def _stack(stack: StackReport) -> Element:
    entries = [el("a", {"href": _link(stack.stack, section.key)}, section.title) for section in stack.sections]
    name = _anchor(stack.stack, "", "title")
    return el(
        "section",
        {"class": "stack", "id": _anchor(stack.stack), "aria-labelledby": name},
        el("h1", {"id": name}, stack.stack),
        el("div", {"class": "cards"}, *(_card(figure, stack.stack) for figure in stack.figures)),
        el("nav", {"class": "contents", "aria-label": f"Sections of {stack.stack}"}, *entries),
        *(_section(section, stack.stack) for section in stack.sections),
    )


def _card(figure: Figure, stack: str) -> Element:
    tag, link = ("a", {"href": _link(stack, figure.section)}) if figure.section else ("div", {})
    texts = {"label": figure.label, "value": figure.value, "note": figure.note}
    spans = (el("span", {"class": name}, text) for name, text in texts.items())
    return el(tag, {"class": f"card {figure.tone}", **link}, *spans)


def _section(section: Section, stack: str) -> Element:
    title = _anchor(stack, section.key, "title")
    rows = _rows_of(section)
    count = [el("span", {"class": "rows"}, f"{rows:,}")] if rows else []
    link = el("a", {"href": _link(stack, section.key), "class": "anchor", "aria-label": f"Link to {section.title}"}, "#")
    lead = [el("p", {"class": "lead"}, section.lead)] if section.lead else []
    return el(
        "section",
        {"class": "part", "id": _anchor(stack, section.key), "aria-labelledby": title},
        el("h2", {}, el("span", {"id": title}, section.title), *count, link),
        *lead,
        _body(section, title),
    )


def _rows_of(section: Section) -> int:
    match section.body:
        case Table(rows=rows):
            return len(rows)
        case Findings(entries=entries):
            return len(entries)
        case _:
            return 0


def _body(section: Section, title: str) -> Element:
    match section.body:
        case (Table(rows=[]) | Findings(entries=[])) as nothing:
            return el("p", {"class": "empty"}, nothing.empty)
        case Table(columns=columns, rows=rows):
            lines = [[_cell(cell, column) for cell, column in zip(row, columns, strict=True)] for row in rows]
            return _table(columns, lines, title)
        case Findings(entries=entries):
            return _table(_FINDING, map(_finding, entries), title)
        case Facts(entries=entries):
            pairs = (el("div", {}, el("dt", {}, name), el("dd", {}, value)) for name, value in entries.items())
            return el("dl", {"class": "facts"}, *pairs)
        case Picture(svg=text):
            return _scrolling("picture", title, grafted(text))


def _table(columns: Sequence[Column], rows: Iterable[Sequence[Element]], title: str) -> Element:
    heads = [
        el("th", {"scope": "col", **_class("n" if column.kind.numeric else "")}, el("button", {"type": "button"}, column.title))
        for column in columns
    ]
    lines = (el("tr", {}, *cells) for cells in rows)
    return _scrolling("rows", title, el("table", {}, el("thead", {}, el("tr", {}, *heads)), el("tbody", {}, *lines)))


def _scrolling(kind: str, title: str, content: Element) -> Element:
    """What may be wider than the page; the keyboard reaches it, to scroll."""
    return el("div", {"class": f"scroll {kind}", "role": "region", "tabindex": "0", "aria-labelledby": title}, content)


def _cell(cell: Cell, column: Column) -> Element:
    text = cell_text(cell, column)
    if cell is None:
        return el("td", {"class": "n none" if column.kind.numeric else "none"}, text)
    if column.kind.numeric:
        return el("td", {"class": "n", "data-value": repr(cell)}, text)
    return _code(text) if column.kind is Kind.CODE else el("td", {}, text)


def _finding(found: Finding) -> Sequence[Element]:
    pill = el("span", {"class": f"pill {found.tone}"}, found.status)
    said = el("td", {"class": "status"}, pill, " ", el("span", {"class": "severity"}, found.severity))
    return said, _code(found.where), el("td", {}, found.what), el("td", {}, found.fix)


def _code(text: str) -> Element:
    """Something to copy: in one line, unless it is too long for that; then it is broken where its parts meet."""
    if len(text) <= _LONG:
        return el("td", {"class": "c"}, text)
    first, *others = re.split(r"(?<=[:/,$])(?=[^\W\d])", text)
    return el("td", {"class": "c long"}, first, *(part for other in others for part in (el("wbr", {}), other)))


def _class(name: str) -> Mapping[str, str]:
    return {"class": name} if name else {}


def _anchor(*names: str) -> str:
    """The id of a stack, or of something in it: `prod`, `prod/rights`. No name can contain the slash, or a space."""
    return "/".join(quote(name, safe="") for name in names)


def _link(*names: str) -> str:
    return f"#{_anchor(*names)}"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _shipped(name: str) -> str:
    return files("plinth.report").joinpath(name).read_text()
