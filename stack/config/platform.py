"""`plinth:platform`: who owns the stack, where it lives, what happens to its data when it goes."""

from typing import Annotated, Literal

from pydantic import Field

from components.networking.layout import ZONE_PATTERN
from stack.config.section import Section, text

PLACEHOLDER_ACCOUNT = "000000000000"
"""The account of a stack file that was never deployed. It plans; it is refused by `pulumi up`."""

AccountId = Annotated[
    str,
    text('the twelve digits of an AWS account, quoted; "000000000000" plans but cannot be deployed', pattern=r"^[0-9]{12}$"),
]
Region = Annotated[str, text("an AWS region such as us-east-1", pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")]
Zone = Annotated[str, text("an availability zone, a to i, such as us-east-1a", pattern=ZONE_PATTERN)]
Zones = Annotated[tuple[Zone, ...], Field(min_length=2, max_length=6)]
TagValue = Annotated[
    str,
    text(
        "a quoted text of 1 to 256 letters, digits, spaces and _ . : / = + - @ (the form of an AWS tag value)",
        pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,256}$",
    ),
]


class Regions(Section):
    """The regions of the stack, each with its part."""

    home: Region = Field(description="Where the platform lives.")
    standby: Region = Field(description="Where a warm standby of it is kept, if any.")
    vault: Region = Field(description="Where copies of backups are kept.")


class Platform(Section):
    """Who owns the stack, where it lives, what happens to its data when it goes."""

    owner: TagValue = Field(description="The team that answers for the stack. Tag `owner` of every resource.")
    cost_centre: TagValue = Field(description="Who pays for the stack. Tag `cost-centre` of every resource.")
    account_id: AccountId = Field(description="The only AWS account this stack may be deployed to.")
    regions: Regions = Field(description="The regions of the stack.")
    zones: Zones = Field(
        description=(
            "The zones of the home region that get subnets. What lives in fewer zones than these lives in the first ones; "
            "adding or removing a zone renumbers nothing."
        ),
    )
    deletion: Literal["destroy", "retain"] = Field(
        description=(
            "What becomes of resources that hold data when they leave the program: `retain` protects them from deletion and "
            "leaves them in the account, `destroy` deletes them."
        ),
    )
