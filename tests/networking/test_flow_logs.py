"""Flow logs: everything is recorded, by a role that can do nothing else."""

import json
from typing import Any

import pytest

from components.networking.flow_logs import FlowLogs, FlowLogsArgs
from plinth.engine.graph import Graph
from tests.harness import named, recorded

GROUP = "arn:aws:logs:us-east-1:111111111111:log-group:plinth-test-network-flow-logs"


def args(**changed: Any) -> FlowLogsArgs:
    given: dict[str, Any] = {"vpc_id": "vpc-1", "retention_days": 7, "key_arn": "arn:aws:kms:x"}
    return FlowLogsArgs(**given | changed)


def flow_logs() -> Graph:
    return recorded(lambda ctx: FlowLogs("flow-logs", args(), ctx))


def test_all_traffic_of_the_network_goes_to_an_encrypted_group_of_its_own() -> None:
    graph = flow_logs()
    log, group = named(graph, "flow-logs-all"), named(graph, "flow-logs-records")
    assert (log.inputs["vpcId"], log.inputs["trafficType"], log.inputs["maxAggregationInterval"]) == ("vpc-1", "ALL", 600)
    assert log.inputs["logDestination"] == group.outputs["arn"]
    assert log.inputs["iamRoleArn"] == named(graph, "flow-logs-writer-role").outputs["arn"]
    assert (group.inputs["name"], group.inputs["retentionInDays"]) == ("plinth-test-network-flow-logs", 7)
    assert group.inputs["kmsKeyId"] == "arn:aws:kms:x"
    assert graph.of_type(FlowLogs.TYPE)[0].outputs == {"log_group_name": group.outputs["name"]}


def test_its_role_writes_to_that_group_and_to_nothing_else() -> None:
    graph = flow_logs()
    (statement,) = json.loads(named(graph, "flow-logs-writer-rights").inputs["policy"])["Statement"]
    assert statement["Resource"] == [GROUP, f"{GROUP}:*"]
    assert statement["Action"] == [
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    ]
    (trust,) = json.loads(named(graph, "flow-logs-writer-role").inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": ["vpc-flow-logs.amazonaws.com"]}
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": "arn:aws:ec2:us-east-1:111111111111:vpc-flow-log/*"}


def test_recording_starts_only_once_the_role_may_write() -> None:
    graph = flow_logs()
    assert named(graph, "flow-logs-writer-rights").urn in named(graph, "flow-logs-all").dependencies


@pytest.mark.requirement("NET-12", part="the archive")
def test_a_bucket_keeps_them_as_well_where_it_is_asked_to() -> None:
    graph = recorded(lambda ctx: FlowLogs("flow-logs", args(archive="plinth-test-logs"), ctx))
    archived = named(graph, "flow-logs-archive").inputs
    assert (archived["vpcId"], archived["trafficType"], archived["maxAggregationInterval"]) == ("vpc-1", "ALL", 600)
    assert (archived["logDestinationType"], archived["logDestination"]) == ("s3", "arn:aws:s3:::plinth-test-logs")
    assert archived["destinationOptions"] == {
        "fileFormat": "parquet",
        "hiveCompatiblePartitions": True,
        "perHourPartition": True,
    }
    assert "iamRoleArn" not in archived, "S3 is delivered to by a service, not in a role"
    assert "flow-logs-archive" not in {resource.name for resource in flow_logs().resources.values()}


def test_silence_is_watched() -> None:
    made: list[FlowLogs] = []
    graph = recorded(lambda ctx: made.append(FlowLogs("flow-logs", args(), ctx)))
    (signal,) = made[0].signals
    assert (signal.namespace, signal.metric, signal.statistic) == ("AWS/Logs", "IncomingLogEvents", "Sum")
    assert (signal.threshold, signal.over, signal.period_seconds) == (1, False, 3600)
    assert signal.dimensions.keys() == {"LogGroupName"}
    assert graph.of_type(FlowLogs.TYPE)


def test_a_retention_that_cloudwatch_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match=r"FlowLogsArgs: retention_days: 10 is not possible; one of 1, 3, 5, 7"):
        args(retention_days=10)
