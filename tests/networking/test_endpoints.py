"""VPC endpoints: where each stands, who gets to it."""

import json
from typing import Any

import pytest

from components.networking.endpoint_policies import endpoint_policy
from components.networking.endpoints import Endpoints, EndpointsArgs
from plinth.engine.graph import Graph
from tests.harness import named, of_kind, recorded


def args(**changed: Any) -> EndpointsArgs:
    given: dict[str, Any] = {
        "vpc_id": "vpc-1",
        "services": ("ecr.api", "logs", "s3", "dynamodb"),
        "subnet_ids": {"us-east-1a": "subnet-a", "us-east-1b": "subnet-b"},
        "group_id": "sg-endpoints",
        "route_table_ids": {"private": "rtb-1", "database": "rtb-2"},
        "clients": {"ecs": "sg-ecs", "eks": "sg-eks"},
    }
    return EndpointsArgs(**given | changed)


def endpoints(**changed: Any) -> Graph:
    return recorded(lambda ctx: Endpoints("endpoints", args(**changed), ctx))


@pytest.mark.parametrize(("name", "service"), [("endpoints-ecr-api", "ecr.api"), ("endpoints-logs", "logs")])
def test_an_interface_endpoint_stands_in_the_subnets_with_its_group_and_answers_to_the_usual_name(
    name: str, service: str
) -> None:
    made = named(endpoints(), name).inputs
    assert made["serviceName"] == f"com.amazonaws.us-east-1.{service}"
    assert (made["vpcId"], made["vpcEndpointType"], made["privateDnsEnabled"]) == ("vpc-1", "Interface", True)
    assert (made["subnetIds"], made["securityGroupIds"]) == (["subnet-a", "subnet-b"], ["sg-endpoints"])
    assert "routeTableIds" not in made


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_a_gateway_endpoint_is_entered_into_the_route_tables(service: str) -> None:
    made = named(endpoints(), f"endpoints-{service}").inputs
    assert made["serviceName"] == f"com.amazonaws.us-east-1.{service}"
    assert (made["vpcId"], made["vpcEndpointType"]) == ("vpc-1", "Gateway")
    assert made["routeTableIds"] == ["rtb-1", "rtb-2"]
    assert not made.keys() & {"subnetIds", "securityGroupIds", "privateDnsEnabled"}


@pytest.mark.parametrize("service", ["ecr.api", "logs", "s3", "dynamodb"])
def test_each_has_the_policy_of_its_service(service: Any) -> None:
    made = named(endpoints(), f"endpoints-{service.replace('.', '-')}").inputs["policy"]
    assert made == endpoint_policy(service, account_id="111111111111", region="us-east-1")
    assert json.loads(made)["Statement"]


def test_every_client_is_let_out_to_every_gateway_endpoint_by_its_prefix_list() -> None:
    graph = endpoints()
    rules = {rule.name: rule.inputs for rule in of_kind(graph, "SecurityGroupEgressRule")}
    assert rules.keys() == {f"endpoints-{client}-to-{s}-out" for client in ("ecs", "eks") for s in ("s3", "dynamodb")}
    for client in ("ecs", "eks"):
        for service in ("s3", "dynamodb"):
            rule = rules[f"endpoints-{client}-to-{service}-out"]
            assert rule["securityGroupId"] == f"sg-{client}"
            assert rule["prefixListId"] == named(graph, f"endpoints-{service}").outputs["prefixListId"]
            assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 443, 443)
    assert of_kind(graph, "SecurityGroupIngressRule") == []


def test_the_endpoints_are_published_by_service_and_interfaces_are_watched() -> None:
    made: list[Endpoints] = []
    graph = recorded(lambda ctx: made.append(Endpoints("endpoints", args(), ctx)))
    outputs = graph.of_type(Endpoints.TYPE)[0].outputs
    assert outputs["endpoint_ids"].keys() == {"ecr.api", "logs", "s3", "dynamodb"}
    assert [signal.key for signal in made[0].signals] == ["endpoint-ecr-api-drops", "endpoint-logs-drops"]
    for signal in made[0].signals:
        assert (signal.namespace, signal.metric) == ("AWS/PrivateLinkEndpoints", "PacketsDropped")
        assert signal.dimensions.keys() == {"Endpoint Type", "Service Name", "VPC Endpoint Id", "VPC Id"}


def test_gateway_endpoints_alone_need_neither_subnets_nor_a_group() -> None:
    graph = endpoints(services=("s3",), subnet_ids={}, group_id=None)
    assert [endpoint.name for endpoint in of_kind(graph, "VpcEndpoint")] == ["endpoints-s3"]


def test_interface_endpoints_alone_need_no_route_tables() -> None:
    graph = endpoints(services=("logs",), route_table_ids={})
    assert [endpoint.name for endpoint in of_kind(graph, "VpcEndpoint")] == ["endpoints-logs"]
    assert of_kind(graph, "SecurityGroupEgressRule") == []


def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"EndpointsArgs: ") as caught:
        args(services=("logs", "logs", "s4", "s3"), group_id=None, route_table_ids={})
    for expected in (
        "services: 's4' has no policy; one of ecr.api",
        "services: logs is given 2 times",
        "subnet_ids, group_id: not given; logs, logs, s4 need both",
        "route_table_ids: none given; s3 need at least one",
    ):
        assert expected in str(caught.value)


def test_no_service_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="EndpointsArgs: services: none given"):
        args(services=())
