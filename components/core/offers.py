"""What a component offers to others, as data: rights (`Statement`), ports (`Ingress`) and what to watch (`Signal`).

The component only describes. One owner makes each kind real: the role maker its policy documents, `connect` the pair of
security-group rules, observability the alarms.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pulumi import Input

Conditions: TypeAlias = Mapping[str, Mapping[str, Input[str] | tuple[Input[str], ...]]]
"""When a statement applies, in IAM's own shape: operator -> key -> the value, or the values of which one must match."""

_SID = re.compile(r"[A-Za-z0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Rights: exact actions on exact resources.

    `sid` names the statement in its document, which then keeps it apart from all others. Raises ValueError for no action, no
    resource, an action with a wildcard, a bare `*` as resource where `because` does not say why it cannot be narrower, and a
    `sid` of other characters than letters and digits.
    """

    actions: tuple[str, ...]
    resources: tuple[Input[str], ...]
    conditions: Conditions = field(default_factory=dict[str, Mapping[str, Input[str] | tuple[Input[str], ...]]])
    because: str = ""
    sid: str = ""

    def __post_init__(self) -> None:
        if not self.actions or not self.resources:
            raise ValueError("a statement names at least one action and one resource")
        if wild := [action for action in self.actions if "*" in action]:
            raise ValueError(f"a statement names exact actions, not {', '.join(wild)}")
        if "*" in self.resources and not self.because:
            raise ValueError(f"{', '.join(self.actions)} on every resource needs a written reason (`because`)")
        if not _SID.fullmatch(self.sid):
            raise ValueError(f"{self.sid!r} cannot name a statement; letters and digits alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingress:
    """A port that a component listens on. `purpose` becomes the description of the rules that open it."""

    port: int
    purpose: str
    protocol: Literal["tcp", "udp"] = "tcp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A CloudWatch metric worth an alarm, and when it means trouble.

    Fires when `statistic` of the metric over each of `periods` periods of `period_seconds` is above (`over`) or below
    `threshold`. `meaning` says what the operator should understand. Metric names are those of the service's own reference.
    `region` is where the metric is, and so the alarm, if that is not the component's own region.
    """

    key: str
    namespace: str
    metric: str
    dimensions: Mapping[str, Input[str]]
    statistic: Literal["Average", "Maximum", "Minimum", "Sum"]
    threshold: float
    meaning: str
    over: bool = True
    period_seconds: int = 300
    periods: int = 1
    region: str = ""
