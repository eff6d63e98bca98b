"""What a report is, how its values are written, what the analyses give to it, and the command."""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from plinth.cli.insight import subjects
from plinth.cli.policy import judged
from plinth.engine.values import UNKNOWN
from plinth.engine.workers import Recorded
from plinth.policy.verdicts import Verdicts
from plinth.policy.verdicts import report as judge
from plinth.report.model import Column, Facts, Figure, Findings, Kind, Rank, Report, StackReport, Table, Tone, to_json
from plinth.report.sections import policy, rights
from plinth.report.stack import reported
from plinth.report.subject import Subject
from plinth.report.terminal import terminal
from plinth.report.words import cell_text, headlines
from policy.catalogue import RULES
from policy.exceptions import Exemption
from policy.judge import Judgement
from policy.rules.rule import Finding, Level, Severity, undecided, violated
from tests.harness import ROOT, STACKS, Done, graphs, plinth_here, project_copy, replace_in
from tests.plinth.report_samples import EVERYTHING, HOSTILE, report, section, table
from tests.plinth.test_changes_command import git, repository

Command = Callable[..., Done]


def printed(found: Report, width: int = 200) -> str:
    out = Console(file=io.StringIO(), width=width)
    out.print(terminal(found))
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def cells(found: Report, stack: str, key: str) -> Sequence[Sequence[object]]:
    (body,) = (one.body for whole in found.stacks if whole.stack == stack for one in whole.sections if one.key == key)
    assert isinstance(body, Table)
    return body.rows


# Values


@pytest.mark.parametrize(
    ("cell", "column", "text"),
    [
        ("words", Column("x"), "words"),
        (None, Column("x", Kind.USD), "–"),  # noqa: RUF001
        (0, Column("x", Kind.USD, signed=True), "$0.00"),
        (1234.5, Column("x", Kind.USD), "$1,234.50"),
        (-12, Column("x", Kind.USD), "-$12.00"),
        (12, Column("x", Kind.USD, signed=True), "+$12.00"),
        (0.004, Column("x", Kind.USD), "<$0.01"),
        (0.005, Column("x", Kind.USD), "$0.01"),
        (12345, Column("x", Kind.INTEGER), "12,345"),
        (17, Column("x", Kind.MINUTES), "17 min"),
        (0.25, Column("x", Kind.MINUTES), "0.2 min"),
        (98, Column("x", Kind.PERCENT), "98 %"),
        (-2.5, Column("x", Kind.PERCENT, signed=True), "-2.5 %"),
    ],
)
def test_a_cell_is_written_in_the_unit_of_its_column(cell: str | float | None, column: Column, text: str) -> None:
    assert cell_text(cell, column) == text


@given(st.floats(min_value=0, max_value=1e12, exclude_min=True))
def test_an_amount_that_is_not_nothing_is_never_written_as_nothing(amount: float) -> None:
    assert cell_text(amount, Column("x", Kind.USD)) != "$0.00"


# The model


@pytest.mark.parametrize("row", [(1.0,), ("a", "b"), (1.0, 2.0), ("a", float("nan")), ("a", 1.0, 2.0)])
def test_a_row_that_does_not_fit_its_columns_is_refused(row: tuple[str | float, ...]) -> None:
    with pytest.raises(ValueError, match="does not fit the columns name, cost"):
        Table(columns=table().columns, rows=[row])


def test_sections_stand_by_rank_and_within_a_rank_as_given() -> None:
    ranks = {"a": Rank.DETAIL, "b": Rank.SUMMARY, "c": Rank.DELTA, "d": Rank.SUMMARY, "e": Rank.DELTA}
    (stack,) = report(*(section(key, Facts(entries={}), rank) for key, rank in ranks.items())).stacks
    assert [one.key for one in stack.sections] == ["c", "e", "b", "d", "a"]


def test_what_cannot_be_told_apart_or_found_is_refused() -> None:
    with pytest.raises(ValueError, match="two sections of dev have one key: twice, twice"):
        report(section("twice", table()), section("twice", table()))
    with pytest.raises(ValueError, match="figures of dev refer to no section: costs"):
        StackReport(stack="dev", figures=[Figure(label="Cost", value="$1", section="costs")], sections=[])
    with pytest.raises(ValueError, match="lower-case words with hyphens, not 'A b'"):
        section("A b", table())
    with pytest.raises(ValueError, match="two stacks have one name: dev, dev"):
        Report(title="shop", lead="", stacks=[*EVERYTHING.stacks, *EVERYTHING.stacks])


