"""`plinth:account`: what there is once in an account, however many stacks share it."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from stack.config.identity import Claim, Issuer
from stack.config.section import Name, Section


class Passwords(Section):
    """What the passwords of people must be, for those few who have one."""

    min_length: Annotated[int, Field(ge=8, le=128)] = Field(description="The least number of characters.")
    remembered: Annotated[int, Field(ge=1, le=24)] = Field(description="How many earlier passwords may not be used again.")
    max_age_days: Annotated[int, Field(ge=1, le=1095)] = Field(description="After how many days a password must be changed.")


class IdentityProvider(Section):
    """Whose tokens the account believes. Which role a token may take, each role says itself."""

    issuer: Issuer = Field(description="Who issues the tokens.")
    audience: Claim = Field(description="Whom they must be meant for: their claim `aud`.")


class Singletons(Section):
    """What can exist only once in an account."""

    enabled: bool = Field(
        description=(
            "Whether this stack makes what there can be only one of in its account: the password policy, the group of "
            "administrators, the access analyzer, identity providers. One stack of each account does; the others live with it."
        )
    )
    passwords: Passwords = Field(description="What the passwords of people must be.")
    identity_providers: Mapping[Name, IdentityProvider] = Field(
        description="Whose tokens the account believes, by any name: pipelines and other systems outside of AWS."
    )


class Account(Section):
    """What there is once in an account, however many stacks share it."""

    singletons: Singletons = Field(description="What can exist only once in an account.")
