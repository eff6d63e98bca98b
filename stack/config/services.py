"""`plinth:services`: what runs on the platform, and what each service needs of it."""

from typing import Annotated

from pydantic import Field

from components.core.needs import Need
from components.security.runtimes import Runtime
from stack.config.section import Section, text

Target = Annotated[
    str,
    text(
        "something that the stack has, such as postgres or secret.google-oauth",
        pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$",
        max_length=80,
    ),
]
Word = Annotated[str, text("a word for what is done with it, such as read or connect", pattern=r"^[a-z]+$", max_length=20)]
Prefix = Annotated[
    str,
    text(
        "the beginning of the names of objects, without wildcards, such as uploads/",
        pattern=r"^[A-Za-z0-9!_.()/=-]*$",
        max_length=512,
    ),
]


class Access(Section):
    """One thing that is needed: all rights, connections and keys that it takes follow from it."""

    to: Target = Field(description="What is needed: `postgres`, `secret.google-oauth`, `key.data`.")
    verb: Word = Field(alias="as", description="What is done with it. Which words there are depends on what it is.")
    prefix: Prefix = Field(
        default="", description="Only what begins with this, in a thing that holds others. May be left out: everything in it."
    )

    @property
    def need(self) -> Need:
        """The entry as components know it."""
        return Need(to=self.to, verb=self.verb, prefix=self.prefix)


class Service(Section):
    """One service."""

    runs_on: Runtime = Field(
        description="Where it runs: containers on `ecs`, machines on `ec2`, a function on `lambda`. Decides who takes its role."
    )
    access: tuple[Access, ...] = Field(description="What it needs of the rest. It may do nothing else.")
