"""The page in a browser. Without a Chromium these tests are skipped, and say so.

`RENEW_PICTURES=1 pytest tests/plinth/test_report_page.py` writes docs/images/report.png anew.
"""

import json
import os
from collections.abc import Generator
from pathlib import Path

import pytest

from plinth.cli.insight import subjects
from plinth.cli.policy import judged
from plinth.report.html import html
from plinth.report.model import Column, Kind, Report, StackReport, Table
from plinth.report.stack import reported
from tests import browser
from tests.browser import Page
from tests.harness import ROOT, graphs
from tests.plinth.report_samples import EVERYTHING, HOSTILE, report, section, table

pytestmark = pytest.mark.slow

MATCHES = "document.getElementById('matches').textContent"
COLUMN = "[...document.querySelectorAll('.current table')[{table}].tBodies[0].rows].map(row => row.cells[{column}].textContent)"
FIRST_PAINT = """new Promise(done => new PerformanceObserver(list => list.getEntries().forEach(
    entry => entry.name === "first-contentful-paint" && done(entry.startTime)
)).observe({type: "paint", buffered: true}))"""
GROUND = "getComputedStyle(document.documentElement).backgroundColor"


@pytest.fixture(scope="module")
def chromium() -> Generator[Page]:
    program = browser.found()
    if not program:
        pytest.skip(f"the page is not opened: none of {', '.join(browser.PROGRAMS)} is installed")
    with browser.started(program) as page:
        yield page


