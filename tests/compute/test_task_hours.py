"""The hours in which tasks run."""

import pytest

from components.compute.task_hours import TaskHours, TaskHoursArgs
from components.core.hours import Hours
from tests.harness import named, of_kind, recorded

HOURS = Hours(timezone="Europe/Berlin", start="07:00", stop="20:00", days=("mon", "tue", "wed", "thu", "fri"))


@pytest.mark.requirement("CMP-20", part="tasks on ECS")
def test_out_of_hours_there_are_no_tasks_and_in_the_morning_as_many_as_before() -> None:
    args = TaskHoursArgs(resource_id="service/cluster/booking", hours=HOURS, least=1, most=4)
    graph = recorded(lambda ctx: TaskHours("hours-booking", args, ctx))
    stop, start = named(graph, "hours-booking-stop"), named(graph, "hours-booking-start")
    assert stop.inputs["scalableTargetAction"] == {"minCapacity": 0, "maxCapacity": 0}
    assert (stop.inputs["schedule"], stop.inputs["timezone"]) == ("cron(0 20 * * ? *)", "Europe/Berlin")
    assert start.inputs["scalableTargetAction"] == {"minCapacity": 1, "maxCapacity": 4}
    assert start.inputs["schedule"] == "cron(0 7 ? * 2,3,4,5,6 *)"
    assert {one.inputs["resourceId"] for one in of_kind(graph, "ScheduledAction")} == {"service/cluster/booking"}


def test_hours_without_an_end_and_limits_the_wrong_way_round_are_refused() -> None:
    none = Hours(timezone="UTC", start="07:00", stop="07:00", days=("mon",))
    with pytest.raises(
        ValueError, match=r"TaskHoursArgs: hours: they begin and end at 07:00.* \| least: 2 is not between 0 and 1"
    ):
        TaskHoursArgs(resource_id="x", hours=none, least=2, most=1)
