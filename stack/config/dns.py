"""`plinth:dns`: the public name of the stack."""

from typing import Annotated

from pydantic import Field

from stack.config.section import Section, text

PublicDomain = Annotated[
    str,
    text(
        'a domain name in lower case, such as dev.example.org, or "" for none',
        pattern=r"^(([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})?$",
        max_length=253,
    ),
]


class Dns(Section):
    """The public name of the stack."""

    domain: PublicDomain = Field(description="What its public names end in. Without one the stack has no public names.")
