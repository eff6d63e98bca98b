"""`plinth policy` and the policy line of `plinth preview`, as a user meets them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from plinth.engine.graph import Graph
from plinth.engine.workers import Recorded, record_all
from tests.harness import ROOT, STACKS, Done, graphs, plinth_here, project_copy, replace_in

Command = Callable[..., Done]
VPC = "urn:pulumi:dev::plinth::plinth:networking:Network$aws:ec2/vpc:Vpc::network-vpc"
RULE = "vpc-flow-logged"
UNWATCHED = "flowLogs: {enabled: false"
TODAY = datetime.now(UTC).date()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return project_copy(tmp_path)


@pytest.fixture
def broken(copy: Path) -> Path:
    """A copy whose dev has a VPC that nothing watches."""
    return unwatched(copy)


def unwatched(copy: Path) -> Path:
    replace_in(copy / "Pulumi.dev.yaml", r"flowLogs: \{enabled: true", UNWATCHED)
    return copy


@pytest.fixture(scope="module")
def broken_graphs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Graph]:
    """The stacks of such a copy, recorded once."""
    copy = unwatched(project_copy(tmp_path_factory.mktemp("broken")))
    return {done.graph.stack: done.graph for done in record_all(copy, STACKS)}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], broken_graphs: Mapping[str, Graph]) -> Command:
    """Runs the command in this process, with the stacks recorded already, as they are or broken."""

    def recorded(folder: Path, stacks: Sequence[str]) -> Iterator[Recorded]:
        there = broken_graphs if UNWATCHED in (folder / "Pulumi.dev.yaml").read_text() else graphs()
        return (Recorded(graph=there[stack], seconds=0.1) for stack in stacks)

    def call(folder: Path, *arguments: str) -> Done:
        monkeypatch.setattr("plinth.cli.project.record_all", recorded)
        return plinth_here(folder, *arguments, patch=monkeypatch, capture=capsys)

    return call


def allow(copy: Path, *, urn: str = VPC, days: int = 365) -> None:
    entry = (
        f"- {{rule: {RULE}, urn: '{urn}', reason: 'watched by a device of its own', expires: {TODAY + timedelta(days=days)}}}\n"
    )
    (copy / "policy/exceptions.yaml").write_text(entry)


def test_all_stacks_are_judged_and_pass(run: Command) -> None:
    done = run(ROOT, "policy")
    assert done.code == 0
    for stack in STACKS:
        assert f"\n{stack}  policies " in done.out
    assert done.out.count(" 0 fail · 0 undecided · ") == len(STACKS)
    assert "violated" not in done.out


@pytest.mark.slow
def test_a_violation_is_shown_with_its_place_and_its_remedy_and_fails(run: Command, broken: Path) -> None:
    done = run(broken, "policy", "--stack", "dev", "--stack", "prod")
    assert done.code == 1
    (line,) = (line for line in done.out.splitlines() if line.startswith("violated"))
    assert line.startswith("violated  dev network-vpc  mandatory, medium  components/networking/network.py:")
    assert f"  [{RULE}] no flow log records all of its traffic\n" in done.out
    assert "Switch on plinth:networking.flowLogs." in done.out
    assert VPC in done.out


@pytest.mark.slow
def test_a_preview_tells_it_in_one_line_and_fails(run: Command, broken: Path) -> None:
    done = run(broken, "preview")
    lines = {line.split()[0]: line for line in done.out.splitlines() if " policies " in line}
    assert done.code == 1
    assert " 1 fail · " in lines["dev"]
    assert " 0 fail · " in lines["prod"]
    assert "plinth policy says which rules do not hold" in done.out
    assert (broken / "out/dev/graph.json").exists()


@pytest.mark.slow
def test_a_preview_says_it_as_json_too(run: Command, broken: Path) -> None:
    answer = json.loads(run(broken, "preview", "--json").out)
    assert answer["failed"] is True
    assert {row["stack"]: row["policies"]["violated"] for row in answer["stacks"]} == {"dev": 1, "staging": 0, "prod": 0}


@pytest.mark.slow
def test_an_exception_lets_it_pass_and_is_shown(run: Command, broken: Path) -> None:
    allow(broken)
    done = run(broken, "policy")
    assert done.code == 0
    assert "exempt  dev network-vpc" in done.out
    assert f"allowed until {TODAY + timedelta(days=365)}: watched by a device of its own" in done.out
    assert "0 fail · 0 undecided · 1 exception\n" in done.out


def test_an_exception_that_is_not_needed_fails_only_where_its_stack_is_judged(run: Command, copy: Path) -> None:
    allow(copy)
    done = run(copy, "policy")
    assert done.code == 1
    assert f"stale  policy/exceptions.yaml: {RULE} for {VPC} is not needed: remove the entry" in done.out
    assert run(copy, "policy", "--stack", "prod").code == 0


def test_an_exception_that_has_expired_fails_and_the_violation_is_back(run: Command, broken: Path) -> None:
    allow(broken, days=-1)
    done = run(broken, "policy", "--stack", "dev")
    assert done.code == 1
    assert "violated  dev network-vpc" in done.out
    assert f"expired on {TODAY - timedelta(days=1)}" in done.out


def test_a_file_of_exceptions_that_cannot_be_used_is_bad_input(run: Command, copy: Path) -> None:
    (copy / "policy/exceptions.yaml").write_text("- rule: nonsense\n")
    done = run(copy, "policy", "--stack", "dev")
    assert done.code == 2
    assert "policy/exceptions.yaml: entry 1: rule: 'nonsense' is not possible; the id of a rule (docs/POLICIES.md)" in done.err
    assert "Traceback" not in done.err
    assert run(copy, "preview").code == 2


@pytest.mark.slow
def test_json_holds_every_finding_and_the_counts(run: Command, broken: Path) -> None:
    answer = json.loads(run(broken, "policy", "--json").out)
    dev, staging, prod = answer["stacks"]
    assert (answer["failed"], answer["stale"]) == (True, [])
    assert (staging["findings"], prod["findings"]) == ([], [])
    (finding,) = dev["findings"]
    assert (finding["rule"], finding["urn"], finding["verdict"], finding["level"]) == (RULE, VPC, "violated", "mandatory")
    assert finding["messages"] == ["no flow log records all of its traffic"]
    assert finding["line"].startswith("components/networking/network.py:")
    assert dev["counts"]["violated"] == 1
    assert dev["counts"]["satisfied"] > 100


def test_sarif_names_rule_line_and_resource_and_marks_what_is_allowed(run: Command, broken: Path) -> None:
    (first,) = json.loads(run(broken, "policy", "--sarif").out)["runs"]
    (result,) = first["results"]
    rules = first["tool"]["driver"]["rules"]
    assert (result["ruleId"], rules[result["ruleIndex"]]["id"]) == (RULE, RULE)
    assert (result["level"], result["kind"]) == ("error", "fail")
    (place,) = result["locations"]
    physical = place["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "components/networking/network.py"
    assert physical["region"]["startLine"] > 1
    assert place["logicalLocations"] == [{"fullyQualifiedName": VPC}]
    assert "suppressions" not in result
    allow(broken)
    (second,) = json.loads(run(broken, "policy", "--sarif").out)["runs"]
    assert second["results"][0]["suppressions"] == [{"kind": "external", "justification": "watched by a device of its own"}]


def test_a_plan_of_the_engine_is_judged_with_what_is_unknown_in_it(run: Command, tmp_path: Path) -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    urn = "urn:pulumi:dev::other::aws:iam/rolePolicy:RolePolicy::rights"
    state = {"urn": urn, "type": "aws:iam/rolePolicy:RolePolicy", "custom": True, "inputs": {"policy": unknown}}
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"steps": [{"op": "create", "urn": urn, "newState": state}]}))
    done = run(ROOT, "policy", "--from", str(plan))
    assert done.code == 0
    assert "undecided  dev rights" in done.out
    assert "[iam-no-service-wide-action] policy is not known yet" in done.out
    (only,) = json.loads(run(ROOT, "policy", "--from", str(plan), "--sarif").out)["runs"]
    assert {(result["kind"], result["level"]) for result in only["results"]} == {("review", "none")}
