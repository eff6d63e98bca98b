"""What every component is told about the stack it is built in: small, frozen, the same for all."""

from dataclasses import dataclass, replace
from typing import Self

from pulumi import ProviderResource

from components.core import naming
from components.core.tagging import WORKLOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The stack, as a component sees it. No component learns more, and none learns what its environment's name means.

    `region` is where the component's resources live; it goes into the `region=` of each of them. `retain` says whether
    what holds data outlives its removal from the program. `config_key` is the part of the stack file that asked for the
    component (`plinth:networking`): kept in the component's state, so that a plan and a deployed stack both name it.
    `role_path` is where the stack's roles stand in the account, `boundary_arn` the policy that bounds them all, if any.
    `workload` is whose cost the component is: a tag, where it is not that of the whole platform.
    """

    project: str
    environment: str
    account_id: str
    region: str
    retain: bool
    provider: ProviderResource
    config_key: str = ""
    role_path: str = "/"
    boundary_arn: str = ""
    workload: str = ""

    def asked_by(self, config_key: str) -> Self:
        """The same for a component that `config_key` asks for."""
        return replace(self, config_key=config_key)

    def in_region(self, region: str) -> Self:
        """The same for a component in another region."""
        return replace(self, region=region)

    def serving(self, workload: str) -> Self:
        """The same for a component that is there for one workload; empty: for the whole platform."""
        return replace(self, workload=workload)

    def physical(self, service: str, resource: str, *, kind: str) -> str:
        """`naming.physical` for this stack."""
        return naming.physical(self.project, self.environment, service, resource, kind=kind)

    def role_arn(self, area: str, job: str) -> str:
        """The ARN of the stack's own role for `job` in `area`, known before the role exists."""
        return f"arn:aws:iam::{self.account_id}:role{self.role_path}{self.physical(area, job, kind='role')}"

    def tagged(self, name: str, **more: str) -> dict[str, str]:
        """The tags of the resource with logical name `name`: its `Name` and what it adds to the provider's default tags."""
        own = {WORKLOAD: self.workload} if self.workload else {}
        return {"Name": f"{self.project}-{self.environment}-{name}", **own, **more}
