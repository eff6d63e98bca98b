"""The offline graph is the plan that the genuine engine makes of the same program."""

import json
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.graph import Graph, Resource
from plinth.engine.plans import read_plan
from plinth.engine.recording import record
from tests.engine.real import NEEDED, with_engine
from tests.harness import STACKS, deployable, lean, project_copy

pytestmark = NEEDED


ENCODED = ("userData",)
"""What is encoded no longer shows what it was made of."""
CHOSEN = {"aws:rds/instance:Instance": ("availabilityZone",)}
"""Nor does what is chosen by it: a replica is in another zone than its source, wherever that is."""
REMOTE = ("awsx:ecr:Image",)
"""Components that a plugin makes: it registers them, from no line of ours, and as needing for each input what any needs."""


def normal(resource: Resource) -> dict[str, Any]:
    """All that both say of a resource: without what the engine adds for itself and what its plan leaves out.

    The SDK gives some types aliases by their own earlier names, which an engine's plan does not list.
    """
    options, remote = resource.options, resource.type in REMOTE
    return {
        "custom": resource.custom,
        "inputs": {key: value for key, value in resource.inputs.items() if key not in ("version", "__internal")},
        "parent": resource.parent,
        "provider": "" if _is_default(resource.provider) else resource.provider,
        "dependencies": resource.dependencies,
        "properties": {} if remote else resource.property_dependencies,
        "protect": options.protect,
        "retain": options.retain_on_delete,
        "ignore": options.ignore_changes,
        "replace": options.replace_on_changes,
        "secrets": options.additional_secret_outputs,
        "aliases": tuple(urn for urn in options.aliases if urn.split("::")[2].endswith(f"${resource.type}")),
        "source": () if remote else resource.source,
    }


def normal_graph(graph: Graph) -> dict[str, dict[str, Any]]:
    return {urn: normal(resource) for urn, resource in graph.resources.items() if not _is_default(urn)}


def _is_default(provider: str) -> bool:
    """Whether it is a provider that the engine adds by itself."""
    return "pulumi:providers:" in provider and "::default" in provider


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program, with the engine's preview of each stack in <stack>.json."""
    folder = project_copy(tmp_path_factory.mktemp("same"))
    script = " && ".join(f"pulumi stack init {s} && pulumi preview -s {s} --json > {s}.json" for s in STACKS)
    done = with_engine(folder, script, "--echo")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.parametrize("stack", STACKS)
def test_the_graph_with_unknowns_equals_the_engines_preview(planned: Path, stack: str) -> None:
    ours, theirs = record(planned, stack, mode="unknowns"), read_plan(planned / f"{stack}.json")
    assert normal_graph(ours) == normal_graph(theirs)


@pytest.mark.parametrize("stack", STACKS)
def test_the_graph_with_invented_values_knows_what_the_engine_does_not(planned: Path, stack: str) -> None:
    ours, theirs = record(planned, stack), read_plan(planned / f"{stack}.json")
    for urn, resource in theirs.resources.items():
        known, expected = ours.with_unknowns(normal(ours.resources[urn])["inputs"]), normal(resource)["inputs"]
        assert isinstance(known, dict)
        untraced = (*ENCODED, *CHOSEN.get(resource.type, ()))
        assert {**known, **{key: expected[key] for key in untraced if key in expected}} == expected


def test_a_deployed_state_reads_as_what_was_planned(tmp_path: Path) -> None:
    folder = deployable(tmp_path)
    lean(folder / "Pulumi.dev.yaml")
    up = "pulumi stack init dev && pulumi up -s dev --yes --skip-preview && pulumi stack export -s dev > state.json"
    done = with_engine(folder, up)
    assert done.returncode == 0, done.stdout + done.stderr
    planned, deployed = record(folder, "dev"), read_plan(folder / "state.json")
    ours, theirs = normal_graph(planned), normal_graph(deployed)
    assert ours.keys() == theirs.keys()
    for urn, resource in ours.items():
        known = {key: value for key, value in resource.pop("inputs").items() if planned.is_known(value)}
        inputs = theirs[urn].pop("inputs")
        assert known == {key: inputs[key] for key in known}
        assert resource == theirs[urn]
    assert deployed.outputs["network"]["workloadZones"] == ["us-east-1a"]


def test_bad_input_stops_the_engine_with_the_same_message_and_no_traceback(tmp_path: Path) -> None:
    folder = project_copy(tmp_path)
    text = (folder / "Pulumi.dev.yaml").read_text()
    (folder / "Pulumi.dev.yaml").write_text(text.replace("nat: single", "nat: singel"))
    done = with_engine(folder, "pulumi stack init dev; pulumi preview -s dev --json", "--echo")
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "plinth:networking.nat: the text 'singel' is not possible; one of none, single, per-zone" in said
    assert "Traceback" not in said
    assert "urn:pulumi:dev::plinth::aws" not in said


def test_the_engines_own_plan_can_be_looked_at_with_the_command(planned: Path) -> None:
    done = with_engine(planned, "python -m plinth graph --from dev.json --json", "--echo")
    assert len(json.loads(done.stdout)["resources"]) == len(record(planned, "dev").resources)
