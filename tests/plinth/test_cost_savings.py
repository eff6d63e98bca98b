"""What costs less than it would: Spot, off-hours, scaling, one gateway for all zones; and the baseline they are against."""

import json
from decimal import Decimal
from typing import Any

import pytest

from plinth.cost.quantity import Range
from plinth.engine.graph import Resource
from tests.plinth.cost_stacks import charge, costs, expected, gaps, made, urn_of

GROUP, TEMPLATE = "aws:autoscaling/group:Group", "aws:ec2/launchTemplate:LaunchTemplate"
SERVICE, TASK = "aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition"
TARGET = "aws:appautoscaling/target:Target"
HOUR, MEMORY = Decimal("0.04048"), Decimal("0.004445")
SPOT_HOUR, SPOT_MEMORY = Decimal("0.01334053"), Decimal("0.00146489")
OFFICE = (Decimal(730) * 65 / 168).quantize(Decimal("0.000001"))
"""Monday to Friday from 7 to 20."""


def template(**more: Any) -> Resource:
    devices = [{"ebs": {"volumeSize": 10, "volumeType": "gp3"}}]
    return made(TEMPLATE, "template", instanceType="t3.medium", blockDeviceMappings=devices, **more)


def group(**more: Any) -> Resource:
    refers = {"launchTemplate": (urn_of(TEMPLATE, "template"),), "mixedInstancesPolicy": (urn_of(TEMPLATE, "template"),)}
    return made(GROUP, "group", refers, minSize=1, maxSize=4, desiredCapacity=2, **more)


def task(**more: Any) -> Resource:
    return made(TASK, "task", cpu="256", memory="512", **more)


def service(**more: Any) -> Resource:
    return made(SERVICE, "web", {"taskDefinition": (urn_of(TASK, "task"),)}, desiredCount=2, **more)


def test_a_group_costs_between_its_least_and_its_most_machines() -> None:
    report = costs(group(), template())
    machine = Decimal(730) * Decimal("0.0416") + 10 * Decimal("0.08")
    assert report.total == Range(machine, 2 * machine, 4 * machine)
    assert charge(report, "t3.medium hours").kind == "scaling"
    assert charge(report, "t3.medium hours").working == "(1 to 4, expected 2) x 730 h x $0.0416"


def test_a_group_that_is_stopped_out_of_hours_costs_its_hours() -> None:
    refers = {"autoscalingGroupName": (urn_of(GROUP, "group"),)}
    token = "aws:autoscaling/schedule:Schedule"  # noqa: S105 (a type token)
    off = made(token, "off", refers, recurrence="0 20 * * 1-5", minSize=0, maxSize=0, desiredCapacity=0)
    on = made(token, "on", refers, recurrence="0 7 * * 1-5", minSize=1, maxSize=4, desiredCapacity=2)
    found = charge(costs(group(), template(), off, on), "t3.medium hours")
    assert found.cost.expected == 2 * OFFICE * Decimal("0.0416")
    assert found.baseline.expected == 2 * 730 * Decimal("0.0416")
    assert found.saving == "off-hours: 65 of 168 hours a week"


def test_a_schedule_that_is_not_understood_is_no_saving_and_no_price() -> None:
    refers = {"autoscalingGroupName": (urn_of(GROUP, "group"),)}
    off = made("aws:autoscaling/schedule:Schedule", "off", refers, recurrence="0 20 1 * *", maxSize=0)
    assert gaps(costs(group(), template(), off)) == ["its schedule '0 20 1 * *' is not understood"]


