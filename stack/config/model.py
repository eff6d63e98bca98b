"""The whole configuration of a stack: one frozen object, a field for each section of the stack file."""

from pydantic import Field

from stack.config.account import Account
from stack.config.cost import Cost
from stack.config.networking import Networking
from stack.config.platform import Platform
from stack.config.section import Section

NAMESPACE = "plinth"
"""Every section is the key `plinth:<section>` under `config:` in Pulumi.<stack>.yaml."""


class StackConfig(Section):
    """All sections of a stack file."""

    platform: Platform = Field(description="Who owns the stack, where it lives, what happens to its data when it goes.")
    networking: Networking = Field(description="The private address space of the stack and its ways out.")
    account: Account = Field(description="What there is once in an account, however many stacks share it.")
    cost: Cost = Field(description="What the stack may cost, and how much it is used.")
