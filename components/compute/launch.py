"""Launch templates: what each machine of a service is made of, from the image to the tags of its volumes."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pulumi import Input
from pulumi_aws import ec2

from components.compute.user_data import Start, user_data
from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context
from components.core.outputs import gather
from components.core.tagging import REQUIRED
from components.core.told import Told

PATCH_GROUP: Final = "PatchGroup"
"""The tag by which Patch Manager knows which baseline is a machine's (Systems Manager user guide, "Patch groups")."""
_ROOT: Final = "/dev/xvda"
"""The root device of images of Amazon Linux 2023."""
_TAGGED: Final = ("instance", "network-interface", "volume")
_HOPS: Final = 2
"""How far the answer of the metadata service gets: one more than to the machine, since the service runs in a container (EC2 user
guide, "Instance metadata options")."""
_SMALLEST_GB: Final = 8
"""The size of the image itself: a root volume cannot be smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchArgs:
    """What a machine is made of, and what it starts.

    `start` says what runs, in the container image `image`, and `told` what it is told, in the order of `start.told`. `types` are
    instance types, the preferred one first. `image_parameter` is the public parameter that names the newest image of the machine,
    read by AWS at each launch. `key_name` is the key pair that its console knows, None for none. `tags` are all the required
    ones: AWS gives a provider's default tags to the template, and not to what is launched from it. Raises ValueError that names
    every fault.
    """

    start: Start
    image: Input[str]
    told: tuple[Told, ...]
    types: tuple[str, ...]
    disk_gb: int
    image_parameter: str
    detailed_monitoring: bool
    profile_arn: Input[str]
    group_id: Input[str]
    key_arn: Input[str]
    key_name: Input[str] | None
    patch_group: str
    tags: Mapping[str, str]

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        if not self.types:
            yield "types: none given; at least one instance type"
        if self.disk_gb < _SMALLEST_GB:
            yield f"disk_gb: {self.disk_gb} is smaller than the image; at least {_SMALLEST_GB}"
        if not self.image_parameter.startswith("/"):
            yield f"image_parameter: {self.image_parameter!r} is no parameter; a path that begins with a slash"
        if missing := [key for key in REQUIRED if key not in self.tags]:
            yield f"tags: {', '.join(missing)} are missing; each of {', '.join(REQUIRED)}"
        if tuple(one.variable for one in self.told) != tuple(variable for variable, _ in self.start.told):
            yield "told: not what start.told names; the same variables in the same order"


def launch_template(owner: Component, ctx: Context, args: LaunchArgs) -> ec2.LaunchTemplate:
    """The launch template as a child of `owner`.

    Metadata by version 2 alone, an encrypted root volume, no public address, no open port: people get in by Session Manager.
    """
    name = f"{owner.pulumi_resource_name}-template"
    return ec2.LaunchTemplate(
        name,
        description=f"A machine that runs {args.start.service}",
        image_id=f"resolve:ssm:{args.image_parameter}",
        instance_type=args.types[0],
        update_default_version=True,
        user_data=_encoded(args),
        iam_instance_profile={"arn": args.profile_arn},
        key_name=args.key_name,
        ebs_optimized="true",
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": _HOPS,
            "instance_metadata_tags": "disabled",
        },
        monitoring={"enabled": args.detailed_monitoring},
        block_device_mappings=[
            {
                "device_name": _ROOT,
                "ebs": {
                    "volume_type": "gp3",
                    "volume_size": args.disk_gb,
                    "encrypted": "true",
                    "kms_key_id": args.key_arn,
                    "delete_on_termination": "true",
                },
            }
        ],
        network_interfaces=[
            {
                "device_index": 0,
                "associate_public_ip_address": "false",
                "delete_on_termination": "true",
                "security_groups": [args.group_id],
            }
        ],
        tag_specifications=[{"resource_type": kind, "tags": machine_tags(owner, ctx, args)} for kind in _TAGGED],
        region=ctx.region,
        tags=ctx.tagged(name),
        opts=owner.under(),
    )


def machine_tags(owner: Component, ctx: Context, args: LaunchArgs) -> dict[str, str]:
    """Every tag of what is launched: the required ones, a name, and the group that is patched together."""
    return {**args.tags, **ctx.tagged(owner.pulumi_resource_name), PATCH_GROUP: args.patch_group}


def _encoded(args: LaunchArgs) -> Input[str]:
    """Plain text where all of it is known, so that a plan shows what changes."""

    def encode(values: list[str]) -> str:
        return base64.b64encode(user_data(args.start, values[0], values[1:]).encode()).decode()

    values = [args.image, *(one.arn for one in args.told)]
    plain = [value for value in values if isinstance(value, str)]
    return encode(plain) if len(plain) == len(values) else gather(values).apply(encode)
