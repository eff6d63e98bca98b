"""Alarms on what other components say is worth one."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Output, ResourceOptions

from components.core.alarms import alarm
from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.offers import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsArgs:
    """What to watch. Raises ValueError where there is nothing, or a key is given twice."""

    signals: tuple[Signal, ...]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not self.signals:
            yield "signals: none given; at least one"
        for key, count in Counter(signal.key for signal in self.signals).items():
            if count > 1:
                yield f"signals: {key} is given {count} times; each key once"


class Alarms(Component):
    """An alarm for each signal, where its metric is.

    Creates: the alarms. They tell nobody yet: there are no topics.
    Costs: by the month for each alarm; more where it looks more often than once a minute.
    When not: for an alarm that something acts upon, such as a deployment or a policy of scaling: whoever acts makes it.
    """

    TYPE: ClassVar[str] = "plinth:observability:Alarms"

    alarm_arns: Mapping[str, Output[str]]

    def __init__(self, name: str, args: AlarmsArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self.alarm_arns = {signal.key: alarm(self, ctx, signal).arn for signal in args.signals}
        self.publish()
