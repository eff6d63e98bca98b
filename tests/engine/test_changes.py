"""What `plinth changes` says will happen is what the genuine engine plans, resource by resource, after a real deployment."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from plinth.changes.cascade import changes
from plinth.changes.facts import table
from plinth.changes.model import Changes, Kind
from plinth.engine.graph import STACK_TYPE, name_of, type_of
from plinth.engine.plans import read_plan
from plinth.engine.recording import record
from tests.engine.real import ENGINE, NEEDED, with_engine
from tests.harness import deployable, lean
from tests.plinth.planted import RENAMED, plant_cidr, plant_owner, plant_rename, plant_retention, plant_tag
from tools import create_only

pytestmark = NEEDED

PLANTED: Mapping[str, tuple[Callable[[Path], None], ...]] = {
    "little": (plant_rename, plant_tag, plant_retention),
    "much": (plant_cidr, plant_owner),
}
_OPERATIONS = {"same": Kind.SAME, "create": Kind.CREATE, "update": Kind.UPDATE, "delete": Kind.DELETE}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """dev, deployed as it is: its state, and in a folder for each set of planted changes the engine's preview of them."""
    home = tmp_path_factory.mktemp("changes")
    for name, plants in {"nothing": (), **PLANTED}.items():
        (home / name).mkdir()
        folder = deployable(home / name)
        for plant in plants:
            plant(folder)
        lean(folder / "Pulumi.dev.yaml")
    previews = " && ".join(f"(cd ../{name} && pulumi preview -s dev --json --show-sames > preview.json)" for name in PLANTED)
    up = "pulumi stack init dev && pulumi up -s dev --yes --skip-preview && pulumi stack export -s dev > state.json"
    done = with_engine(home / "nothing", f"{up} && {previews}")
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def of_the_engine(preview: Path) -> dict[str, Kind]:
    """What the engine does with each resource, by URN. A replacement takes it several steps."""
    steps: dict[str, set[str]] = defaultdict(set)
    for step in json.loads(preview.read_text())["steps"]:
        state = step.get("newState") or step.get("oldState")
        if state["custom"] and type_of(step["urn"]) != STACK_TYPE and "::default_" not in step["urn"]:
            steps[step["urn"]].add(step["op"])
    return {urn: Kind.REPLACE if len(ops) > 1 or "replace" in ops else _OPERATIONS[ops.pop()] for urn, ops in steps.items()}


def of_ours(found: Changes) -> dict[str, Kind]:
    return {change.resource.urn: change.kind for change in found.changes}


def from_the_state(deployed: Path, name: str) -> Changes:
    return changes(read_plan(deployed / "nothing" / "state.json"), record(deployed / name, "dev"), table())


def test_a_deployed_stack_and_the_plan_that_it_was_made_by_do_not_differ(deployed: Path) -> None:
    assert set(of_ours(from_the_state(deployed, "nothing")).values()) == {Kind.SAME}


@pytest.mark.parametrize("planted", PLANTED)
def test_the_changes_of_a_deployed_stack_are_those_that_the_engine_plans(planted: str, deployed: Path) -> None:
    assert of_ours(from_the_state(deployed, planted)) == of_the_engine(deployed / planted / "preview.json")


@pytest.mark.parametrize("planted", PLANTED)
def test_two_offline_plans_tell_the_same(planted: str, deployed: Path) -> None:
    found = changes(record(deployed / "nothing", "dev"), record(deployed / planted, "dev"), table())
    assert of_ours(found) == of_the_engine(deployed / planted / "preview.json")


def test_each_planted_change_is_what_it_is(deployed: Path) -> None:
    little, much = (of_the_engine(deployed / name / "preview.json") for name in PLANTED)
    planted = {name_of(urn): kind for urn, kind in little.items() if kind is not Kind.SAME}
    gone, new = RENAMED
    assert planted == {gone: Kind.DELETE, new: Kind.CREATE, "flow-logs-all": Kind.UPDATE, "flow-logs-records": Kind.UPDATE}
    found = {name_of(urn): kind for urn, kind in much.items()}
    assert (found["network-vpc"], found["logs-encryption-key"]) == (Kind.REPLACE, Kind.UPDATE)


def test_the_provider_still_says_what_the_table_says() -> None:
    tokens = {"aws:ec2/vpc:Vpc", "aws:ec2/networkAclRule:NetworkAclRule", "aws:cloudwatch/logGroup:LogGroup"}
    rows = [row.cells() for row in create_only.committed() if row.type in tokens]
    assert len(rows) == len(tokens)
    assert sorted(row.cells() for row in create_only.measured(Path(ENGINE), tokens)) == sorted(rows)
