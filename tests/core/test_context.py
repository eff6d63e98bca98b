"""What a component is told about its stack."""

import dataclasses

import pytest
from pulumi import ResourceOptions
from pulumi_aws import ec2

from components.core.context import Context
from components.core.tagging import REQUIRED, default_tags
from tests.harness import named, recorded


def contexts() -> list[Context]:
    """The context of the harness, which only a program can make."""
    found: list[Context] = []
    recorded(found.append)
    return found


def test_another_region_or_key_changes_that_and_nothing_else() -> None:
    (ctx,) = contexts()
    other = ctx.in_region("eu-west-1").asked_by("plinth:data.postgres")
    assert (other.region, other.config_key) == ("eu-west-1", "plinth:data.postgres")
    assert dataclasses.replace(other, region=ctx.region, config_key=ctx.config_key) == ctx


def test_a_component_in_another_region_takes_its_resources_there() -> None:
    def build(ctx: Context) -> None:
        there = ctx.in_region("us-west-2")
        ec2.Vpc("vpc", cidr_block="10.0.0.0/16", region=there.region, opts=ResourceOptions(provider=there.provider))

    vpc = named(recorded(build), "vpc")
    assert vpc.inputs["region"] == "us-west-2"
    assert ":us-west-2:" in vpc.outputs["arn"]


def test_names_and_tags_carry_project_and_environment() -> None:
    (ctx,) = contexts()
    assert ctx.physical("booking", "task", kind="role") == "plinth-test-booking-task"
    assert ctx.tagged("network-vpc", tier="public") == {"Name": "plinth-test-network-vpc", "tier": "public"}


def test_the_default_tags_are_the_required_ones_and_cannot_be_changed() -> None:
    tags = default_tags(project="plinth", environment="test", owner="team", cost_centre="1000")
    assert set(tags) == set(REQUIRED)
    with pytest.raises(TypeError):
        tags["owner"] = "me"  # type: ignore[index]
