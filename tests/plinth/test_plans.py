"""Plans and states that the real engine wrote, read into a graph."""

import json
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.graph import Graph, Verdict
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


def test_what_is_only_read_is_known_as_such(tmp_path: Path) -> None:
    preview = {"steps": [step("read", VPC), step("create", SUBNET)]}
    export = {"deployment": {"resources": [state(VPC, external=True), state(SUBNET)]}}
    for content in (preview, export):
        graph = read_plan(written(tmp_path, content))
        assert [graph.resources[urn].external for urn in (VPC, SUBNET)] == [True, False]
        assert Graph.from_json(graph.to_json()) == graph


def test_a_preview_says_what_is_replaced_and_for_what(tmp_path: Path) -> None:
    details = {"size": {"kind": "update"}, "network.zone": {"kind": "update-replace"}}
    old = {"inputs": {"size": 1.0}}
    plan = {
        "steps": [
            {**step("create-replacement", VPC), "oldState": old, "replaceReasons": ["network"], "detailedDiff": details},
            {**step("replace", VPC), "oldState": old, "replaceReasons": ["network", "name"], "detailedDiff": details},
            {"op": "delete-replaced", "urn": VPC, "oldState": old},
            {**step("update", SUBNET), "detailedDiff": None},
        ]
    }
    graph = read_plan(written(tmp_path, plan))
    assert graph.verdicts == {
        VPC: Verdict(replaced=True, stays=False, reasons=("network.zone", "name"), former={"size": 1}),
        SUBNET: Verdict(replaced=False, stays=False, reasons=(), former=None),
    }
    assert Graph.from_json(graph.to_json()) == graph


def test_an_export_says_what_replaces_by_its_options(tmp_path: Path) -> None:
    more = {"replaceWith": [VPC], "replacementTrigger": {"v": 1.0}, "deletedWith": VPC}
    graph = read_plan(written(tmp_path, {"resources": [state(VPC), state(SUBNET, **more)]}))
    options = graph.resources[SUBNET].options
    assert (options.replace_with, options.replacement_trigger, options.deleted_with) == ((VPC,), {"v": 1}, VPC)


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


@pytest.mark.parametrize("steps", [[step("same", STACK)], None])
def test_a_preview_that_failed_is_refused_with_its_first_error(tmp_path: Path, steps: Any) -> None:
    said = [
        {"severity": "warning", "message": "an old version"},
        {"severity": "info#err", "message": "a line on standard error"},
        {"severity": "error", "message": "\nProgram failed: KeyError 'x'\n  File y\n"},
        {"severity": "error", "message": "the second"},
    ]
    plan = {"diagnostics": said, **({"steps": steps} if steps else {})}
    with pytest.raises(PlanError, match=r"plan\.json: the preview failed, .* not complete: Program failed: KeyError 'x'$"):
        read_plan(written(tmp_path, plan))
    unharmed = {"steps": [step("same", STACK), step("create", VPC)], "diagnostics": said[:2]}
    assert list(read_plan(written(tmp_path, unharmed)).resources) == [VPC]


@pytest.mark.parametrize("stack", ["../../../evil", "..", ".", "a/b", "a\\b", "a b", "a\n", "ä"])
def test_a_stack_whose_name_would_lead_elsewhere_is_refused(tmp_path: Path, stack: str) -> None:
    urn = VPC.replace(":dev:", f":{stack}:", 1)
    for content in ({"steps": [step("create", urn)]}, {"deployment": {"resources": [state(urn)]}}):
        with pytest.raises(PlanError, match="is no name of a stack: letters, digits"):
            read_plan(written(tmp_path, content))


def test_a_stack_may_be_called_whatever_the_engine_allows(tmp_path: Path) -> None:
    urn = VPC.replace(":dev:", ":eu-1_blue.v2:", 1)
    assert read_plan(written(tmp_path, {"deployment": {"resources": [state(urn)]}})).stack == "eu-1_blue.v2"


@pytest.mark.parametrize("deployment", [{"manifest": {}, "metadata": {}}, {"resources": []}, None])
def test_the_export_of_a_stack_with_nothing_deployed_is_an_empty_graph(tmp_path: Path, deployment: Any) -> None:
    graph = read_plan(written(tmp_path, {"version": 3, "deployment": deployment}))
    assert (graph.stack, graph.project, graph.resources) == ("unnamed", "", {})


def test_a_stack_of_which_all_is_about_to_go_has_its_name_and_nothing_in_it(tmp_path: Path) -> None:
    graph = read_plan(written(tmp_path, {"deployment": {"resources": [state(VPC, delete=True)]}}))
    assert (graph.stack, graph.project, graph.resources) == ("dev", "shop", {})
    gone: dict[str, Any] = {"steps": [{"op": "delete", "urn": VPC, "oldState": {}}]}
    assert (read_plan(written(tmp_path, gone)).stack, read_plan(written(tmp_path, gone)).resources) == ("dev", {})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_in_whatever_encoding_a_shell_wrote_it(tmp_path: Path, encoding: str) -> None:
    urn = f"{VPC}-größe"
    (tmp_path / "plan.json").write_bytes(json.dumps({"steps": [step("create", urn)]}, ensure_ascii=False).encode(encoding))
    assert list(read_plan(tmp_path / "plan.json").resources) == [urn]


@pytest.mark.parametrize("parents", [{VPC: VPC}, {VPC: SUBNET, SUBNET: VPC}])
def test_parents_in_a_circle_are_refused(tmp_path: Path, parents: dict[str, str]) -> None:
    resources = [{**state(urn), "parent": parent} for urn, parent in parents.items()]
    with pytest.raises(PlanError, match=r"plan\.json: .*these are each other's parents in a circle: .*Vpc::vpc -> "):
        read_plan(written(tmp_path, {"resources": resources}))


def test_a_missing_file_and_one_that_is_no_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"^[^(]*none\.json cannot be read: No such file or directory$"):
        read_plan(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(PlanError, match=r"bad\.json"):
        read_plan(tmp_path / "bad.json")
