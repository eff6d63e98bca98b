"""The command line, as its user meets it."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from plinth.cli.preview import show
from plinth.engine.graph import Graph
from plinth.engine.workers import ProgramError, Recorded, record_all
from tests.harness import ROOT, STACKS, graphs, project_copy, replace_in


def plinth(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "plinth", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def named_component(graph: Graph, name: str) -> str:
    return next(resource.urn for resource in graph.resources.values() if resource.name == name and not resource.custom)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return project_copy(tmp_path)


def test_help_answers_in_under_half_a_second() -> None:
    def took() -> float:
        start = time.perf_counter()
        assert plinth("--help").returncode == 0
        return time.perf_counter() - start

    assert min(took() for _ in range(3)) < 0.5


def test_preview_shows_all_stacks_writes_their_graphs_and_says_what_is_next(copy: Path) -> None:
    done = plinth("preview", folder=copy)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[:3]] == list(STACKS)
    for stack, line in zip(STACKS, lines, strict=False):
        assert f"{len(graphs()[stack].resources)} resources" in line
        assert json.loads((copy / "out" / stack / "graph.json").read_text())["stack"] == stack
    assert lines[-2] == "wrote  out/dev/graph.json  out/staging/graph.json  out/prod/graph.json"
    assert "Pulumi.dev.yaml" in lines[-1]
    assert done.stderr == "planning dev, staging, prod\n"
    assert "\x1b" not in done.stdout


def test_preview_as_json_counts_resources_by_component_and_type(copy: Path) -> None:
    done = plinth("preview", "--stack", "prod", "--json", folder=copy)
    (stack,) = json.loads(done.stdout)["stacks"]
    assert (stack["stack"], stack["resources"]) == ("prod", len(graphs()["prod"].resources))
    assert sum(stack["types"].values()) == sum(stack["components"].values()) == stack["resources"]
    assert stack["types"]["aws:ec2/subnet:Subnet"] == 9


def test_graph_shows_every_resource_with_the_line_that_makes_it() -> None:
    done = plinth("graph", "--stack", "dev")
    for resource in graphs()["dev"].resources.values():
        assert f"{resource.name}  {resource.type}" in done.stdout
    assert "components/networking/network.py:" in done.stdout


def test_graph_reads_what_the_real_engine_wrote(tmp_path: Path) -> None:
    urn = "urn:pulumi:dev::shop::aws:ec2/vpc:Vpc::main"
    (tmp_path / "state.json").write_text(json.dumps({"deployment": {"resources": [{"urn": urn, "custom": True, "type": "x"}]}}))
    done = plinth("graph", "--from", "state.json", folder=tmp_path)
    assert "main  aws:ec2/vpc:Vpc" in done.stdout


@pytest.mark.parametrize(
    "wanted", ["network-vpc", "urn:pulumi:staging::plinth::plinth:networking:Network$aws:ec2/vpc:Vpc::network-vpc"]
)
def test_why_names_the_line_the_config_key_and_the_dependents(wanted: str) -> None:
    stack = "staging" if "::" in wanted else "dev"
    done = plinth("why", wanted, "--json")
    (fact,) = json.loads(done.stdout)
    assert fact["urn"].startswith(f"urn:pulumi:{stack}:")
    assert fact["asked by"] == f"plinth:networking (Pulumi.{stack}.yaml:10)"
    assert fact["part of"] == "network"
    assert fact["made at"][0].startswith("components/networking/network.py:")
    assert fact["made at"][-1].startswith("__main__.py:")
    assert "network-public-a" in fact["needed by"]


def test_why_says_what_was_meant_where_there_is_no_such_resource() -> None:
    done = plinth("why", "network-vcp")
    assert done.returncode == 2
    assert "stack dev has no resource network-vcp; did you mean network-vpc?" in done.stderr


def test_explain_says_meaning_choices_and_the_value_in_each_stack() -> None:
    done = plinth("explain", "networking.nat")
    assert done.returncode == 0
    assert "one of none, single, per-zone" in done.stdout
    assert '"single"  (Pulumi.dev.yaml:14)' in done.stdout
    assert '"per-zone"  (Pulumi.prod.yaml:14)' in done.stdout


def test_explain_of_a_section_explains_each_of_its_keys_and_a_misspelt_key_is_put_right() -> None:
    keys = [fact["key"] for fact in json.loads(plinth("explain", "platform.regions", "--json").stdout)]
    assert keys == [f"plinth:platform.regions{rest}" for rest in ("", ".home", ".standby", ".vault")]
    wrong = plinth("explain", "networking.nta")
    assert wrong.returncode == 2
    assert "did you mean plinth:networking.nat?" in wrong.stderr


def test_bad_input_exits_with_2_and_a_defect_of_the_program_with_3(copy: Path) -> None:
    assert plinth("preview", "--stack", "qa", folder=copy).returncode == 2
    assert plinth("graph", "--from", "nothing.json").returncode == 2
    assert plinth("preview", "--no-such-option").returncode == 2
    (copy / "__main__.py").write_text("1 / 0\n")
    broken = plinth("preview", "--stack", "dev", folder=copy)
    assert broken.returncode == 3
    assert "ZeroDivisionError" in broken.stderr


def test_outside_a_project_the_command_says_where_it_looked(tmp_path: Path) -> None:
    done = plinth("preview", folder=tmp_path)
    assert done.returncode == 2
    assert f"no Pulumi.yaml in {tmp_path} or above" in done.stderr


def test_no_stack_is_recorded_while_one_file_is_wrong(copy: Path) -> None:
    replace_in(copy / "Pulumi.prod.yaml", "nat: .*", "nat: 7")
    done = plinth("preview", folder=copy)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].startswith(
        "Pulumi.prod.yaml:14: plinth:networking.nat: 7 (a whole number) is not possible"
    )
    assert not (copy / "out").exists()


def test_a_program_that_fails_is_reported_with_its_stack_and_its_traceback(copy: Path) -> None:
    (copy / "__main__.py").write_text("raise ValueError('no')\n")
    with pytest.raises(ProgramError) as caught:
        list(record_all(copy, ["dev"]))
    assert (caught.value.stack, caught.value.refused) == ("dev", False)
    assert "ValueError: no" in caught.value.report


def test_the_first_screen_shows_components_in_columns_of_stacks() -> None:
    out = Console(record=True, width=100, file=io.StringIO())
    show({stack: Recorded(graph=graphs()[stack], seconds=0.1) for stack in STACKS}, ["out/dev/graph.json"], out)
    text = out.export_text()
    networks = [named_component(graphs()[stack], "network") for stack in STACKS]
    counts = [str(1 + len(graphs()[stack].children[urn])) for stack, urn in zip(STACKS, networks, strict=True)]
    assert next(line.split() for line in text.splitlines() if line.startswith("network")) == ["network", *counts]
