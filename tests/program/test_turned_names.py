"""What public names change in a stack that is there already: load balancers turn to the internet, or back."""

from pathlib import Path

import pytest

from plinth.changes.cascade import changes
from plinth.changes.facts import table
from plinth.changes.model import Change, Changes, Kind
from plinth.engine.graph import Graph, Resource
from tests.program.switched import HEALTH_CHECKS, NAMES, ONE_QUICKLY, ZONE, planned, turned_on

_BALANCER, _LISTENER = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener"
_RULE, _GROUP, _SERVICE = "aws:lb/listenerRule:ListenerRule", "aws:lb/targetGroup:TargetGroup", "aws:ecs/service:Service"
_NEW = (Kind.REPLACE, Kind.CREATE)
BOTH_WAYS = pytest.mark.parametrize("on", [True, False], ids=["on", "off"])


def turned(folder: Path, stack: str, *, on: bool) -> Changes:
    """What happens to a stack with a zone when its names are switched on, or off."""
    inside, outside = planned(folder, stack, turned_on(ZONE)), planned(folder, stack, turned_on(ZONE, NAMES))
    return changes(*((inside, outside) if on else (outside, inside)), table())


def led_to(graph: Graph, resource: Resource) -> set[str]:
    """The target groups that a listener, a rule or a service refers to."""
    needed = (graph.resources[urn] for urn in resource.dependencies)
    return {one.name for one in needed if one.type == _GROUP}


def of_type(found: Changes, *tokens: str) -> list[Change]:
    return [change for change in found.changes if change.resource.type in tokens and change.after]


@ONE_QUICKLY
@BOTH_WAYS
def test_no_target_group_is_held_by_a_load_balancer_that_goes_while_another_wants_it(
    stack: str, on: bool, tmp_path: Path
) -> None:
    found = turned(tmp_path, stack, on=on)
    assert {change.kind for change in of_type(found, _BALANCER)} == {Kind.REPLACE}
    new = {change.resource.name for change in of_type(found, _GROUP) if change.kind in _NEW}
    led = {
        group
        for change in of_type(found, _LISTENER, _RULE)
        if change.kind in _NEW
        for group in led_to(found.after, change.resource)
    }
    assert led == new, "every group goes with its load balancer, and what is new leads to new ones alone"


@ONE_QUICKLY
@BOTH_WAYS
def test_a_rule_whose_weights_are_left_alone_becomes_a_new_one_with_its_target_groups(
    stack: str, on: bool, tmp_path: Path
) -> None:
    found = turned(tmp_path, stack, on=on)
    swapped = [change for change in of_type(found, _RULE) if change.resource.options.ignore_changes]
    assert bool(swapped) is (stack != "dev"), "versions take turns in the other two"
    assert {change.kind for change in swapped} <= {Kind.REPLACE}


@ONE_QUICKLY
@BOTH_WAYS
def test_services_follow_to_the_new_target_groups_and_stay(stack: str, on: bool, tmp_path: Path) -> None:
    found = turned(tmp_path, stack, on=on)
    followers = {change.resource.name: change.kind for change in of_type(found, _SERVICE) if led_to(found.after, change.resource)}
    assert followers
    assert set(followers.values()) == {Kind.UPDATE}


@ONE_QUICKLY
@BOTH_WAYS
def test_a_certificate_with_a_name_more_or_less_is_a_new_one(stack: str, on: bool, tmp_path: Path) -> None:
    without, with_it = (planned(tmp_path, stack, turned_on(*switches)) for switches in ((NAMES,), (NAMES, HEALTH_CHECKS)))
    found = changes(*((without, with_it) if on else (with_it, without)), table())
    assert {change.kind for change in of_type(found, "aws:acm/certificate:Certificate")} == {Kind.REPLACE}
