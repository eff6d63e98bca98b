"""A report as the comment of a pull request: read back by a parser of Markdown."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from plinth.diagram.text import printable
from plinth.report.fitting import Block, fitted
from plinth.report.markdown import LIMIT, MARKER, markdown
from plinth.report.model import Column, Facts, Findings, Kind, Rank, Report, StackReport, Table
from plinth.report.words import cell_text, shortened
from tests.plinth.report_samples import EVERYTHING, FINDING, HOSTILE, report, reports, section, table

PARSER = MarkdownIt("commonmark").enable("table")
OWN = {"<b>", "</b>", "<br>", "<span>", "</span>"}
FOLD = re.compile(
    r"<details>\n<summary><b>[^<>]*(<span>\$</span>[^<>]*)*</b>, [\d,]+ rows?</summary>|</details>|<!-- plinth:report -->"
)


def text_of(inline: Token) -> str:
    """What is to be read in a line: without markup, without what has no width."""
    return "".join(child.content for child in inline.children or () if child.type != "html_inline").replace("\u200b", "")


def tables(text: str) -> list[list[list[str]]]:
    """The cells of every table, its head included."""
    found: list[list[list[str]]] = []
    inside = False
    for token in PARSER.parse(text):
        inside = token.type != "table_close" and (inside or token.type == "table_open")
        match token.type:
            case "table_open":
                found.append([])
            case "tr_open":
                found[-1].append([])
            case "inline" if inside:
                found[-1][-1].append(text_of(token))
            case _:
                pass
    return found


def read(cells: Sequence[str]) -> list[str]:
    """How `cells` read once they are on one line."""
    return [printable(shortened(cell)).replace("\u200b", "") for cell in cells]


def headings(text: str) -> list[str]:
    """What stands in bold or in a heading, in order."""
    return re.findall(r"^(?:### |<summary><b>|\*\*)(.*?)(?:</b>.*|\*\*.*)?$", text, re.MULTILINE)


def test_the_first_line_is_the_mark_by_which_a_comment_is_found_again() -> None:
    assert markdown(EVERYTHING).splitlines()[:2] == [MARKER, "## shop"]


def test_deltas_come_first_then_findings_then_summaries_and_neither_details_nor_pictures() -> None:
    assert headings(markdown(EVERYTHING)) == ["dev: Delta", "dev: Findings", "dev: Table", "dev: None", "dev: Facts"]


def test_the_deltas_of_all_stacks_come_before_any_summary() -> None:
    sections = [section("plan", table(("a", 1.0))), section("change", table(("b", 1.0)), Rank.DELTA)]
    stacks = [StackReport(stack=name, figures=[], sections=sections) for name in ("dev", "prod")]
    text = markdown(Report(title="shop", lead="", stacks=stacks))
    assert headings(text) == ["dev: Change", "prod: Change", "dev: Plan", "prod: Plan"]


def test_summaries_and_whatever_is_long_are_folded() -> None:
    short, long = table(("a", 1.0)), table(*((f"r{index}", 1.0) for index in range(13)))
    text = markdown(report(section("open", short, Rank.DELTA), section("long", long, Rank.DELTA), section("summary", short)))
    assert "### dev: Open\n\n| name" in text
    assert "### dev: Long\n\n<details>\n<summary><b>dev: Long</b>, 13 rows</summary>\n\n| name" in text
    assert "<summary><b>dev: Summary</b>, 1 row</summary>" in text


def test_numbers_stand_right_and_what_is_to_be_copied_in_code() -> None:
    assert "| name | cost |\n| --- | ---: |\n| `b` | <span>$</span>2.50 |" in markdown(EVERYTHING)


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CODE])
def test_every_text_reads_in_a_table_as_it_is_written(kind: Kind) -> None:
    rows = [(text, "end") for text in HOSTILE]
    found = tables(markdown(report(section("s", Table(columns=[Column("a|b", kind), Column("c")], rows=rows)))))
    assert found[-1] == [["a|b", "c"], *(read(row) for row in rows)]


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CODE])
def test_nobody_is_called_and_nothing_is_linked_or_referred_to(kind: Kind) -> None:
    """Looked for in what comes out, outside of code, as GitHub does."""
    texts = ("@everyone", "a @org/team b", "#12", "see#3", "https://example.com", "www.example.com", "`@x`", "@a|b", "\\#1")
    text = markdown(report(section("s", Table(columns=[Column("x", kind)], rows=[(one,) for one in texts]))))
    inlines = [token for token in PARSER.parse(text) if token.type == "inline"]
    seen = "\n".join(child.content for one in inlines for child in one.children or () if child.type == "text")
    assert not re.search(r"@[\w-]|#\d|://|www\.", seen)
    assert not [child for one in inlines for child in one.children or () if child.type in ("link_open", "image")]


@pytest.mark.parametrize("lead", ["- a", "+ a", "1. a", "12) a", "===", "---", "    a", "# a", "> a", "* a"])
def test_a_sentence_that_looks_like_a_list_or_a_line_stays_a_sentence(lead: str) -> None:
    tokens = PARSER.parse(markdown(report(section("s", table(("a", 1.0)), Rank.DELTA, lead=lead))))
    assert {token.type for token in tokens}.isdisjoint(
        {"bullet_list_open", "ordered_list_open", "hr", "blockquote_open", "code_block"}
    )
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h2", "h3"]
    assert printable(lead) in [text_of(token) for token in tokens if token.type == "inline"]


@given(reports())
def test_any_report_becomes_markdown_that_holds_its_tables_whole_and_no_markup_but_ours(found: Report) -> None:
    text = markdown(found)
    assert len(text.encode()) <= LIMIT
    tokens = PARSER.parse(text)
    for token in tokens:
        assert token.type not in ("fence", "code_block", "link_open", "hr")
        if token.type == "html_block":
            assert FOLD.fullmatch(token.content.strip()), token.content
        for child in token.children or ():
            assert child.type not in ("link_open", "image", "em_open", "s_open")
            assert child.type != "html_inline" or child.content in OWN
    assert sum(token.type == "table_open" for token in tokens) == 1 + sum(map(_is_table, _shown(found)))
    assert len(re.findall("^<details>$", text, re.MULTILINE)) == len(re.findall("^</details>$", text, re.MULTILINE))
    written = [rows[1:] for rows in tables(text)]
    for body in _shown(found):
        if isinstance(body, Table) and body.rows:
            rows = [[cell_text(cell, column) for cell, column in zip(row, body.columns, strict=True)] for row in body.rows]
            assert list(map(read, rows)) in written


def _shown(found: Report) -> list[object]:
    return [one.body for stack in found.stacks for one in stack.sections if one.rank is not Rank.DETAIL]


def _is_table(body: object) -> bool:
    match body:
        case Table(rows=rows):
            return bool(rows)
        case Facts(entries=entries):
            return bool(entries)
        case _:
            return False


# Under the limit


def test_what_is_too_long_says_where_and_how_much_is_left_out_and_where_it_is() -> None:
    rows = [(f"resource-{index}", float(index)) for index in range(10_000)]
    small = table(("small", 1.0))
    text = markdown(report(section("huge", table(*rows), Rank.DELTA), section("small", small), section("large", table(*rows))))
    assert LIMIT - 3000 < len(text.encode()) <= LIMIT
    stacks, huge, little, large = tables(text)
    assert (len(stacks), len(little)) == (2, 2)
    assert abs(len(huge) - len(large)) <= 1
    for found in (huge, large):
        kept = len(found) - 1
        assert found[1:] == [[name, f"${amount:,.2f}"] for name, amount in rows[:kept]]
        assert f"*{10_000 - kept:,} more rows are left out here.*" in text
    assert text.count("</details>") == 3
    assert text.endswith("**Shortened.** GitHub takes 65,536 characters; `plinth report` writes all of it to one page.\n")


def test_a_comment_that_fits_is_not_shortened() -> None:
    assert "left out" not in markdown(EVERYTHING)
    assert "Shortened" not in markdown(EVERYTHING)


def test_of_too_many_findings_the_first_are_kept_whole() -> None:
    text = markdown(report(section("findings", Findings(entries=[FINDING] * 2_000, empty=""))))
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert 100 < len(lines) < 2_000
    assert set(lines) == {
        "- 🔴 **violated**, mandatory, high: `vpc network.py:8`<br>vpc-flow-logged: nothing records<br>Switch it on."
    }
    assert len(text.encode()) <= LIMIT


_lines = st.text(st.characters(exclude_characters="\n\r", exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=40)


@given(
    st.lists(st.builds(Block, name=_lines, before=_lines, rows=st.lists(_lines, max_size=30), after=_lines), max_size=12),
    st.integers(2_100, 6_000),
)
def test_blocks_are_cut_between_rows_only_and_never_exceed_the_limit(blocks: list[Block], limit: int) -> None:
    text = fitted(blocks, limit, "See all of it elsewhere.")
    assert len(text.encode()) <= limit
    everything = "\n".join(f"{one.before}\n" + "".join(f"{row}\n" for row in one.rows) + one.after for one in blocks)
    if "left out" not in text and "Shortened" not in text:
        assert text == everything
        return
    assert text.endswith("See all of it elsewhere.\n")
    for block in blocks:
        start = f"{block.before}\n"
        if start not in text:
            break
        text = text.partition(start)[2]
        for row in block.rows:
            if text.startswith("\n*"):
                break
            assert text.startswith(f"{row}\n")
            text = text.removeprefix(f"{row}\n")
        assert re.match(rf"(\n\*\d+ more rows? (is|are) left out here\.\*\n)?{re.escape(block.after)}\n", text)


@pytest.mark.parametrize("row", ["x" * 400, "東" * 400])
def test_many_blocks_that_are_all_cut_do_not_exceed_the_limit(row: str) -> None:
    text = fitted([Block(name="block", before="head", rows=[row] * 1_000)] * 100, 20_000, "See elsewhere.")
    assert 15_000 < len(text.encode()) <= 20_000
    assert text.count("more rows are left out here") == text.count("head") == 100


def test_a_block_whose_frame_does_not_fit_is_named() -> None:
    blocks = [Block(name=f"block {index}", before="x" * 900, rows=["row"]) for index in range(200)]
    text = fitted(blocks, 10_000, "See elsewhere.")
    assert len(text) <= 10_000
    kept = text.count("x" * 900)
    assert kept == 8
    assert text.splitlines()[-1].startswith("**Shortened.** Left out altogether: block 8, block 9, ")
    assert re.search(r"block \d+, \d+ more\. See elsewhere\.$", text)
