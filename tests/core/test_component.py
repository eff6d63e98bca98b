"""The component base: what a child gets, what a component must publish."""

from typing import ClassVar

import pytest
from pulumi import Output, ResourceOptions
from pulumi_aws import ec2

from components.core.component import Component
from components.core.context import Context
from tests.harness import named, recorded


class Pair(Component):
    """Two VPCs, the second of which holds data, and what protects it."""

    TYPE: ClassVar[str] = "plinth:test:Pair"
    vpc_id: Output[str]

    def __init__(self, name: str, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        first = ec2.Vpc(f"{name}-first", cidr_block="10.0.0.0/16", opts=self.under(formerly=["old-first"], ignore=["tags"]))
        ec2.Vpc(f"{name}-second", cidr_block="10.1.0.0/16", opts=self.under(stateful=True, after=[first]))
        ec2.Vpc(f"{name}-third", cidr_block="10.2.0.0/16", opts=self.under(guards=True))
        self.vpc_id = first.id
        self.publish()


class Forgetful(Component):
    """Declares an output and never sets it."""

    TYPE: ClassVar[str] = "plinth:test:Forgetful"
    vpc_id: Output[str]

    def __init__(self, name: str, ctx: Context) -> None:
        super().__init__(name, ctx)
        self.publish()


class Talkative(Component):
    """Sets an output it never declares."""

    TYPE: ClassVar[str] = "plinth:test:Talkative"

    def __init__(self, name: str, ctx: Context) -> None:
        super().__init__(name, ctx)
        setattr(self, "surprise", "x")  # noqa: B010 (the type checker would refuse the plain form)
        self.publish()


@pytest.mark.requirement("DEL-15", part="typed outputs that are registered; a component's inputs are checked in its own tests")
def test_exactly_the_declared_outputs_are_registered() -> None:
    graph = recorded(lambda ctx: Pair("pair", ctx))
    pair = graph.of_type(Pair.TYPE)[0]
    assert set(pair.outputs) == {"vpc_id"}
    assert pair.outputs["vpc_id"] == named(graph, "pair-first").outputs["id"]


def test_an_output_that_is_declared_and_never_set_is_refused() -> None:
    with pytest.raises(TypeError, match="Forgetful declares outputs it never sets: vpc_id"):
        recorded(lambda ctx: Forgetful("f", ctx))


def test_an_output_that_is_set_and_never_declared_is_refused() -> None:
    with pytest.raises(TypeError, match="Talkative sets outputs it never declares: surprise"):
        recorded(lambda ctx: Talkative("t", ctx))


@pytest.mark.parametrize("retain", [True, False])
def test_a_stateful_child_is_kept_where_the_stack_retains_and_only_there(*, retain: bool) -> None:
    graph = recorded(lambda ctx: Pair("pair", ctx), retain=retain)
    second, first = named(graph, "pair-second").options, named(graph, "pair-first").options
    assert (second.protect, second.retain_on_delete) == (retain, retain)
    assert (first.protect, first.retain_on_delete) == (False, False)


@pytest.mark.parametrize("retain", [True, False])
def test_what_guards_data_is_left_behind_with_it_but_can_be_changed(*, retain: bool) -> None:
    third = named(recorded(lambda ctx: Pair("pair", ctx), retain=retain), "pair-third").options
    assert (third.protect, third.retain_on_delete) == (False, retain)


def test_a_child_stands_below_its_component_and_keeps_its_old_name_as_an_alias() -> None:
    graph = recorded(lambda ctx: Pair("pair", ctx))
    pair, first = graph.of_type(Pair.TYPE)[0], named(graph, "pair-first")
    assert first.parent == pair.urn
    assert first.options.aliases == ("urn:pulumi:test::plinth::plinth:test:Pair$aws:ec2/vpc:Vpc::old-first",)
    assert named(graph, "pair-second").dependencies == (first.urn,)


def test_what_others_change_is_left_as_it_is_and_nothing_else() -> None:
    graph = recorded(lambda ctx: Pair("pair", ctx))
    assert named(graph, "pair-first").options.ignore_changes == ("tags",)
    assert named(graph, "pair-second").options.ignore_changes == ()


def test_a_callers_options_reach_the_component_and_not_its_children() -> None:
    graph = recorded(lambda ctx: Pair("pair", ctx, ResourceOptions(protect=True)))
    assert graph.of_type(Pair.TYPE)[0].options.protect
    assert not named(graph, "pair-second").options.protect


def test_every_child_uses_the_one_provider_and_the_component_names_its_config_key() -> None:
    graph = recorded(lambda ctx: Pair("pair", ctx))
    assert named(graph, "pair-first").provider == "urn:pulumi:test::plinth::pulumi:providers:aws::aws"
    assert graph.of_type(Pair.TYPE)[0].inputs == {"configKey": "plinth:test"}
