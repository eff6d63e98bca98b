"""`plinth:machines`: what all machines have in common, whatever service they run."""

from typing import Annotated

from pydantic import Field

from stack.config.section import Retention, Section, text
from stack.config.services import Cron


class Patching(Section):
    """When patches are put on."""

    enabled: bool = Field(description="Whether machines are patched where they stand, besides being replaced once a month.")
    at: Cron = Field(description="When the window opens, in the time zone of `schedule`; best when machines are at work.")
    hours: Annotated[int, Field(ge=2, le=24)] = Field(
        description="How long it is open, in hours. In the last of them nothing is begun."
    )


class Machines(Section):
    """What all machines have in common."""

    image_parameter: Annotated[
        str,
        text(
            "a public parameter with the id of an image of Amazon Linux 2023, such as "
            "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
            pattern=r"^/[A-Za-z0-9_./-]+$",
            max_length=200,
        ),
    ] = Field(description="The parameter that names the image of machines. AWS reads it at each launch.")
    detailed_monitoring: bool = Field(description="Whether the metrics of machines are measured by the minute, at a price.")
    ssh_public_key: Annotated[
        str,
        text(
            'a public key such as ssh-ed25519 AAAA... ann, or "" for none',
            pattern=r"^((ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]+={0,3}( \S+)?)?$",
            max_length=1000,
        ),
    ] = Field(
        description="The key pair of machines. No port is opened for it: people get in by Session Manager, which needs none."
    )
    logs_retention_days: Retention = Field(description="How long what machines and scaling log is kept, in days.")
    patching: Patching = Field(description="When patches are put on.")
