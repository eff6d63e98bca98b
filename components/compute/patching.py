"""Patches of machines: which are good, and when they are put on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from pulumi import Output, ResourceOptions
from pulumi_aws import ssm

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.hours import aws_cron
from components.core.offers import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.core.trust import ServiceTrust

_DOCUMENT: Final = "AWS-RunPatchBaseline"
_HOURS: Final = range(2, 25)
"""How long a window can be (Systems Manager API reference, CreateMaintenanceWindow, 1 to 24), less the hour before its end."""
_CUTOFF_HOURS: Final = 1
_SETTLED_DAYS: Final = 3
"""For how long others have tried a patch before we do; what is critical does not wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchingArgs:
    """Machines that carry the tag `tag` with the value `patch_group` are patched in a window of `hours`.

    It opens at `at`, five fields of Unix cron, by the clock of `timezone`. Raises ValueError that names every fault.
    """

    tag: str
    patch_group: str
    at: str
    timezone: str
    hours: int

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if self.tag not in ("PatchGroup", "Patch Group"):
            yield f"tag: {self.tag!r} is not what Patch Manager looks for; PatchGroup"
        if self.hours not in _HOURS:
            yield f"hours: {self.hours} is not possible; {_HOURS[0]} to {_HOURS[-1]}"
        if len(self.at.split(" ")) != 5:
            yield f"at: {self.at!r} is no time; five fields of cron"


class Patching(Component):
    """A weekly window, say, in which the machines of a stack are patched, one after the other.

    Creates: a baseline, which says which patches are good; a group for it; a window, its targets and its task, and the role that
    the task acts in.
    Costs: nothing.
    When not: where machines are replaced from a new image more often than that.

    A machine that needs to is restarted. One behind a load balancer is then out of it for a while, or replaced.
    """

    TYPE: ClassVar[str] = "plinth:compute:Patching"

    window_id: Output[str]
    baseline_id: Output[str]

    def __init__(self, name: str, args: PatchingArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        self._args = args
        self.baseline_id = self._baseline()
        self.window_id = self._window()
        self.publish()

    def _baseline(self) -> Output[str]:
        """Source of the filters: Systems Manager user guide, "Patch baseline rule examples" and the filters of Amazon Linux."""
        name, ctx = f"{self.pulumi_resource_name}-baseline", self._ctx
        baseline = ssm.PatchBaseline(
            name,
            description="Security updates at once, fixes of bugs once others have tried them",
            operating_system="AMAZON_LINUX_2023",
            approval_rules=[
                {
                    "approve_after_days": 0,
                    "compliance_level": "CRITICAL",
                    "patch_filters": [
                        {"key": "CLASSIFICATION", "values": ["Security"]},
                        {"key": "SEVERITY", "values": ["Critical", "Important"]},
                    ],
                },
                {
                    "approve_after_days": _SETTLED_DAYS,
                    "compliance_level": "MEDIUM",
                    "patch_filters": [{"key": "CLASSIFICATION", "values": ["Security", "Bugfix"]}],
                },
            ],
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )
        ssm.PatchGroup(
            f"{self.pulumi_resource_name}-group",
            baseline_id=baseline.id,
            patch_group=self._args.patch_group,
            region=ctx.region,
            opts=self.under(),
        )
        return baseline.id

    def _window(self) -> Output[str]:
        args, ctx, name = self._args, self._ctx, f"{self.pulumi_resource_name}-window"
        window = ssm.MaintenanceWindow(
            name,
            description="Patches of machines",
            schedule=aws_cron(args.at),
            schedule_timezone=args.timezone,
            duration=args.hours,
            cutoff=_CUTOFF_HOURS,
            allow_unassociated_targets=False,
            region=ctx.region,
            tags=ctx.tagged(name),
            opts=self.under(),
        )
        targets = ssm.MaintenanceWindowTarget(
            f"{self.pulumi_resource_name}-targets",
            window_id=window.id,
            resource_type="INSTANCE",
            description="Every machine that carries the tag of its patch group",
            targets=[{"key": f"tag:{args.tag}", "values": [args.patch_group]}],
            region=ctx.region,
            opts=self.under(),
        )
        ssm.MaintenanceWindowTask(
            f"{self.pulumi_resource_name}-task",
            window_id=window.id,
            task_type="RUN_COMMAND",
            task_arn=_DOCUMENT,
            description="Installs what the baseline approves",
            service_role_arn=self._role().ready_arn,
            max_concurrency="1",  # one after the other, and no more once one fails
            max_errors="0",
            priority=1,
            cutoff_behavior="CONTINUE_TASK",
            targets=[{"key": "WindowTargetIds", "values": [targets.id]}],
            task_invocation_parameters={
                "run_command_parameters": {
                    "timeout_seconds": 600,
                    "parameters": [
                        {"name": "Operation", "values": ["Install"]},
                        {"name": "RebootOption", "values": ["RebootIfNeeded"]},
                    ],
                }
            },
            region=ctx.region,
            opts=self.under(),
        )
        return window.id

    def _role(self) -> ServiceRole:
        """Source: Systems Manager user guide, "Control access to maintenance windows": its policy, but for what a command is."""
        ctx, args = self._ctx, self._args
        own = f"{ctx.region}:{ctx.account_id}"
        statements = (
            Statement(
                sid="Document", actions=("ssm:SendCommand",), resources=(f"arn:aws:ssm:{ctx.region}::document/{_DOCUMENT}",)
            ),
            Statement(
                sid="Machines",
                actions=("ssm:SendCommand",),
                resources=(f"arn:aws:ec2:{own}:instance/*",),
                conditions={"StringEquals": {f"ssm:resourceTag/{args.tag}": args.patch_group}},
            ),
            Statement(
                sid="Progress",
                actions=(
                    "ssm:CancelCommand",
                    "ssm:GetCommandInvocation",
                    "ssm:ListCommandInvocations",
                    "ssm:ListCommands",
                    "tag:GetResources",
                ),
                resources=("*",),
                because="a command that runs is no resource, and whoever looks for machines by their tags does not know them yet",
            ),
        )
        return ServiceRole(
            f"{self.pulumi_resource_name}-window-role",
            ServiceRoleArgs(
                trust=ServiceTrust(service="ssm.amazonaws.com", source_arn=f"arn:aws:ssm:{own}:*"),
                statements=statements,
                purpose="Patches machines in the maintenance window",
                area="machines",
                job="patching",
            ),
            ctx,
            self.under(),
        )