def test_headlines_have_a_column_for_each_figure_that_any_stack_has() -> None:
    one = StackReport(stack="one", figures=[Figure(label="A", value="1", note="of 2")], sections=[])
    two = StackReport(stack="two", figures=[Figure(label="B", value="3")], sections=[])
    found = headlines(Report(title="shop", lead="", stacks=[one, two]))
    assert [column.title for column in found.columns] == ["stack", "A", "B"]
    assert found.rows == [("one", "1 · of 2", None), ("two", None, "3")]


def test_as_json_each_body_says_what_it_is() -> None:
    plain = json.loads(json.dumps(to_json(EVERYTHING)))
    forms = {one["key"]: one["body"]["form"] for one in plain["stacks"][0]["sections"]}
    assert forms == {
        "delta": "table",
        "table": "table",
        "none": "table",
        "picture": "picture",
        "facts": "facts",
        "findings": "findings",
        "detail": "table",
    }
    assert plain["stacks"][0]["sections"][1]["body"]["rows"] == [["b", 2.5], ["a", 10.0], ["c", None]]


# The terminal


def test_a_terminal_shows_deltas_first_then_summaries_and_names_what_only_the_page_has() -> None:
    said = printed(EVERYTHING)
    headings = [line for line in said.splitlines() if line.startswith("dev ")]
    assert [heading.split()[1] for heading in headings[1:]] == ["Delta", "Table", "None", "Facts", "Findings"]
    assert "dev: on the page alone: Picture, Detail" in said
    assert "violated  mandatory, high  vpc network.py:8  vpc-flow-logged: nothing records" in said
    for text in ("-$1.00", "$10.00", "There is none.", "A sentence.", "us-east-1", "The sheet is old.", "Switch it on."):
        assert text in said


def test_a_terminal_takes_no_orders_from_a_name() -> None:
    columns = [Column("[bold]x[/]")]
    rows = [(text,) for text in (*HOSTILE, "[red]x[/red]", "[/]")]
    said = printed(report(section("s", Table(columns=columns, rows=rows)), stack="[red]x"), width=1000)
    assert "[bold]x[/]" in said
    assert "[red]x[/red]" in said
    assert not [letter for letter in said if not letter.isprintable() and letter != "\n"]


# The analyses


def subject(verdicts: Verdicts) -> Subject:
    (only,) = subjects([verdicts])
    return only


@pytest.fixture(scope="module")
def stacks() -> Report:
    return reported(subjects(judged(list(graphs().values())).stacks), "Planned.")


def test_the_stacks_have_a_figure_and_sections_of_each_analysis(stacks: Report) -> None:
    assert (stacks.title, [one.stack for one in stacks.stacks]) == ("plinth", list(STACKS))
    for one in stacks.stacks:
        assert [figure.label for figure in one.figures] == ["Resources", "Cost a month", "First deploy", "Policies", "Rights"]
        keys = [found.key for found in one.sections]
        assert keys == [
            *("diagram", "components", "cost", "timing", "policy", "rights", "reach"),
            *("resources", "charges", "schedule", "rules"),
        ]


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_is_in_the_report_once_and_counted_in_its_component(stacks: Report, stack: str) -> None:
    graph = graphs()[stack]
    resources = cells(stacks, stack, "resources")
    assert [(row[0], row[1]) for row in resources] == [(one.name, one.type) for one in graph.resources.values()]
    vpc = next(row for row in resources if row[0] == "network-vpc")
    assert vpc[2:4] == ("network", "plinth:networking")
    assert str(vpc[4]).startswith("components/networking/network.py:")
    components = cells(stacks, stack, "components")
    assert sum(int(str(row[1])) for row in components) == len(graph.resources)
    (network,) = (row for row in components if row[0] == "network")
    assert "ec2 Subnet ×9" in str(network[3])  # noqa: RUF001


def test_the_rights_are_those_of_the_documents(stacks: Report) -> None:
    rights = cells(stacks, "prod", "rights")
    assert ("vpc-flow-logs.amazonaws.com", "sts:AssumeRole", "flow-logs-writer-role") in [tuple(row[:3]) for row in rights]
    (writer,) = (row for row in rights if row[0] == "flow-logs-writer-role")
    assert "logs:PutLogEvents" in str(writer[1])
    assert (writer[2], writer[4]) == ("flow-logs-records", "flow-logs-writer-rights")
    reach = [(row[0], row[2]) for row in cells(stacks, "prod", "reach")]
    assert ("flow-logs-records", "flow-logs-writer-role") in reach


def test_the_rules_count_what_was_judged(stacks: Report) -> None:
    verdicts = judge([graphs()["dev"]], ()).stacks[0]
    rules = cells(stacks, "dev", "rules")
    assert sum(int(str(row[3])) for row in rules if row[3] is not None) == len(verdicts.judgements)
    (unused,) = (row for row in rules if row[0] == "lambda-invoked-by-named")
    assert unused[3:] == (None, None, None, None)


