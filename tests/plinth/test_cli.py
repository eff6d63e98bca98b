"""The command line, as its user meets it."""

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from rich.console import Console

from plinth.cli.cost import section_of
from plinth.cli.insight import subjects
from plinth.cli.preview import show
from plinth.cli.project import console
from plinth.cost.estimate import estimate
from plinth.cost.report import CostReport, headline, rounded
from plinth.cost.sheet import sheet
from plinth.cost.usage import usage_of
from plinth.engine.graph import Graph, Resource
from plinth.engine.workers import ProgramError, Recorded, record_all
from plinth.policy.verdicts import report
from tests.harness import ROOT, STACKS, Done, graphs, plinth_here, project_copy, replace_in

NETWORK_VPC = "urn:pulumi:staging::plinth::plinth:networking:Network$aws:ec2/vpc:Vpc::network-vpc"


Command = Callable[..., Done]


NO_NETWORK = """
import socket

def refused(*_, **__):
    raise AssertionError("something asks for a network")

socket.getaddrinfo = refused
connect = socket.socket.connect
socket.socket.connect = lambda self, to: connect(self, to) if self.family == socket.AF_UNIX else refused()
"""
"""Python runs `sitecustomize` at the start of every process, those that the command starts included."""


def plinth(*arguments: str, folder: Path = ROOT, path: Path = ROOT) -> Done:
    """Runs the command for real, with nothing in its environment. `path` is one more place to import from."""
    done = subprocess.run(
        [sys.executable, "-m", "plinth", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def pair(name: str) -> tuple[Resource, Resource]:
    """A component and the VPC in it."""
    urn = f"urn:pulumi:dev::p::plinth:test:Part::{name}"
    child = f"urn:pulumi:dev::p::plinth:test:Part$aws:ec2/vpc:Vpc::{name}-vpc"
    return (
        Resource(urn=urn, custom=False, inputs={}, outputs={}),
        Resource(urn=child, custom=True, inputs={}, outputs={}, parent=urn),
    )


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command in this process, with the stacks of the repository recorded already."""

    def recorded(_: Path, stacks: Sequence[str]) -> Iterator[Recorded]:
        return (Recorded(graph=graphs()[stack], seconds=0.1) for stack in stacks)

    def run(*arguments: str, folder: Path = ROOT) -> Done:
        monkeypatch.setattr("plinth.cli.project.record_all", recorded)
        return plinth_here(folder, *arguments, patch=monkeypatch, capture=capsys)

    return run


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return project_copy(tmp_path)


def component(graph: Graph, name: str) -> str:
    return next(resource.urn for resource in graph.resources.values() if resource.name == name and not resource.custom)


def priced(stack: str) -> CostReport:
    """What a stack of the repository costs, by its stack file."""
    graph = graphs()[stack]
    return estimate(graph, sheet(), usage_of(section_of(graph, foreign=False)))


def first_screen(stacks: Sequence[Graph]) -> list[str]:
    out = Console(record=True, width=140, file=io.StringIO())
    recorded = {graph.stack: Recorded(graph=graph, seconds=0.1) for graph in stacks}
    show(recorded, subjects(report(stacks, []).stacks), [], "out/report.html", out, failed=False)
    return out.export_text().splitlines()


def test_help_answers_in_under_half_a_second() -> None:
    def took() -> float:
        start = time.perf_counter()
        assert plinth("--help").code == 0
        return time.perf_counter() - start

    assert min(took() for _ in range(3)) < 0.5


def test_preview_without_a_network_shows_all_stacks_writes_their_graphs_and_says_what_is_next(copy: Path) -> None:
    (copy / "sitecustomize.py").write_text(NO_NETWORK)
    done = plinth("preview", folder=copy, path=copy)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines[:3]] == list(STACKS)
    for stack, line in zip(STACKS, lines, strict=False):
        assert f"{len(graphs()[stack].resources)} resources" in line
        assert json.loads((copy / "out" / stack / "graph.json").read_text())["stack"] == stack
        assert (copy / "out" / stack / "diagram.md").read_text().startswith(f"# plinth, stack {stack}\n")
        assert (copy / "out" / stack / "diagram.svg").read_text().startswith("<svg ")
        assert f"$ {rounded(priced(stack).total.expected):,} / month (" in line
        assert " min first deploy" in line
        assert " 0 fail " in line
    wrote, to_set, following = lines[-3:]
    assert wrote.startswith("wrote    out/report.html  out/dev/  out/staging/  out/prod/ each with graph.json, ")
    assert (copy / "out" / "report.html").read_text().startswith("<!doctype html>")
    assert to_set == (
        "to set   before the first up of dev, staging, prod: plinth:platform.accountId, "
        "credentials:(google-oauth, collection-api-keys, bot-token)"
    )
    assert "Pulumi.dev.yaml" in following
    assert done.err == "planning dev, staging, prod\n"
    assert "\x1b" not in done.out


def test_preview_as_json_counts_resources_by_component_and_type(command: Command, copy: Path) -> None:
    done = command("preview", "--stack", "prod", "--json", folder=copy)
    (stack,) = json.loads(done.out)["stacks"]
    assert (done.code, stack["stack"], stack["resources"]) == (0, "prod", len(graphs()["prod"].resources))
    assert sum(stack["types"].values()) == sum(stack["components"].values()) == stack["resources"]
    assert stack["types"]["aws:ec2/subnet:Subnet"] == 9
    assert stack["cost"] == headline(priced("prod"))
    assert stack["firstDeployment"].endswith(" min first deploy")
    assert stack["toSet"][0] == "plinth:platform.accountId"
    assert (copy / json.loads(done.out)["report"]).is_file()


@pytest.mark.slow
def test_a_preview_of_a_stack_above_its_ceiling_fails_and_says_so(command: Command, copy: Path) -> None:
    replace_in(copy / "Pulumi.dev.yaml", "ceilingUsdMonth: 500", "ceilingUsdMonth: 20")
    done = command("preview", "--stack", "dev", folder=copy)
    assert done.code == 1
    assert "above the ceiling of 20" in done.out
    assert done.out.splitlines()[-1].endswith("plinth cost says what the money goes to")


def test_the_first_screen_shows_components_in_columns_of_stacks() -> None:
    counts = [str(1 + len(graphs()[stack].children[component(graphs()[stack], "network")])) for stack in STACKS]
    lines = first_screen([graphs()[stack] for stack in STACKS])
    assert next(line.split() for line in lines if line.startswith("network ")) == ["network", *counts]


def test_the_first_screen_gives_many_components_a_line_each() -> None:
    few, many = (
        Graph(project="p", stack="dev", outputs={}, resources={r.urn: r for n in range(count) for r in pair(f"part{n}")})
        for count in (4, 5)
    )
    lines = [
        [line for line in first_screen([graph]) if line.lstrip().startswith(("part", "component", "ec2"))]
        for graph in (few, many)
    ]
    assert [len(found) for found in lines] == [4 * 3, 5]


def test_graph_shows_every_resource_with_the_line_that_makes_it(command: Command) -> None:
    done = command("graph", "--stack", "dev")
    for resource in graphs()["dev"].resources.values():
        assert f"{resource.name}  {resource.type}" in done.out
    assert "components/networking/network.py:" in done.out


def test_an_arn_is_written_as_it_is_and_not_as_a_picture(capsys: pytest.CaptureFixture[str]) -> None:
    console().print("arn:aws:secretsmanager:us-east-1:1:secret:x :key:")
    assert capsys.readouterr().out == "arn:aws:secretsmanager:us-east-1:1:secret:x :key:\n"


def test_graph_reads_what_the_real_engine_wrote(command: Command, tmp_path: Path) -> None:
    urn = "urn:pulumi:dev::shop::aws:ec2/vpc:Vpc::main"
    (tmp_path / "state.json").write_text(json.dumps({"deployment": {"resources": [{"urn": urn, "custom": True, "type": "x"}]}}))
    done = command("graph", "--from", "state.json", folder=tmp_path)
    assert "main  aws:ec2/vpc:Vpc" in done.out


@pytest.mark.parametrize(("wanted", "stack"), [("network-vpc", "dev"), (NETWORK_VPC, "staging")])
def test_why_names_the_line_the_config_key_and_the_dependents(command: Command, wanted: str, stack: str) -> None:
    (fact,) = json.loads(command("why", wanted, "--json").out)
    assert fact["urn"].startswith(f"urn:pulumi:{stack}:")
    assert fact["asked by"] == f"plinth:networking (Pulumi.{stack}.yaml:10)"
    assert fact["part of"] == "network"
    assert fact["made at"][0].startswith("components/networking/network.py:")
    assert fact["made at"][-1].startswith("__main__.py:")
    assert "network-public-a" in fact["needed by"]


def test_why_says_what_was_meant_where_there_is_no_such_resource(command: Command) -> None:
    done = command("why", "network-vcp")
    assert done.code == 2
    assert "stack dev has no resource network-vcp; did you mean network-vpc?" in done.err


def test_explain_says_meaning_choices_and_the_value_in_each_stack(command: Command) -> None:
    done = command("explain", "networking.nat")
    assert done.code == 0
    assert "one of none, single, per-zone" in done.out
    assert '"single"  (Pulumi.dev.yaml:14)' in done.out
    assert '"per-zone"  (Pulumi.prod.yaml:14)' in done.out


def test_explain_of_a_section_explains_each_of_its_keys_and_a_misspelt_key_is_put_right(command: Command) -> None:
    keys = [fact["key"] for fact in json.loads(command("explain", "platform.regions", "--json").out)]
    assert keys == [f"plinth:platform.regions{rest}" for rest in ("", ".home", ".standby", ".vault")]
    wrong = command("explain", "networking.nta")
    assert wrong.code == 2
    assert "did you mean plinth:networking.nat?" in wrong.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["preview", "--stack", "qa"], "Pulumi.qa.yaml: stack name: 'qa' is no environment; one of dev,"),
        (["graph", "--from", "nothing.json"], "nothing.json cannot be read: No such file or directory"),
        (["preview", "--no-such-option"], "No such option: --no-such-option"),
    ],
)
def test_bad_input_exits_with_2_and_says_what_is_wrong(command: Command, arguments: list[str], said: str) -> None:
    done = command(*arguments)
    assert done.code == 2
    assert said in done.err


def test_outside_a_project_the_command_says_where_it_looked(command: Command, tmp_path: Path) -> None:
    done = command("preview", folder=tmp_path)
    assert done.code == 2
    assert f"no Pulumi.yaml in {tmp_path} or above" in done.err


def test_no_stack_is_recorded_while_one_file_is_wrong(command: Command, copy: Path) -> None:
    replace_in(copy / "Pulumi.prod.yaml", "nat: .*", "nat: 7")
    done = command("preview", folder=copy)
    assert done.code == 2
    assert done.err.splitlines()[0].startswith("Pulumi.prod.yaml:14: plinth:networking.nat: 7 (a whole number) is not possible")
    assert not (copy / "out").exists()


def test_a_defect_of_the_program_exits_with_3_and_shows_where_it_is(copy: Path) -> None:
    (copy / "__main__.py").write_text("1 / 0\n")
    broken = plinth("preview", "--stack", "dev", folder=copy)
    assert broken.code == 3
    assert "ZeroDivisionError" in broken.err
    assert "__main__.py" in broken.err


def test_what_the_program_itself_refuses_exits_with_2_and_its_message_alone(copy: Path) -> None:
    (copy / "__main__.py").write_text("import pulumi\nraise pulumi.RunError('the moon is full')\n")
    refused = plinth("preview", "--stack", "dev", folder=copy)
    assert refused.code == 2
    assert refused.err.splitlines()[-1] == "dev: the moon is full"
    assert "Traceback" not in refused.err


def test_a_program_that_fails_is_reported_with_its_stack_and_its_traceback(copy: Path) -> None:
    (copy / "__main__.py").write_text("raise ValueError('no')\n")
    with pytest.raises(ProgramError) as caught:
        list(record_all(copy, ["dev"]))
    assert (caught.value.stack, caught.value.refused) == ("dev", False)
    assert "ValueError: no" in caught.value.report


@pytest.mark.parametrize(
    "asked", ["graph", "why x", "access", "cost", "changes --against a.json", "diagram", "policy", "timing", "report"]
)
def test_a_stack_beside_a_file_is_refused_by_every_command(
    asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text(
        json.dumps({"resources": [{"urn": "urn:pulumi:a::b::x:y:Z::x", "type": "x:y:Z", "custom": True}]})
    )
    done = plinth_here(tmp_path, *asked.split(), "--from", "a.json", "--stack", "dev", patch=monkeypatch, capture=capsys)
    assert (done.code, done.out) == (2, "")
    assert "--stack and --from exclude each other: a.json is of one stack" in done.err
