"""How long the first deployment takes: of planned stacks, and of programs that are not ours."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plinth.engine.graph import Graph, Resource
from plinth.engine.values import UNKNOWN
from plinth.timing.deployment import REGISTER_SECONDS, START_SECONDS, Estimate, timing
from plinth.timing.durations import Basis, durations, read
from plinth.timing.report import dominant, headline, span, spread, to_json, whole_minutes
from plinth.timing.schedule import CycleError
from tests.harness import ROOT, Done, graphs, plinth_here

VPC, NAT, DATABASE = "aws:ec2/vpc:Vpc", "aws:ec2/natGateway:NatGateway", "aws:rds/instance:Instance"
LINE = {"when": "", "source": "of this test", "as_of": "2026-01-01"}
TABLE = read(
    [
        {**LINE, "type": VPC, "fast": "1", "typical": "10", "slow": "20", "basis": "observed"},
        {**LINE, "type": NAT, "fast": "60", "typical": "100", "slow": "200", "basis": "estimated"},
        {**LINE, "type": DATABASE, "fast": "200", "typical": "400", "slow": "900", "basis": "observed"},
        {**LINE, "type": "*", "fast": "1", "typical": "2", "slow": "3", "basis": "default"},
    ]
)


def resource(name: str, token: str, *after: Resource, parent: Resource | None = None, custom: bool = True) -> Resource:
    return Resource(
        urn=f"urn:pulumi:dev::shop::{token}::{name}",
        custom=custom,
        inputs={},
        outputs={},
        parent=parent.urn if parent else "",
        dependencies=tuple(other.urn for other in after),
    )


def graph(*resources: Resource) -> Graph:
    return Graph(project="shop", stack="dev", resources={one.urn: one for one in resources}, outputs={})


NETWORK = resource("network", "shop:index:Network", custom=False)
A_VPC = resource("vpc", VPC, parent=NETWORK)
A_NAT = resource("nat", NAT, A_VPC, parent=NETWORK)
A_DATABASE = resource("database", DATABASE, A_VPC)
SHOP = graph(NETWORK, A_VPC, A_NAT, A_DATABASE)
REGISTERING = START_SECONDS + 4 * REGISTER_SECONDS


def test_what_is_only_read_takes_no_time() -> None:
    found = timing(graph(A_VPC, replace(A_DATABASE, external=True)), TABLE)
    assert [link.resource.name for link in found.chain] == ["vpc"]
    assert sum(share.resources for share in found.coverage.values()) == 1


def test_the_time_is_that_of_the_longest_chain_and_of_telling_the_engine() -> None:
    found = timing(SHOP, TABLE)
    assert [(link.resource.name, link.duration.typical) for link in found.chain] == [("vpc", 10), ("database", 400)]
    assert found.registering == REGISTERING
    assert found.total == found.unbounded == Estimate(fast=REGISTERING + 201, typical=REGISTERING + 410, slow=REGISTERING + 920)
    assert (headline(found), spread(found.total)) == ("7 min first deploy", "3-15")
    assert dominant(found) == [(DATABASE, 400), (VPC, 10)]


def test_one_at_a_time_takes_as_long_as_all_together_and_the_chain_stays() -> None:
    found = timing(SHOP, TABLE, parallel=1)
    assert found.total == Estimate(fast=REGISTERING + 261, typical=REGISTERING + 510, slow=REGISTERING + 1120)
    assert found.unbounded == timing(SHOP, TABLE).unbounded


def test_each_part_has_its_span_and_its_work() -> None:
    found = timing(SHOP, TABLE)
    parts = {part.owner.name: (part.start - REGISTERING, part.end - REGISTERING, part.work) for part in found.parts}
    assert parts == {"network": (0, pytest.approx(110), 110), "database": (pytest.approx(10), pytest.approx(410), 400)}


def test_coverage_says_what_rests_on_what() -> None:
    found = timing(graph(*SHOP.resources.values(), resource("odd", "acme:index:Thing")), TABLE)
    shares = {basis: (share.resources, share.work, share.chain) for basis, share in found.coverage.items()}
    assert shares == {
        Basis.OBSERVED: (2, 410, 410),
        Basis.ESTIMATED: (1, 100, 0),
        Basis.CLASS: (0, 0, 0),
        Basis.DEFAULT: (1, 2, 0),
    }
    assert found.by_default == {"acme:index:Thing": 1}


def test_a_parent_a_provider_and_the_dependency_of_a_property_are_waited_for() -> None:
    holder = resource("holder", VPC)
    child = resource("child", NAT, parent=holder)
    provided = Resource(urn=f"urn:pulumi:dev::shop::{DATABASE}::x", custom=True, inputs={}, outputs={}, provider=child.urn)
    by_property = Resource(
        urn=f"urn:pulumi:dev::shop::{DATABASE}::y",
        custom=True,
        inputs={},
        outputs={},
        property_dependencies={"subnet": (provided.urn,)},
    )
    chain = timing(graph(by_property, provided, child, holder), TABLE).chain
    assert [link.resource.name for link in chain] == ["holder", "child", "x", "y"]


def test_who_depends_on_a_remote_component_waits_for_all_of_it() -> None:
    remote = resource("remote", "awsx:ec2:Vpc", custom=False)
    inner = resource("inner", "awsx:ec2:Part", parent=remote, custom=False)
    slow = resource("nat", NAT, parent=inner)
    after = resource("database", DATABASE, remote)
    beside = resource("beside", VPC, remote, parent=remote)
    found = timing(graph(remote, inner, slow, after, beside), TABLE)
    assert [link.resource.name for link in found.chain] == ["nat", "database"]


def test_what_a_file_does_not_hold_is_there_already() -> None:
    lost = Resource(
        urn=f"urn:pulumi:dev::shop::{VPC}::x",
        custom=True,
        inputs={},
        outputs={},
        parent="urn:gone",
        provider="urn:none",
        dependencies=("urn:other",),
    )
    assert [link.resource.name for link in timing(graph(lost), TABLE).chain] == ["x"]


def test_an_empty_stack_takes_as_long_as_the_program() -> None:
    found = timing(graph(), TABLE)
    assert found.total == Estimate(fast=START_SECONDS, typical=START_SECONDS, slow=START_SECONDS)
    assert (found.chain, found.parts, headline(found)) == ([], [], "<1 min first deploy")


@pytest.mark.parametrize("relation", ["dependencies", "parent", "provider"])
def test_a_circle_is_an_error_that_names_it(relation: str) -> None:
    first, second = f"urn:pulumi:dev::shop::{VPC}::a", f"urn:pulumi:dev::shop::{VPC}::b"

    def one(urn: str, other: str) -> Resource:
        more: Mapping[str, Any] = {relation: (other,) if relation == "dependencies" else other}
        return Resource(urn=urn, custom=True, inputs={}, outputs={}, **more)

    with pytest.raises(CycleError, match=r"::a -> .*::b -> .*::a"):
        timing(graph(one(first, second), one(second, first)), TABLE)


def test_shorter_creations_never_give_a_bound_beyond_the_typical_time() -> None:
    """Graham's anomaly: with one second less for each of these, the schedule is one second longer."""
    typical = {"a": 3, "b": 2, "c": 2, "d": 2, "e": 4, "f": 4, "g": 4, "h": 4, "i": 9}
    lines = [
        {**LINE, "type": f"t:t/{name}:{name}", "fast": str(seconds - 1), "typical": str(seconds), "slow": str(seconds)}
        for name, seconds in typical.items()
    ]
    table = read([{**line, "basis": "estimated"} for line in lines])
    made = {name: resource(name, f"t:t/{name}:{name}") for name in "abcd"}
    made |= {name: resource(name, f"t:t/{name}:{name}", made["d"]) for name in "efgh"}
    made["i"] = resource("i", "t:t/i:i", made["a"])
    found = timing(graph(*made.values()), table, parallel=3)
    assert found.total.typical - found.registering == pytest.approx(12)
    assert found.total.fast == found.total.typical <= found.total.slow