def test_a_mixed_group_pays_on_demand_for_its_base_and_spot_for_the_rest() -> None:
    policy = {
        "instancesDistribution": {"onDemandBaseCapacity": 1, "onDemandPercentageAboveBaseCapacity": 0},
        "launchTemplate": {"overrides": [{"instanceType": "t3.medium"}, {"instanceType": "t3a.medium"}]},
    }
    report = costs(group(mixedInstancesPolicy=policy), template())
    regular, spot = [one for one in report.charges if one.what == "t3.medium hours"]
    hour = Decimal("0.0416")
    assert (regular.cost, regular.saving) == (Range.of(730 * hour), "")
    assert spot.cost == Range(Decimal(0), 730 * hour * Decimal("0.33"), 3 * 730 * hour)
    assert (spot.baseline.expected, spot.saving) == (730 * hour, "Spot")
    assert spot.working.endswith("x $0.0416 x 0.33 (Spot)")
    assert regular.assumed == "all instances are t3.medium, the first of 2 types"


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:ec2/instance:Instance", {"instanceType": "t3.micro", "instanceMarketOptions": {"marketType": "spot"}}),
        ("aws:ec2/spotInstanceRequest:SpotInstanceRequest", {"instanceType": "t3.micro"}),
        (
            "aws:eks/nodeGroup:NodeGroup",
            {
                "instanceTypes": ["t3.micro"],
                "capacityType": "SPOT",
                "scalingConfig": {"minSize": 1, "desiredSize": 1, "maxSize": 1},
            },
        ),
    ],
)
def test_spot_machines_cost_a_share_between_a_tenth_and_all(token: str, inputs: dict[str, Any]) -> None:
    found = charge(costs(made(token, **inputs)), "t3.micro hours")
    whole = 730 * Decimal("0.0104")
    assert found.cost == Range(whole * Decimal("0.1"), whole * Decimal("0.33"), whole)
    assert found.baseline == Range.of(whole)
    assert {price.sku.sku for price in found.prices} == {
        "instance:t3.micro:linux:on-demand", "spot-share:low", "spot-share:expected", "spot-share:high"
    }  # fmt: skip


def test_tasks_cost_their_vcpu_and_memory() -> None:
    report = costs(service(launchType="FARGATE"), task())
    assert expected(report) == 2 * 730 * (HOUR / 4 + MEMORY / 2)
    assert charge(report, "task vCPU-hours").working == "2 x 730 h x 0.25 vCPU x $0.04048"


def test_a_service_that_says_nothing_of_where_it_runs_follows_the_strategy_of_its_cluster() -> None:
    cluster = "aws:ecs/cluster:Cluster"
    token = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"  # noqa: S105
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}]
    refers = {"taskDefinition": (urn_of(TASK, "task"),), "cluster": (urn_of(cluster, "main"),)}
    web = made(SERVICE, "web", refers, desiredCount=2)
    of_cluster = made(token, "it", {"clusterName": (urn_of(cluster, "main"),)}, defaultCapacityProviderStrategies=strategy)
    report = costs(web, task(), made(cluster, "main"), of_cluster)
    assert expected(report) == 2 * 730 * (HOUR / 4 + MEMORY / 2)
    without = costs(web, task(), made(cluster, "main"))
    assert (expected(without), without.free[SERVICE][1]) == (0, "its tasks run on instances, which are charged themselves")


def test_a_service_that_asks_for_no_task_is_free_with_that_reason() -> None:
    report = costs(made(SERVICE, "web", {"taskDefinition": (urn_of(TASK, "task"),)}, launchType="FARGATE"), task())
    assert list(report.charges) == []
    assert report.free[SERVICE] == (1, "no task runs: desiredCount is 0, which is its default")


def test_tasks_and_machines_with_public_addresses_pay_for_each() -> None:
    tasks = costs(service(launchType="FARGATE", networkConfiguration={"assignPublicIp": True}), task())
    assert charge(tasks, "public address hours").cost == Range.of(2 * 730 * Decimal("0.005"))
    public = template(networkInterfaces=[{"associatePublicIpAddress": "true"}])
    machines = costs(group(), public)
    assert charge(machines, "public address hours").cost == Range.of(1, 2, 4) * (730 * Decimal("0.005"))
    node = {"instanceTypes": ["t3.micro"], "scalingConfig": {"minSize": 2, "desiredSize": 2, "maxSize": 2}}
    launched = {"launchTemplate": (urn_of(TEMPLATE, "template"),)}
    for one, count in (
        (made("aws:ec2/instance:Instance", "it", launched), 1),
        (made("aws:eks/nodeGroup:NodeGroup", "it", launched, **node), 2),
    ):
        assert charge(costs(one, public), "public address hours").cost == Range.of(count * 730 * Decimal("0.005"))


def test_tasks_on_arm_have_prices_of_their_own_and_storage_above_what_is_included() -> None:
    arm = task(runtimePlatform={"cpuArchitecture": "ARM64"}, ephemeralStorage={"sizeInGib": 30})
    report = costs(service(launchType="FARGATE"), arm)
    assert expected(report) == 2 * 730 * (Decimal("0.03238") / 4 + Decimal("0.00356") / 2 + 10 * Decimal("0.000111"))


