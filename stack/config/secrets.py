"""`plinth:secrets`: what must not be seen, where it is kept, and who makes it up."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from stack.config.section import Name, Section, text

KeptIn = Literal["secrets-manager", "parameter-store"]
_KEPT_IN = (
    "`secrets-manager` for what is to rotate, by the month for each; `parameter-store` for what stays as it is, at no cost. "
    "Encrypted either way."
)
Username = Annotated[
    str,
    text(
        'up to 16 lower-case letters, digits and underscores, a letter first, or "" for none',
        pattern=r"^([a-z][a-z0-9_]{0,15})?$",
    ),
]


class GeneratedSecret(Section):
    """A secret that nobody ever types."""

    kept_in: KeptIn = Field(description=_KEPT_IN)
    length: Annotated[int, Field(ge=16, le=128)] = Field(
        description="How many letters and digits. Another length makes another value."
    )
    username: Username = Field(description="The user whose password it is: the secret then holds both. None: an empty text.")


class GivenSecret(Section):
    """A secret that somebody else issued."""

    kept_in: KeptIn = Field(description=_KEPT_IN)


class Secrets(Section):
    """What must not be seen, where it is kept, and who makes it up."""

    recovery_days: Annotated[int, Field(ge=7, le=30)] = Field(
        description="For how many days a deleted secret of Secrets Manager can be had back. Its name is taken that long."
    )
    generated: Mapping[Name, GeneratedSecret] = Field(description="Secrets that are made up once, at the first deployment.")
    given: Mapping[Name, GivenSecret] = Field(
        description=(
            "Secrets that somebody else issued: set each by `pulumi config set --secret credentials:<name>`. Without a value it "
            "plans, and is deployed as long as no service reads it."
        )
    )