def test_findings_begin_with_what_blocks_and_say_why_an_exception_is_allowed() -> None:
    graph = graphs()["dev"]
    urn = next(iter(graph.of_type("aws:ec2/vpc:Vpc"))).urn

    def judgement(severity: Severity, level: Level, finding: Finding, exemption: Exemption | None = None) -> Judgement:
        rule = replace(RULES[0], id=f"{severity}-{level}", severity=severity)
        return Judgement(rule=rule, urn=urn, level=level, findings=(finding,), exemption=exemption)

    allowed = Exemption(rule="any", urn=urn, reason="watched elsewhere", expires=date(2999, 1, 2))
    judgements = [
        judgement("low", "mandatory", violated("a", "is wrong"), allowed),
        judgement("critical", "advisory", violated("b", "is wrong")),
        judgement("medium", "mandatory", undecided("c")),
        judgement("low", "mandatory", violated("d", "is wrong")),
        judgement("high", "mandatory", violated("e", "is wrong")),
    ]
    found = policy.part(subject(Verdicts(graph=graph, judgements=judgements)))
    body = found.sections[0].body
    assert isinstance(body, Findings)
    assert [(one.tone, one.status, one.severity, one.what) for one in body.entries] == [
        (Tone.BAD, "violated", "mandatory, high", "high-mandatory: e is wrong"),
        (Tone.BAD, "violated", "mandatory, low", "low-mandatory: d is wrong"),
        (Tone.WARN, "violated", "advisory, critical", "critical-advisory: b is wrong"),
        (Tone.WARN, "undecided", "mandatory, medium", "medium-mandatory: c is not known yet"),
        (Tone.PLAIN, "exempt", "mandatory, low", "low-mandatory: a is wrong"),
    ]
    assert body.entries[-1].fix == "Allowed until 2999-01-02: watched elsewhere"
    (figure,) = found.figures
    assert (figure.value, figure.note, figure.tone) == ("3 fail", "0 pass · 1 undecided · 1 exception", Tone.BAD)


def test_a_document_that_cannot_be_read_is_told_beside_the_rights() -> None:
    graph = graphs()["dev"]
    holder = next(one for one in graph.resources.values() if one.name == "flow-logs-writer-rights")
    hidden = replace(holder, inputs={**holder.inputs, "policy": UNKNOWN})
    unread = replace(graph, resources={**graph.resources, holder.urn: hidden})
    found = rights.part(subject(Verdicts(graph=unread, judgements=())))
    assert found.sections[0].lead == "Not known yet, and therefore not in the table: the documents of flow-logs-writer-rights."