def test_a_service_whose_task_hands_traces_on_is_charged_for_them_and_no_other() -> None:
    sends = json.dumps([{"name": "collector", "environment": [{"name": "AOT_CONFIG_CONTENT", "value": '{"awsxray":{}}'}]}])
    usage = {"tracesMillion": Range.of(1, 5, 20)}
    silent, traced = (
        costs(service(launchType="FARGATE"), one, usage=usage) for one in (task(), task(containerDefinitions=sends))
    )
    assert "tracesMillion" in silent.unmetered
    assert charge(traced, "traces recorded").cost == Range.of(5, 25, 100)


def test_tasks_are_split_over_fargate_and_spot_by_their_weights() -> None:
    strategies = [{"capacityProvider": "FARGATE", "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
    report = costs(service(capacityProviderStrategies=strategies), task())
    regular, spot = 730 * (HOUR / 4 + MEMORY / 2), 730 * (SPOT_HOUR / 4 + SPOT_MEMORY / 2)
    assert expected(report) == 2 * (regular / 4 + 3 * spot / 4)
    assert report.baseline.expected == 2 * regular


def test_a_scaled_service_costs_between_its_least_and_its_most_tasks_in_its_hours() -> None:
    scaled = {"resourceId": (urn_of(SERVICE, "web"),)}
    target = made(TARGET, "target", scaled, minCapacity=1, maxCapacity=6)
    refers = {"resourceId": (urn_of(TARGET, "target"),)}
    token = "aws:appautoscaling/scheduledAction:ScheduledAction"  # noqa: S105
    off = made(
        token, "off", refers, schedule="cron(0 20 ? * MON-FRI *)", scalableTargetAction={"minCapacity": 0, "maxCapacity": 0}
    )
    on = made(token, "on", refers, schedule="cron(0 7 ? * MON-FRI *)", scalableTargetAction={"minCapacity": 1, "maxCapacity": 6})
    found = costs(service(launchType="FARGATE"), task(), target, off, on)
    one = OFFICE * (HOUR / 4 + MEMORY / 2)
    assert found.total == Range(one, 2 * one, 6 * one)
    assert found.baseline == Range.of(1, 2, 6) * (730 * (HOUR / 4 + MEMORY / 2))
    assert round(found.saved_percent) == round(100 * (1 - 65 / 168))


def test_a_service_is_found_by_its_name_where_a_plan_holds_names() -> None:
    report = costs(
        made(SERVICE, "web", name="web", launchType="FARGATE", taskDefinition="web:7", desiredCount=1),
        made(TASK, "task", family="web", cpu=256, memory=512),
        made(TARGET, "target", resourceId="service/main/web", minCapacity=1, maxCapacity=3),
    )
    one = 730 * (HOUR / 4 + MEMORY / 2)
    assert report.total == Range(one, one, 3 * one)


def network(gateways: int) -> list[Resource]:
    vpc = urn_of("aws:ec2/vpc:Vpc", "vpc")
    zones = "abc"
    subnets = [
        made("aws:ec2/subnet:Subnet", f"{tier}-{zone}", {"vpcId": (vpc,)}, availabilityZone=f"us-east-1{zone}")
        for tier in ("public", "private")
        for zone in zones
    ]
    nats = [
        made("aws:ec2/natGateway:NatGateway", f"nat-{zone}", {"subnetId": (urn_of("aws:ec2/subnet:Subnet", f"public-{zone}"),)})
        for zone in zones[:gateways]
    ]
    endpoint = made(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "endpoint",
        {"vpcId": (vpc,)},
        vpcEndpointType="Interface",
        subnetIds=list(zones[:gateways]),
    )
    return [made("aws:ec2/vpc:Vpc", "vpc"), *subnets, *nats, endpoint]


@pytest.mark.parametrize("gateways", [1, 2, 3])
def test_the_baseline_has_a_gateway_and_an_endpoint_in_every_zone(gateways: int) -> None:
    report = costs(*network(gateways))
    hour = Decimal("0.045") + Decimal("0.01")
    assert expected(report) == gateways * 730 * hour
    assert report.baseline == Range.of(3 * 730 * hour)
    assert report.saved_percent == Decimal(100) * (3 - gateways) / 3
    assert bool([one for one in report.charges if one.saving]) == (gateways < 3)