def test_the_order_of_a_file_changes_nothing() -> None:
    prod = graphs()["prod"]
    urns = sorted(prod.resources, key=lambda urn: urn[::-1])
    other = Graph(project=prod.project, stack=prod.stack, resources={urn: prod.resources[urn] for urn in urns}, outputs={})
    assert to_json(timing(other, durations())) == to_json(timing(prod, durations()))


def test_a_thousand_resources_take_less_than_fifty_milliseconds() -> None:
    made: list[Resource] = []
    for index in range(250):
        holder = resource(f"holder{index}", "shop:index:Part", custom=False)
        vpc = resource(f"vpc{index}", VPC, *(made[-1:] if index % 10 else ()), parent=holder)
        made += [holder, vpc, resource(f"nat{index}", NAT, vpc, parent=holder), resource(f"database{index}", DATABASE, vpc)]
    big = graph(*made)
    taken: list[float] = []
    for _ in range(10):  # processor time, and the best of some: the machine has other work
        start = time.process_time()
        timing(big, TABLE)
        taken.append(time.process_time() - start)
    assert min(taken) < 0.05


def test_whole_minutes_are_at_least_one_from_half_a_minute_on() -> None:
    assert [whole_minutes(seconds) for seconds in (29.9, 30, 89, 91, 629)] == ["<1", "1", "1", "2", "10"]


@pytest.mark.parametrize(("seconds", "text"), [(0, "0 s"), (59.4, "59 s"), (59.6, "1.0 min"), (107, "1.8 min")])
def test_a_span_is_told_in_seconds_then_in_minutes(seconds: float, text: str) -> None:
    assert span(seconds) == text


# The stacks


CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"


