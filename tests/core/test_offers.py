"""Offers refuse what would be too wide."""

import pytest

from components.core.offers import Statement


def test_a_statement_of_exact_actions_on_exact_resources_is_accepted() -> None:
    statement = Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::media/in/*",))
    assert statement.conditions == {}


@pytest.mark.parametrize("action", ["*", "s3:*", "s3:Get*"])
def test_a_wildcard_action_is_refused_whatever_the_reason(action: str) -> None:
    with pytest.raises(ValueError, match="exact actions"):
        Statement(actions=("s3:GetObject", action), resources=("arn:aws:s3:::media/*",), because="it is easier")


def test_every_resource_needs_a_written_reason() -> None:
    with pytest.raises(ValueError, match="needs a written reason"):
        Statement(actions=("ec2:DescribeInstances",), resources=("*",))
    Statement(actions=("ec2:DescribeInstances",), resources=("*",), because="the action knows no resource")


@pytest.mark.parametrize(("actions", "resources"), [((), ("a",)), (("s3:GetObject",), ())])
def test_a_statement_about_nothing_is_refused(actions: tuple[str, ...], resources: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="at least one action and one resource"):
        Statement(actions=actions, resources=resources)
