"""`plinth:keys`: what is encrypted with a key of its own."""

from typing import Annotated

from pydantic import Field

from components.security.purposes import Purpose
from stack.config.section import Section


class Copies(Section):
    """Keys that are there in another region as well."""

    standby: tuple[Purpose, ...] = Field(description="The keys that `regions.standby` has a copy of: what is replicated there.")
    vault: tuple[Purpose, ...] = Field(description="The keys that `regions.vault` has a copy of: what is backed up there.")


class Keys(Section):
    """What is encrypted with a key of its own, besides logs, which always are. Each key costs by the month."""

    purposes: tuple[Purpose, ...] = Field(
        description=(
            "What has a key of its own: `data` for databases, caches and queues, `storage` for buckets, volumes and images, "
            "`secrets`, `backup`, and `config` for the secrets in the stack file itself."
        )
    )
    deletion_days: Annotated[int, Field(ge=7, le=30)] = Field(
        description="For how many days the deletion of a key can be called off. What it encrypted is lost after that."
    )
    copies: Copies = Field(
        description="Keys that are there in another region as well. Decide before the first deployment: a copy needs a new key."
    )
