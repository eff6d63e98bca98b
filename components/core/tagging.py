"""Tags, as pure data: which keys every taggable resource carries, and their values for a stack."""

from collections.abc import Mapping
from types import MappingProxyType

PROJECT, ENVIRONMENT, OWNER, COST_CENTRE = "project", "environment", "owner", "cost-centre"
WORKLOAD, MANAGED_BY, BACKUP, SCHEDULE = "workload", "managed-by", "backup", "schedule"

REQUIRED: tuple[str, ...] = (PROJECT, ENVIRONMENT, OWNER, COST_CENTRE, WORKLOAD, MANAGED_BY, BACKUP, SCHEDULE)
"""The keys on every taggable resource. A component overrides `workload`, `backup` and `schedule` where it knows better."""


def default_tags(*, project: str, environment: str, owner: str, cost_centre: str) -> Mapping[str, str]:
    """The provider's default tags: every required key, so that nothing can be created without one.

    AWS drops them for what an Auto Scaling group or a launch template makes; such components repeat them explicitly.
    """
    return MappingProxyType(
        {
            PROJECT: project,
            ENVIRONMENT: environment,
            OWNER: owner,
            COST_CENTRE: cost_centre,
            WORKLOAD: "platform",
            MANAGED_BY: "pulumi",
            BACKUP: "none",
            SCHEDULE: "always",
        }
    )