# The command


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return project_copy(tmp_path)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def call(folder: Path, *arguments: str) -> Done:
        return plinth_here(folder, "report", *arguments, patch=monkeypatch, capture=capsys)

    return call


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stacks of the repository are recorded already."""

    def recorded(_: Path, names: Sequence[str]) -> list[Recorded]:
        return [Recorded(graph=graphs()[name], seconds=0.1) for name in names]

    monkeypatch.setattr("plinth.cli.project.record_all", recorded)


@pytest.mark.usefixtures("planned")
def test_the_page_of_all_stacks_is_one_file_and_that_of_one_stack_is_in_its_folder(run: Command, copy: Path) -> None:
    done = run(copy)
    assert done.code == 0
    assert done.out.splitlines()[-2] == "wrote  out/report.html"
    page = (copy / "out/report.html").read_text()
    assert all(f'id="{stack}"' in page for stack in STACKS)
    done = run(copy, "--stack", "prod")
    assert done.out.splitlines()[-2] == "wrote  out/prod/report.html"
    assert 'id="dev"' not in (copy / "out/prod/report.html").read_text()


@pytest.mark.usefixtures("planned")
def test_a_comment_and_a_text_are_printed_and_nothing_is_written(run: Command, copy: Path) -> None:
    comment = run(copy, "--format", "markdown").out
    assert comment.startswith("<!-- plinth:report -->\n## plinth\n")
    assert "dev Components" in run(copy, "--format", "terminal", "-s", "dev").out.replace("  ", " ")
    answer = json.loads(run(copy, "--json").out)
    assert [stack["stack"] for stack in answer["stacks"]] == list(STACKS)
    assert not (copy / "out").exists()


@pytest.mark.slow
def test_a_violation_and_a_stale_exception_are_shown_and_fail(run: Command, copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", r"flowLogs: \{enabled: true", "flowLogs: {enabled: false")
    urn = "urn:pulumi:dev::plinth::plinth:networking:Network$aws:ec2/vpc:Vpc::network-vpc"
    entry = f"- {{rule: region-allowed, urn: '{urn}', reason: 'it is not needed at all', expires: 2999-12-31}}\n"
    (copy / "policy/exceptions.yaml").write_text(entry)
    done = run(copy, "--stack", "dev", "--json")
    answer = json.loads(done.out)
    assert done.code == 1
    assert answer["notes"] == [f"policy/exceptions.yaml: region-allowed for {urn} is not needed: remove the entry"]
    (figure,) = (one for one in answer["stacks"][0]["figures"] if one["label"] == "Policies")
    assert (figure["value"], figure["tone"]) == ("1 fail", "bad")
    (found,) = next(one for one in answer["stacks"][0]["sections"] if one["key"] == "policy")["body"]["entries"]
    assert found["tone"] == Tone.BAD
    assert found["where"].startswith("network-vpc components/networking/network.py:")
    assert found["what"] == "vpc-flow-logged: no flow log records all of its traffic"
    assert "Switch on plinth:networking.flowLogs." in found["fix"]


def test_a_plan_of_the_engine_is_reported_too(run: Command, tmp_path: Path) -> None:
    urn = "urn:pulumi:live::shop::aws:s3/bucket:Bucket::media"
    state: dict[str, object] = {"urn": urn, "type": "aws:s3/bucket:Bucket", "custom": True, "inputs": {}, "outputs": {}}
    (tmp_path / "export.json").write_text(json.dumps({"deployment": {"resources": [state]}}))
    done = run(ROOT, "--from", str(tmp_path / "export.json"), "--format", "terminal")
    assert done.out.startswith("shop  Read from export.json.\n")
    assert "live  Components" in done.out


@pytest.mark.slow
@pytest.mark.usefixtures("planned")
def test_a_stack_above_its_ceiling_fails(run: Command, copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "ceilingUsdMonth: 500", "ceilingUsdMonth: 20")
    assert run(copy, "--stack", "dev", "--json").code == 1


def cost_delta(done: Done) -> dict[str, Any]:
    (stack,) = json.loads(done.out)["stacks"]
    return next(section for section in stack["sections"] if section["key"] == "cost-delta")


@pytest.fixture
def planned_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program makes the same resources in both revisions."""

    def plan(_: Path, names: Sequence[str]) -> dict[str, Recorded]:
        return {name: Recorded(graph=graphs()[name], seconds=0) for name in names}

    for name in ("plan", "recorded"):
        monkeypatch.setattr(f"plinth.cli.changes.{name}", plan)


@pytest.mark.usefixtures("planned_alike")
def test_a_change_of_use_alone_is_a_change_of_cost_against_a_revision(run: Command, tmp_path: Path) -> None:
    folder = repository(tmp_path)
    replace_in(folder / "Pulumi.dev.yaml", r"natGb: \{low: \d+, expected: \d+", "natGb: {low: 0, expected: 0")
    git(folder, "commit", "-q", "-a", "-m", "less use")
    replace_in(
        folder / "Pulumi.dev.yaml", r"natGb: \{low: 0, expected: 0, high: \d+", "natGb: {low: 0, expected: 1000, high: 1000"
    )
    found = cost_delta(run(folder, "--stack", "dev", "--against", "HEAD", "--json"))
    ((name, _, _, difference),) = found["body"]["rows"]
    assert (name, round(difference, 2)) == ("network", 1000 * 0.045)
    assert "expected: +$ 45 a month." in found["lead"]
    assert "figures of now" not in found["lead"]


@pytest.mark.usefixtures("planned_alike")
def test_a_state_says_nothing_of_its_use_and_the_report_says_so(run: Command, copy: Path) -> None:
    urn = "urn:pulumi:dev::plinth::aws:ec2/natGateway:NatGateway::nat"
    nat = {"urn": urn, "custom": True, "type": "aws:ec2/natGateway:NatGateway", "inputs": {"region": "us-east-1"}}
    (copy / "state.json").write_text(json.dumps({"deployment": {"resources": [nat]}}))
    found = cost_delta(run(copy, "--against", "state.json", "--json"))
    assert found["lead"].endswith("What it was says nothing of its use: both are priced with the figures of now.")


@pytest.mark.usefixtures("planned")
def test_what_changes_against_a_state_comes_first_and_fails_where_data_is_lost(run: Command, copy: Path) -> None:
    urn = "urn:pulumi:dev::plinth::aws:s3/bucket:Bucket::media"
    bucket = {"urn": urn, "custom": True, "type": "aws:s3/bucket:Bucket"}
    (copy / "state.json").write_text(json.dumps({"deployment": {"resources": [bucket]}}))
    done = run(copy, "--against", "state.json", "--json")
    (stack,) = json.loads(done.out)["stacks"]
    assert [section["key"] for section in stack["sections"]][:4] == ["losses", "changes", "rights-delta", "cost-delta"]
    assert done.code == 1
    assert json.loads(done.out)["lead"] == "Planned offline: no account was asked. Compared with state.json."
