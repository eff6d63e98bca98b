"""The cost guard: what the engine is about to do, against the ceiling of the stack file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi_policy import EnforcementLevel, StackValidationArgs
from pulumi_policy.policy import PolicyProviderResource, PolicyResource, PolicyResourceOptions, StackValidationPolicy
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from plinth.engine.graph import name_of, type_of
from policy.ceiling import policies
from tests.harness import ROOT, STACKS, graphs, project_copy, replace_in

NAT = "aws:ec2/natGateway:NatGateway"


def resource(stack: str, token: str, name: str, props: Mapping[str, Any]) -> PolicyResource:
    urn = f"urn:pulumi:{stack}::plinth::{token}::{name}"
    region = unknown_checking_proxy({"region": "us-east-1"})
    provider = PolicyProviderResource(
        "pulumi:providers:aws", region, f"urn:pulumi:{stack}::plinth::pulumi:providers:aws::aws", "aws"
    )
    options = PolicyResourceOptions(False, [], None, [], None, [], None)  # pyright: ignore[reportArgumentType]
    return PolicyResource(type_of(urn), unknown_checking_proxy(dict(props)), urn, name_of(urn), options, provider, None, [], {})


def said(folder: Path, *resources: PolicyResource) -> dict[str, list[str]]:
    """What each policy of the pack reports."""
    messages: dict[str, list[str]] = {}
    for policy in policies(folder):
        assert isinstance(policy, StackValidationPolicy)
        found = messages.setdefault(policy.name, [])
        policy.validate(StackValidationArgs(list(resources)), lambda message, _, found=found: found.append(message))  # pyright: ignore[reportUnknownMemberType, reportUnknownLambdaType, reportUnknownArgumentType]
    return messages


def gateways(stack: str, count: int) -> list[PolicyResource]:
    return [resource(stack, NAT, f"nat-{number}", {"subnetId": UNKNOWN_STRING_VALUE}) for number in range(count)]


def with_ceiling(folder: Path, stack: str, ceiling: int) -> Path:
    copy = project_copy(folder)
    replace_in(copy / f"Pulumi.{stack}.yaml", "ceilingUsdMonth: .*", f"ceilingUsdMonth: {ceiling}")
    return copy


@pytest.mark.requirement("POL-17", part="the ceiling, and NAT gateways by zone; node groups come with the cluster")
@pytest.mark.parametrize(("stack", "speaks"), [("dev", "ceiling-advice"), ("staging", "ceiling"), ("prod", "ceiling")])
def test_a_stack_above_its_ceiling_is_refused_but_only_advised_in_dev(stack: str, speaks: str, tmp_path: Path) -> None:
    found = said(with_ceiling(tmp_path, stack, 30), *gateways(stack, 1))
    (message,) = found.pop(speaks)
    # 730 h of a gateway at 0.045, and what passes it: at 30 USD there is too little for either.
    assert message.startswith("[cost-under-ceiling] $ ")
    assert "expected - $ 30.00 ceiling = $ " in message
    assert "nat-0 gateway hours $ 32.85" in message
    assert [messages for messages in found.values() if messages] == []


def test_a_stack_under_its_ceiling_passes(tmp_path: Path) -> None:
    assert said(with_ceiling(tmp_path, "prod", 5000), *gateways("prod", 1)) == {"ceiling": [], "ceiling-advice": []}


def test_more_gateways_than_zones_are_refused(tmp_path: Path) -> None:
    found = said(with_ceiling(tmp_path, "prod", 5000), *gateways("prod", 4))
    assert found["ceiling"] == ["[nat-per-zone] 4 NAT gateways for 3 zones. One in each is as many as can be of use"]


@pytest.mark.parametrize("stack", STACKS)
def test_the_stacks_of_the_repository_pass_with_what_a_preview_knows(stack: str) -> None:
    graph = graphs()[stack]
    shown = [
        resource(stack, one.type, one.name, graph.with_unknowns(dict(one.inputs)))  # pyright: ignore[reportArgumentType]
        for one in graph.resources.values()
        if one.type.startswith("aws:")
    ]
    assert said(ROOT, *shown) == {"ceiling": [], "ceiling-advice": []}


def test_a_stack_of_another_program_and_no_stack_at_all_are_let_through() -> None:
    assert said(ROOT, *gateways("shop", 9)) == said(ROOT) == {"ceiling": [], "ceiling-advice": []}


def test_the_pack_blocks_and_advises() -> None:
    assert [policy.enforcement_level for policy in policies(ROOT)] == [EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY]


def test_the_pack_can_be_given_to_the_engine() -> None:
    folder = ROOT / "policy" / "cost"
    described = yaml.safe_load((folder / "PulumiPolicy.yaml").read_text())
    assert (folder / described["runtime"]["options"]["virtualenv"]).resolve() == (ROOT / ".venv").resolve()
    assert (folder / "__main__.py").is_file()
