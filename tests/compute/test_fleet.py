"""Fleets: that they replace themselves, and how many machines they have."""

from typing import Any

import pytest

from components.compute.fleet import Fleet
from components.compute.fleet_scaling import FleetScaling, Peak
from components.core.context import Context
from components.core.hours import Hours
from plinth.engine.graph import Graph, Resource
from tests.compute.machines import TAGS, built, fleet, route
from tests.harness import named, of_kind, recorded

HOURS = Hours(timezone="Europe/Berlin", start="07:00", stop="20:00", days=("mon", "tue"))


def scaling(**changed: Any) -> FleetScaling:
    given: dict[str, Any] = {"least": 2, "most": 6, "timezone": "UTC", "cpu_percent": 60}
    return FleetScaling(**given | changed)


def group(**changed: Any) -> Resource:
    return named(built(**changed), "fleet-websocket-group")


def policies(graph: Graph) -> dict[str, Any]:
    return {
        policy.name.removeprefix("fleet-websocket-"): policy.inputs for policy in graph.of_type("aws:autoscaling/policy:Policy")
    }


# How it replaces itself


@pytest.mark.requirement("CMP-22", part="behind a load balancer its health counts")
def test_health_is_that_of_the_load_balancer_where_there_is_one_and_of_the_machine_elsewhere() -> None:
    assert group().inputs["healthCheckType"] == "EC2"
    assert "targetGroupArns" not in group().inputs
    behind = group(routed=lambda: route(stream=True)).inputs
    assert behind["healthCheckType"] == "ELB"
    assert behind["targetGroupArns"] == ["arn:target-group", "arn:stream"]


@pytest.mark.requirement("CMP-05", part="instances are refreshed a few at a time")
def test_a_new_template_or_tag_replaces_machines_a_few_at_a_time_and_none_before_a_new_one_is_well() -> None:
    refresh = group().inputs["instanceRefresh"]
    assert (refresh["strategy"], refresh["triggers"]) == ("Rolling", ["tag"])
    preferences = refresh["preferences"]
    assert (preferences["minHealthyPercentage"], preferences["maxHealthyPercentage"]) == (100, 150)
    specification = group().inputs["mixedInstancesPolicy"]["launchTemplate"]["launchTemplateSpecification"]
    assert specification["version"].isdigit()


def test_no_refresh_asks_for_a_rollback_that_aws_refuses_where_a_parameter_names_the_image() -> None:
    """EC2 Auto Scaling API reference, `RefreshPreferences`: not with a launch template that uses a Systems Manager parameter."""
    graph = built()
    assert named(graph, "fleet-websocket-template").inputs["imageId"].startswith("resolve:ssm:")
    assert "autoRollback" not in named(graph, "fleet-websocket-group").inputs["instanceRefresh"]["preferences"]


@pytest.mark.requirement("CMP-01", part="never two of one")
def test_a_fleet_of_one_never_has_two() -> None:
    one = group(scaling=scaling(least=1, most=1, cpu_percent=None)).inputs
    assert (one["minSize"], one["maxSize"], one["desiredCapacity"]) == (1, 1, 1)
    assert one["instanceMaintenancePolicy"] == {"minHealthyPercentage": 0, "maxHealthyPercentage": 100}
    assert one["instanceRefresh"]["preferences"]["maxHealthyPercentage"] == 100


def test_a_machine_begins_its_work_when_its_service_answers() -> None:
    (hook,) = group().inputs["initialLifecycleHooks"]
    assert (hook["name"], hook["defaultResult"]) == ("ready", "ABANDON")
    assert hook["lifecycleTransition"] == "autoscaling:EC2_INSTANCE_LAUNCHING"


def test_how_many_there_are_is_left_to_scaling_once_the_group_is_there() -> None:
    assert group().options.ignore_changes == ("desiredCapacity",)
    assert group().inputs["name"] == "plinth-test-websocket-machines"


def test_every_tag_goes_on_to_what_is_launched() -> None:
    tags = group().inputs["tags"]
    assert all(tag["propagateAtLaunch"] for tag in tags)
    given = {tag["key"]: tag["value"] for tag in tags}
    assert given == {**TAGS, "Name": "plinth-test-fleet-websocket", "PatchGroup": "plinth-test-machines-patches"}


@pytest.mark.requirement("CMP-21", part="the mixed instances of a group")
@pytest.mark.parametrize("percent", [0, 70])
def test_types_and_the_share_of_spot_are_those_that_were_asked_for(percent: int) -> None:
    inputs = group(spot_percent=percent).inputs
    mixed = inputs["mixedInstancesPolicy"]
    assert [one["instanceType"] for one in mixed["launchTemplate"]["overrides"]] == ["t3.small", "t3a.small"]
    assert mixed["instancesDistribution"]["onDemandPercentageAboveBaseCapacity"] == 100 - percent
    assert mixed["instancesDistribution"]["spotAllocationStrategy"] == "price-capacity-optimized"
    assert inputs["capacityRebalance"] is bool(percent)


def test_it_is_watched_for_too_few_machines_no_cpu_left_and_failed_checks() -> None:
    found: list[Fleet] = []

    def build(ctx: Context) -> None:
        found.append(Fleet("fleet-websocket", fleet(), ctx))

    recorded(build)
    signals = {one.key: (one.metric, one.threshold, one.over) for one in found[0].signals}
    assert signals == {
        "fleet-websocket-too-few": ("GroupInServiceInstances", 2, False),
        "fleet-websocket-busy": ("CPUUtilization", 90, True),
        "fleet-websocket-ill": ("StatusCheckFailed", 0, True),
    }


