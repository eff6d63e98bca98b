"""Log groups: named, encrypted, kept for a stated time."""

from typing import ClassVar

import pytest
from pulumi import Output

from components.core.component import Component
from components.core.context import Context
from components.core.logs import log_group, log_group_arn
from components.core.retention import retention_problems
from tests.harness import named, recorded

KEY = "arn:aws:kms:us-east-1:111111111111:key/1"


class Chatty(Component):
    """Something that writes logs."""

    TYPE: ClassVar[str] = "plinth:test:Chatty"
    arn: Output[str]

    def __init__(self, name: str, ctx: Context) -> None:
        super().__init__(name, ctx)
        self.arn = log_group(self, ctx, service="api", resource="access", retention_days=7, key_arn=KEY).arn
        self.publish()


@pytest.mark.requirement("OBS-01", part="the one maker of log groups; each system brings its own with it")
@pytest.mark.parametrize("retain", [True, False])
def test_a_log_group_has_a_name_a_retention_and_a_key_and_is_kept_as_the_stack_says(*, retain: bool) -> None:
    group = named(recorded(lambda ctx: Chatty("chatty", ctx), retain=retain), "chatty-records")
    assert group.inputs["name"] == "plinth-test-api-access"
    assert (group.inputs["retentionInDays"], group.inputs["kmsKeyId"]) == (7, KEY)
    assert (group.options.protect, group.options.retain_on_delete) == (retain, retain)


def test_its_arn_is_known_before_it_exists() -> None:
    found: list[str] = []
    recorded(lambda ctx: found.append(log_group_arn(ctx, "api", "access")))
    assert found == ["arn:aws:logs:us-east-1:111111111111:log-group:plinth-test-api-access"]


@pytest.mark.parametrize("days", [0, 2, 8, 3654])
def test_what_cloudwatch_cannot_keep_is_named(days: int) -> None:
    (problem,) = retention_problems(days)
    assert problem.startswith(f"retention_days: {days} is not possible; one of 1, 3, 5, 7, ")
