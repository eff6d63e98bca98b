"""A report as a page, read back by a parser of HTML."""

import base64
import hashlib
import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given

from plinth.diagram.text import printable
from plinth.report.elements import grafted
from plinth.report.html import html
from plinth.report.model import Column, Kind, Picture, Report, StackReport, Table
from plinth.report.words import cell_text
from tests.plinth.report_samples import EVERYTHING, HOSTILE, SVG, report, reports, section, table

VOID = {"meta", "link", "input", "wbr"}
OURS = (
    {"html", "head", "meta", "title", "link", "style", "script", "body", "header", "main", "nav", "section", "search"}
    | {"h1", "h2", "p", "ul", "li", "dl", "dt", "dd", "div", "span", "strong", "a", "button", "label", "input", "output", "kbd"}
    | {"table", "thead", "tbody", "tr", "th", "td", "wbr", "template", "svg"}
)


class Page(HTMLParser):
    """The tags of a page, whether each is closed in its place, the text of its cells, its ids and what refers to them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.rows: list[list[str]] = []
        self.ids: list[str] = []
        self.refers: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        found = dict(attrs)
        self.ids += [str(found["id"])] if "id" in found else []
        labels = [found.get("aria-labelledby"), found.get("aria-describedby"), found.get("for")]
        self.refers += [*filter(None, labels), *(str(found["href"])[1:] for _ in "a" if tag == "a")]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def policy_of(page: str) -> dict[str, list[str]]:
    (content,) = re.findall(r'http-equiv="Content-Security-Policy" content="(.*?)"', page)
    return {name: sources for name, *sources in (part.split() for part in content.split("; "))}


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_page_has_every_section_of_every_rank_and_what_concerns_no_single_stack() -> None:
    page = html(EVERYTHING)
    assert page.startswith('<!doctype html>\n<html lang="en">')
    titles = re.findall(r'<h2><span id="dev/[a-z]+/title">(.*?)</span>', page)
    assert titles == ["Delta", "Table", "None", "Picture", "Facts", "Findings", "Detail"]
    for text in (
        "The sheet is old.",
        "There is none.",
        "A sentence.",
        "us-east-1",
        "vpc-flow-logged: nothing records",
        "Planned.",
    ):
        assert text in page


def test_numbers_bring_the_value_by_which_they_are_sorted() -> None:
    page = html(report(section("s", table(("a", 1234.5), ("b", None)))))
    assert '<td class="n" data-value="1234.5">$1,234.50</td>' in page
    assert '<td class="n none">–</td>' in page  # noqa: RUF001
    assert '<th scope="col" class="n"><button type="button">cost</button></th>' in page


def test_the_page_may_load_nothing_and_runs_its_own_script_only() -> None:
    page = html(EVERYTHING)
    allowed = policy_of(page)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert allowed.pop("script-src") == [hash_of(script)]
    assert sorted(allowed.pop("style-src")) == sorted(map(hash_of, styles))
    assert allowed == {"default-src": ["'none'"], "img-src": ["data:"], "base-uri": ["'none'"], "form-action": ["'none'"]}
    assert not re.search(r"https?:|url\(|@import|import\s*\(|fetch\(|XMLHttp", page.replace("http://www.w3.org/2000/svg", ""))


def test_the_script_stays_small() -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", html(EVERYTHING), re.DOTALL)
    assert len(script.splitlines()) < 150


@given(reports())
def test_any_report_becomes_a_page_of_our_own_elements_whose_cells_read_as_written(found: Report) -> None:
    text = html(found)
    page = Page(text)
    assert page.open == []
    assert page.tags <= OURS
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert len(page.ids) == len(set(page.ids))
    assert set(page.refers) <= set(page.ids)
    assert not [letter for letter in text if not letter.isprintable() and letter != "\n"]
    for stack in found.stacks:
        for body in (one.body for one in stack.sections):
            if isinstance(body, Table):
                for row in body.rows:
                    cells = [cell_text(cell, column) for cell, column in zip(row, body.columns, strict=True)]
                    assert [cell if cell.isprintable() else printable(cell) for cell in cells] in page.rows


def test_stacks_whose_names_look_like_paths_and_sections_do_not_mix() -> None:
    stacks = [StackReport(stack=name, figures=[], sections=[section("a", table())]) for name in ("x", "x/a", "x a", "x%20a")]
    ids = Page(html(Report(title="", lead="", stacks=stacks))).ids
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "svg",
    [
        "<html/>",
        '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><style><![CDATA[</style><b>]]></style></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><b xmlns="http://www.w3.org/1999/xhtml"/></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg">',
    ],
)
def test_a_picture_that_is_more_than_a_picture_is_refused(svg: str) -> None:
    with pytest.raises((ValueError, SyntaxError)):
        grafted(svg)


def test_a_picture_keeps_its_style_to_itself() -> None:
    page = html(report(section("picture", Picture(svg=SVG))))
    assert '<template shadowrootmode="open"><style>:host' in page
    assert "max-width:40px" in page
    assert page.index("<template") < page.index(".box{fill:red}") < page.index("</template>")


def test_three_stacks_of_a_thousand_resources_each_are_written_within_a_second() -> None:
    columns = [Column("name", Kind.CODE), Column("type", Kind.CODE), Column("cost", Kind.USD), *map(Column, "abc")]
    rows = [
        (f"{HOSTILE[index % len(HOSTILE)][:40]}-{index}", "aws:ec2/vpc:Vpc", index / 7, "one", "two", None)
        for index in range(1_000)
    ]
    sections = [section(key, Table(columns=columns, rows=rows)) for key in ("resources", "prices")]
    stacks = [StackReport(stack=name, figures=[], sections=sections) for name in ("dev", "staging", "prod")]
    found = Report(title="shop", lead="", stacks=stacks)

    def took() -> float:
        start = time.process_time()
        html(found)
        return time.process_time() - start

    assert min(took() for _ in range(3)) < 1