def test_its_log_group_has_the_name_that_its_role_and_its_script_know() -> None:
    records = named(built(), "fleet-websocket-records").inputs
    assert (records["name"], records["retentionInDays"]) == ("plinth-test-websocket-machine", 30)


# How many there are


@pytest.mark.requirement("CMP-05", part="target tracking on CPU")
def test_load_is_kept_to_by_cpu_and_where_asked_by_requests() -> None:
    by_cpu = policies(built())
    assert by_cpu.keys() == {"by-cpu"}
    target = by_cpu["by-cpu"]["targetTrackingConfiguration"]
    assert target["targetValue"] == 60
    assert target["predefinedMetricSpecification"] == {"predefinedMetricType": "ASGAverageCPUUtilization"}
    by_both = policies(built(scaling=scaling(requests_per_target=600), routed=route))
    assert by_both["by-requests"]["targetTrackingConfiguration"]["predefinedMetricSpecification"] == {
        "predefinedMetricType": "ALBRequestCountPerTarget",
        "resourceLabel": "app/x/1/targetgroup/y/2",
    }


def test_a_fleet_of_a_fixed_size_has_no_policy() -> None:
    assert policies(built(scaling=scaling(least=1, most=1, cpu_percent=None))) == {}


@pytest.mark.requirement("CMP-17", part="groups of machines")
def test_steps_have_an_alarm_that_takes_them() -> None:
    graph = built(scaling=scaling(steps=True))
    steps = policies(graph)["steps"]
    assert steps["policyType"] == "StepScaling"
    assert [
        (step["metricIntervalLowerBound"], step.get("metricIntervalUpperBound"), step["scalingAdjustment"])
        for step in steps["stepAdjustments"]
    ] == [("0", "10", 50), ("10", None, 100)]
    (alarm,) = of_kind(graph, "MetricAlarm")
    assert alarm.inputs["threshold"] == 80
    assert alarm.inputs["alarmActions"] == [named(graph, "fleet-websocket-steps").outputs["arn"]]


@pytest.mark.requirement("CMP-18", part="groups of machines")
@pytest.mark.parametrize(("word", "mode"), [("forecast", "ForecastOnly"), ("scale", "ForecastAndScale")])
def test_a_forecast_is_looked_at_first_and_acted_upon_where_asked(word: str, mode: str) -> None:
    configuration = policies(built(scaling=scaling(predictive=word)))["forecast"]["predictiveScalingConfiguration"]
    assert configuration["mode"] == mode
    assert configuration["metricSpecification"]["targetValue"] == 60


@pytest.mark.requirement("CMP-16", part="groups of machines")
def test_peaks_change_the_range_and_leave_the_number_to_the_load() -> None:
    peak = Peak(at="0 7 * * 1-5", least=3, most=8)
    (schedule,) = of_kind(built(scaling=scaling(peaks=(peak,), timezone="Europe/Berlin")), "Schedule")
    assert schedule.name == "fleet-websocket-peak-0-7-any-any-1to5"
    assert schedule.inputs["recurrence"] == "0 7 * * 1-5"
    assert schedule.inputs["timeZone"] == "Europe/Berlin"
    assert [schedule.inputs[key] for key in ("minSize", "maxSize", "desiredCapacity")] == [3, 8, -1]


@pytest.mark.requirement("CMP-20", part="groups of machines")
def test_out_of_hours_there_are_none_and_in_the_morning_as_many_as_before() -> None:
    found = {one.name.rpartition("-")[2]: one.inputs for one in of_kind(built(scaling=scaling(hours=HOURS)), "Schedule")}
    sizes = {key: [inputs[size] for size in ("minSize", "maxSize", "desiredCapacity")] for key, inputs in found.items()}
    assert sizes == {"stop": [0, 0, 0], "start": [2, 6, 2]}
    assert (found["stop"]["recurrence"], found["start"]["recurrence"]) == ("0 20 * * *", "0 7 * * 1,2")
    assert {inputs["timeZone"] for inputs in found.values()} == {"Europe/Berlin"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"service": "Web Socket"}, r"FleetArgs: service: 'Web Socket' is no name"),
        ({"spot_percent": 101}, r"FleetArgs: spot_percent: 101 is no share; 0 to 100"),
        ({"subnet_ids": {}}, r"FleetArgs: subnet_ids: none given"),
        ({"retention_days": 2}, r"FleetArgs: retention_days: 2 is not possible"),
        ({"scaling": scaling(least=3, most=2)}, r"FleetArgs: scaling: 3 to 2 is no range"),
        ({"scaling": scaling(cpu_percent=None, steps=True)}, r"FleetArgs: scaling.steps: by which CPU is not said"),
        ({"scaling": scaling(requests_per_target=5)}, r"FleetArgs: scaling.requests_per_target: no requests get to it"),
        (
            {"scaling": scaling(peaks=(Peak(at="noon", least=1, most=2),))},
            r"FleetArgs: scaling.peaks: 'noon' with 1 to 2 is none",
        ),
        (
            {"scaling": scaling(peaks=(Peak(at="0 7 * * *", least=1, most=2), Peak(at="0 7 * * *", least=2, most=2)))},
            r"FleetArgs: scaling.peaks: two at the same time",
        ),
    ],
)
def test_what_cannot_be_a_fleet_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fleet(**changed)