@pytest.mark.parametrize(("stack", "slowest", "minutes"), [("dev", CACHE, 10), ("staging", DATABASE, 20), ("prod", DATABASE, 30)])
def test_a_stack_waits_for_its_slow_parts(stack: str, slowest: str, minutes: int) -> None:
    found = timing(graphs()[stack], durations())
    assert found.chain[0].resource.type == "aws:kms/key:Key"  # records are encrypted, and a store is made after their place
    assert dominant(found)[0][0] == slowest
    assert 100 < found.unbounded.typical <= found.total.typical < 60 * minutes
    assert found.coverage[Basis.DEFAULT].resources == 0
    assert {part.owner.name for part in found.parts} >= {"network", "endpoints", "discovery"}


# The command


def command(*arguments: str, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> Done:
    return plinth_here(ROOT, "timing", *arguments, patch=patch, capture=capture)


def test_the_command_says_it_for_people_and_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    said = command("--stack", "dev", "--stack", "prod", patch=monkeypatch, capture=capsys)
    assert said.code == 0
    assert f"dev  {headline(timing(graphs()['dev'], durations()))} (" in said.out
    assert "cache-redis-group  aws:elasticache/replicationGroup:ReplicationGroup" in said.out
    assert "most of it  ReplicationGroup 6.5 min" in said.out
    assert "postgres-primary  aws:rds/instance:Instance" in said.out
    assert "default 0\n" in said.out
    answer = json.loads(command("--stack", "prod", "--json", patch=monkeypatch, capture=capsys).out)
    assert answer == {"stacks": [json.loads(json.dumps(to_json(timing(graphs()["prod"], durations()))))]}


def written(folder: Path, *states: Mapping[str, Any]) -> str:
    file = folder / "state.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": states}}))
    return str(file)


def state(token: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:live::other::{token}::{name}", "type": token, "custom": True, **more}


def test_a_program_that_is_not_ours_is_timed_and_what_has_no_row_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = state("aws:eks/cluster:Cluster", "k[8]s", inputs={"name": "x"})
    app = state("kubernetes:apps/v1:Deployment", "app", dependencies=[cluster["urn"]])
    odd = state("acme:index:Thing", "odd", inputs=None, dependencies=["urn:pulumi:live::other::acme:index:Thing::gone"])
    file = written(tmp_path, cluster, app, {**odd, "inputs": {}})
    done = command("--from", file, patch=monkeypatch, capture=capsys)
    assert done.code == 0
    assert "live  10 min first deploy (8-16)  an estimate" in done.out
    assert "k[8]s  aws:eks/cluster:Cluster" in done.out
    assert "by default  1 x kubernetes:apps/v1:Deployment: no row in data/durations.csv" in done.out
    assert "by default  1 x acme:index:Thing: no row in data/durations.csv" in done.out
    assert "observed: 1 of 3 resources, 97% of the chain · estimated 0 · class 0 · default 2" in done.out


def test_a_file_whose_resources_depend_on_each_other_in_a_circle_is_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = state(VPC, "a"), state(VPC, "b")
    file = written(tmp_path, {**first, "dependencies": [second["urn"]]}, {**second, "dependencies": [first["urn"]]})
    done = command("--from", file, patch=monkeypatch, capture=capsys)
    assert done.code == 2
    assert f"{file}: these wait for each other in a circle: {first['urn']} -> {second['urn']} -> {first['urn']}" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"urn": "urn:pulumi:live::other"}, "'urn:pulumi:live::other' is no URN"),
        ({"urn": 7}, "AttributeError"),
        ({"inputs": [1, 2]}, "TypeError"),
        ({"dependencies": None}, "TypeError"),
        ({"propertyDependencies": []}, "AttributeError"),
    ],
)
def test_a_state_that_no_engine_writes_is_bad_input(
    broken: Mapping[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, state(VPC, "fine"), {**state(VPC, "broken"), **broken})
    done = command("--from", file, patch=monkeypatch, capture=capsys)
    assert done.code == 2
    assert f"{file}: not the output of `pulumi preview --json` or of `pulumi stack export` (" in done.err
    assert said in done.err


def test_a_preview_is_timed_with_what_it_does_not_know_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = {**state("pulumi:pulumi:Stack", "other-live"), "custom": False}
    unknown = state(DATABASE, "database", inputs={"multiAz": UNKNOWN}, parent=stack["urn"], outputs=None)
    steps = [{"op": "create", "urn": one["urn"], "newState": one} for one in (stack, unknown)]
    steps.append({"op": "delete", "urn": "urn:pulumi:live::other::aws:msk/cluster:Cluster::old", "newState": None})
    file = tmp_path / "preview.json"
    file.write_text(json.dumps({"steps": steps}))
    done = command("--from", str(file), patch=monkeypatch, capture=capsys)
    assert (done.code, done.out.splitlines()[0]) == (0, "live  6 min first deploy (4-8)  an estimate")


def test_a_stack_without_resources_is_timed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, {**state("pulumi:pulumi:Stack", "other-live"), "custom": False})
    done = command("--from", file, patch=monkeypatch, capture=capsys)
    assert (done.code, done.out.splitlines()[0]) == (0, "live  <1 min first deploy (<1-<1)  an estimate")