@pytest.fixture
def page(chromium: Page) -> Generator[Page]:
    """A page that must have left the console clean in the end."""
    yield chromium
    assert chromium.said == []


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the three stacks of the repository."""
    lead = "Planned offline: no account was asked."
    return written(tmp_path_factory.mktemp("report"), reported(subjects(judged(list(graphs().values())).stacks), lead))


def written(folder: Path, found: Report) -> Path:
    file = folder / "report.html"
    file.write_text(html(found), encoding="utf-8")
    return file


def search(page: Page, text: str) -> str:
    """What is said after `text` was typed into the search box, which a slash leads to."""
    page.press("/", "/")
    page.type(text)
    return page.value(MATCHES)


def visible(page: Page, selector: str) -> int:
    """How many elements are to be seen."""
    return page.value(f"[...document.querySelectorAll({json.dumps(selector)})].filter(one => one.checkVisibility()).length")


def column(page: Page, index: int, of_table: int = 0) -> list[str]:
    return page.value(COLUMN.format(table=of_table, column=index))


def sort(page: Page, index: int) -> str:
    """Clicks the head of a column of the first table; gives the order that it says it stands in."""
    page.value(f"document.querySelectorAll('.current th button')[{index}].click()")
    return page.value(f"document.querySelectorAll('.current th')[{index}].ariaSort")


def test_the_first_stack_is_shown_and_another_one_by_its_tab_or_by_a_link_to_its_section(page: Page, stacks: Path) -> None:
    page.open(stacks)
    assert page.value("[...document.querySelectorAll('.stack')].map(one => one.checkVisibility())") == [True, False, False]
    assert page.value("document.querySelector('[aria-current]').textContent") == "dev"
    page.value("document.querySelectorAll('.stacks a')[2].click()")
    assert page.value("location.hash + document.querySelector('.current').id") == "#prodprod"
    page.open(stacks, fragment="#staging/resources")
    assert page.value("document.querySelector('.current').id") == "staging"
    top = page.value("document.getElementById('staging/resources').getBoundingClientRect().top")
    assert 0 <= top < 120


def test_search_leaves_the_rows_with_every_word_in_all_tables_and_counts_them(page: Page, stacks: Path) -> None:
    page.open(stacks, fragment="#prod")
    total = visible(page, "tbody tr")
    prod = graphs()["prod"]
    subnets = prod.of_type("aws:ec2/subnet:Subnet")
    assert search(page, "SUBNET:subnet network.py") == f"{len(subnets)} of {total:,} rows"
    assert visible(page, "tbody tr") == visible(page, "[id='prod/resources'] tbody tr") == len(subnets)
    assert visible(page, ".part") == 1
    dev = len(graphs()["dev"].of_type("aws:ec2/subnet:Subnet"))
    assert page.value("[...document.querySelectorAll('.hits')].map(one => one.textContent)") == [str(dev), "9", str(len(subnets))]
    assert (
        page.value("document.getElementById('prod/resources').querySelector('.rows').textContent")
        == f"9 of {len(prod.resources)}"
    )
    page.press("Escape")
    assert visible(page, "tbody tr") == total
    assert page.value(MATCHES) == ""
    assert search(page, "no such thing") == f"0 of {total:,} rows"


def test_numbers_sort_by_size_words_in_order_and_what_says_nothing_last(page: Page, tmp_path: Path) -> None:
    rows = [("zone-10", 9.5), ("zone-2", 10.0), ("Zone-1", None), ("zone-3", -100.0)]
    page.open(written(tmp_path, report(section("s", table(*rows)))))
    assert sort(page, 1) == "descending"
    assert column(page, 1) == ["$10.00", "$9.50", "-$100.00", "–"]  # noqa: RUF001
    assert sort(page, 1) == "ascending"
    assert column(page, 1) == ["-$100.00", "$9.50", "$10.00", "–"]  # noqa: RUF001
    assert sort(page, 0) == "ascending"
    assert column(page, 0) == ["Zone-1", "zone-2", "zone-3", "zone-10"]
    assert page.value("document.querySelectorAll('[aria-sort]').length") == 1


def test_the_keyboard_reaches_everything(page: Page, stacks: Path) -> None:
    page.open(stacks, fragment="#prod")
    focusable = "[...document.querySelectorAll('a, button, input, .scroll')].filter(one => one.checkVisibility())"
    assert page.value(f"{focusable}.every(one => {{ one.focus(); return document.activeElement === one; }})")
    unnamed = (
        f"{focusable}.filter(one => !(one.ariaLabel || one.textContent || one.labels?.length || one.ariaLabelledByElements))"
    )
    assert page.value(f"{unnamed}.length") == 0


def test_the_picture_is_drawn_in_its_own_style_and_the_page_in_its_own(page: Page, stacks: Path) -> None:
    page.open(stacks, fragment="#prod")
    root = "document.querySelector('.current .picture > div').shadowRoot"
    assert page.value(f"{root}.querySelectorAll('[data-node]').length") > 10
    assert page.value(f"getComputedStyle({root}.querySelector('.box')).fill") == "rgb(255, 255, 255)"
    assert page.value("document.querySelectorAll('svg').length") == 0


def test_it_is_dark_where_the_reader_wants_it_dark(page: Page, stacks: Path) -> None:
    grounds: list[int] = []
    for dark in (False, True):
        page.open(stacks, dark=dark)
        colour = page.value(GROUND)
        grounds.append(sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))))
    assert grounds[0] > 600 > 150 > grounds[1]


def test_it_is_as_wide_as_a_telephone_where_it_is_read_on_one(page: Page, stacks: Path) -> None:
    for width in (360, 480, 1280):
        page.open(stacks, fragment="#prod", width=width)
        assert page.value("document.documentElement.scrollWidth") == width


def test_names_that_look_like_markup_stay_names(page: Page, tmp_path: Path) -> None:
    rows = [(text, float(index)) for index, text in enumerate(HOSTILE)]
    found = report(section("s", table(*rows)), stack=HOSTILE[0], notes=HOSTILE)
    page.open(written(tmp_path, found))
    assert page.value("document.title").startswith("shop: <script>")
    assert column(page, 0)[:2] == list(HOSTILE[:2])
    assert page.value("document.querySelectorAll('img, details').length") == 0
    assert search(page, "<script>document") == f"1 of {len(rows)} rows"


def test_ten_thousand_rows_are_there_within_a_second_and_searched_in_less(page: Page, tmp_path: Path) -> None:
    columns = [Column("name", Kind.CODE), Column("type", Kind.CODE), Column("cost", Kind.USD), Column("made at", Kind.CODE)]
    rows = [(f"part-{index}", "aws:ec2/subnet:Subnet", index / 8, f"components/part.py:{index}") for index in range(10_000)]
    big = StackReport(stack="dev", figures=[], sections=[section("s", Table(columns=columns, rows=rows))])
    page.open(written(tmp_path, Report(title="shop", lead="", stacks=[big])))
    assert page.value(FIRST_PAINT) < 1000
    assert search(page, "part-99 subnet") == "111 of 10,000 rows"
    assert sort(page, 2) == "descending"
    assert column(page, 0)[0] == "part-9999"


def test_everything_that_can_be_in_a_report_leaves_the_console_clean(page: Page, tmp_path: Path) -> None:
    page.open(written(tmp_path, EVERYTHING))
    assert visible(page, ".part") == len(EVERYTHING.stacks[0].sections)


def test_a_picture_of_it_can_be_taken(page: Page, stacks: Path) -> None:
    page.open(stacks, fragment="#prod", height=900)
    picture = page.picture()
    assert picture.startswith(b"\x89PNG")
    assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (1280, 900)
    if "RENEW_PICTURES" in os.environ:
        (ROOT / "docs/images/report.png").write_bytes(picture)
