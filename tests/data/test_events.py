"""Events of databases: on a topic that RDS, for this account alone, may publish to."""

import json

import pytest

from components.data.events import DatabaseEvents, DatabaseEventsArgs
from tests.harness import named, recorded


@pytest.mark.requirement("DAT-10", part="events of failovers go to a topic; who hears of them comes with alerts")
def test_failovers_of_our_databases_go_to_an_encrypted_topic() -> None:
    args = DatabaseEventsArgs(instance_ids={"postgres-1": "plinth-test-postgres-database"}, key_arn="arn:aws:kms:data")
    graph = recorded(lambda ctx: DatabaseEvents("database-events", args, ctx))
    subscription, topic = named(graph, "database-events-subscription"), named(graph, "database-events-topic")
    assert "failover" in subscription.inputs["eventCategories"]
    assert (subscription.inputs["sourceType"], subscription.inputs["sourceIds"]) == (
        "db-instance",
        ["plinth-test-postgres-database"],
    )
    assert subscription.inputs["snsTopic"] == topic.outputs["arn"]
    assert (topic.inputs["name"], topic.inputs["kmsMasterKeyId"]) == ("plinth-test-database-events", "arn:aws:kms:data")
    (statement,) = json.loads(named(graph, "database-events-policy").inputs["policy"])["Statement"]
    assert (statement["Principal"], statement["Action"]) == ({"Service": ["events.rds.amazonaws.com"]}, ["sns:Publish"])
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "111111111111"}
    assert named(graph, "database-events-policy").urn in subscription.dependencies


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match=r"DatabaseEventsArgs: instance_ids: none given"):
        DatabaseEventsArgs(instance_ids={}, key_arn="arn:aws:kms:data")
