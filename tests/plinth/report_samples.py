"""Reports to render: one of every kind of thing, and generated ones with texts that do harm where they are not escaped."""

from hypothesis import strategies as st

from plinth.report.model import (
    Body,
    Column,
    Facts,
    Figure,
    Finding,
    Findings,
    Kind,
    Picture,
    Rank,
    Report,
    Section,
    StackReport,
    Table,
    Tone,
)

HOSTILE = (
    "<script>document.title = 'broken'</script>",
    "</style></script></template></table><img src=x onerror=alert(1)>",
    "]]> --> <!-- & &lt; &#35; &amp;",
    "\"double\" 'single' `tick` ``two`` ```",
    "a | b \\| c \\",
    "*bold* _it_ ~~gone~~ [link](https://example.com) ![x](y) # head",
    "@everyone #12 GH-1 https://example.com www.example.com me@example.com $a$ and $b$",
    "</details> two\nlines\r\n\ttab",
    "naïve 東京 \N{ROCKET} \u202eright to left\u202c \x00\x1b[31mred",
    "${jndi:x} {{ x }} %s {0}",
    "- 1. x",
    "W" * 300,
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20"><style>.box{fill:red}</style></svg>'

texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60))
_numbers = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9))


def table(*rows: tuple[str, float | None], empty: str = "None.") -> Table:
    return Table(columns=[Column("name", Kind.CODE), Column("cost", Kind.USD)], rows=rows, empty=empty)


def section(key: str, body: Body, rank: Rank = Rank.SUMMARY, lead: str = "") -> Section:
    return Section(key=key, title=key.capitalize(), body=body, rank=rank, lead=lead)


def report(*sections: Section, stack: str = "dev", notes: tuple[str, ...] = ()) -> Report:
    figures = [Figure(label="Resources", value="3", note="in 1 component")]
    return Report(
        title="shop", lead="Planned.", notes=notes, stacks=[StackReport(stack=stack, figures=figures, sections=sections)]
    )


FINDING = Finding(
    tone=Tone.BAD,
    status="violated",
    severity="mandatory, high",
    where="vpc network.py:8",
    what="vpc-flow-logged: nothing records",
    fix="Switch it on.",
)

EVERYTHING = report(
    section("table", table(("b", 2.5), ("a", 10.0), ("c", None))),
    section("delta", table(("x", -1.0)), Rank.DELTA),
    section("detail", table(("deep", 1.0)), Rank.DETAIL),
    section("none", table(empty="There is none."), lead="A sentence."),
    section("picture", Picture(svg=SVG)),
    section("facts", Facts(entries={"region": "us-east-1"})),
    section("findings", Findings(entries=[FINDING], empty="All is well.")),
    notes=("The sheet is old.",),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = [Column(draw(texts), draw(st.sampled_from(Kind)), draw(st.booleans())) for _ in range(draw(st.integers(1, 4)))]
    cells = [st.none() | (_numbers if column.kind.numeric else texts) for column in columns]
    return Table(columns=columns, rows=draw(st.lists(st.tuples(*cells), max_size=30)), empty=draw(texts))


_findings = st.builds(Finding, tone=st.sampled_from(Tone), status=texts, severity=texts, where=texts, what=texts, fix=texts)
bodies = st.one_of(
    tables(),
    st.builds(Picture, svg=st.just(SVG)),
    st.builds(Facts, entries=st.dictionaries(texts, texts, max_size=3)),
    st.builds(Findings, entries=st.lists(_findings, max_size=15), empty=texts),
)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Reports whose every text is free."""
    stacks: list[StackReport] = []
    for name in draw(st.lists(texts, max_size=3, unique=True)):
        sections = [
            Section(key=f"s{index}", title=draw(texts), lead=draw(texts), rank=draw(st.sampled_from(Rank)), body=body)
            for index, body in enumerate(draw(st.lists(bodies, max_size=4)))
        ]
        figures = [
            Figure(label=draw(texts), value=draw(texts), note=draw(texts), section=section.key) for section in sections[:2]
        ]
        stacks.append(StackReport(stack=name, figures=figures, sections=sections))
    return Report(title=draw(texts), lead=draw(texts), stacks=stacks, notes=tuple(draw(st.lists(texts, max_size=2))))
