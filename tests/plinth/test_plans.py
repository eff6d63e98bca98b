"""Plans and states that the real engine wrote, read into a graph."""

import json
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.plans import PlanError, read_plan
from plinth.engine.values import SECRET, UNKNOWN

STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
VPC = "urn:pulumi:dev::shop::aws:ec2/vpc:Vpc::vpc"
SUBNET = "urn:pulumi:dev::shop::aws:ec2/subnet:Subnet::subnet"
SECRET_VALUE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}


def state(urn: str, **more: Any) -> dict[str, Any]:
    return {"urn": urn, "custom": urn != STACK, "type": urn.split("::")[2], "parent": "" if urn == STACK else STACK, **more}


def step(op: str, urn: str, **more: Any) -> dict[str, Any]:
    return {"op": op, "urn": urn, "newState": state(urn, **more)}


def written(folder: Path, content: object) -> Path:
    file = folder / "plan.json"
    file.write_text(json.dumps(content))
    return file


def test_a_preview_is_the_stack_as_it_will_be(tmp_path: Path) -> None:
    trace = [{"sourcePosition": "project:///.venv/lib/site-packages/pulumi_aws/x.py#1"}]
    trace += [{"sourcePosition": f"project:///{line}"} for line in ("net.py#7", "__main__.py#3", "../../usr/lib/run.py#9")]
    inputs = {"vpcId": UNKNOWN, "count": 3.0}
    plan: dict[str, Any] = {
        "steps": [
            step("same", STACK),
            step("create", VPC, inputs={"cidrBlock": "10.0.0.0/16"}),
            step("update", SUBNET, inputs=inputs, dependencies=[VPC], protect=True, stackTrace=trace),
            {"op": "delete", "urn": "urn:pulumi:dev::shop::aws:ec2/eip:Eip::gone", "oldState": {}},
        ]
    }
    graph = read_plan(written(tmp_path, plan))
    assert (graph.project, graph.stack, list(graph.resources)) == ("shop", "dev", [VPC, SUBNET])
    subnet = graph.resources[SUBNET]
    assert subnet.inputs == {"vpcId": UNKNOWN, "count": 3}
    assert not graph.is_known(subnet.inputs)
    assert (subnet.parent, subnet.dependencies, subnet.options.protect) == ("", (VPC,), True)
    assert subnet.source == ("net.py:7", "__main__.py:3")


def test_an_export_is_the_stack_as_it_is_without_its_secrets(tmp_path: Path) -> None:
    export = {
        "version": 3,
        "deployment": {
            "resources": [
                state(STACK, outputs={"key": SECRET_VALUE, "url": "x"}),
                state(
                    VPC, inputs={"tags": {"token": SECRET_VALUE}}, provider="urn:pulumi:dev::shop::pulumi:providers:aws::a::id-1"
                ),
                state(SUBNET, delete=True),
            ]
        },
    }
    graph = read_plan(written(tmp_path, export))
    assert graph.outputs == {"key": SECRET, "url": "x"}
    assert list(graph.resources) == [VPC]
    assert graph.resources[VPC].inputs == {"tags": {"token": SECRET}}
    assert graph.resources[VPC].provider == "urn:pulumi:dev::shop::pulumi:providers:aws::a"
    assert "v1:abc" not in graph.to_json()


def test_a_preview_that_leaves_out_what_stays_is_refused(tmp_path: Path) -> None:
    plan = {"steps": [step("same", STACK), step("create", VPC)], "changeSummary": {"same": 1, "create": 1}}
    assert list(read_plan(written(tmp_path, plan)).resources) == [VPC]
    with pytest.raises(PlanError, match=r"plan\.json: 2 resources that stay as they are are not in it: .*--show-sames"):
        read_plan(written(tmp_path, {**plan, "changeSummary": {"same": 3}}))


@pytest.mark.parametrize(
    "content", [{}, [], "text", {"steps": []}, {"steps": [{"op": "create"}]}, {"deployment": {"resources": 3}}]
)
def test_another_file_is_refused_with_its_name_and_what_was_expected(tmp_path: Path, content: object) -> None:
    with pytest.raises(PlanError, match=r"plan\.json: not the output of `pulumi preview --json` or of `pulumi stack export`"):
        read_plan(written(tmp_path, content))


def test_a_missing_file_and_one_that_is_no_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="No such file"):
        read_plan(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(PlanError, match=r"bad\.json"):
        read_plan(tmp_path / "bad.json")
