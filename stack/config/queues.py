"""`plinth:data.queues`: messages on their way from one service to another, each with a place for those that nobody could take."""

from typing import Annotated

from pydantic import Field

from stack.config.section import Section


class Queue(Section):
    """One queue, with its dead letters."""

    visibility_seconds: Annotated[int, Field(ge=1, le=43_200)] = Field(
        description="For how long who takes a message has it alone: at least six times as long as a function may run."
    )
    retention_days: Annotated[int, Field(ge=1, le=13)] = Field(
        description="For how many days a message waits to be taken. Dead letters are kept for 14, from when they were sent."
    )
    receives: Annotated[int, Field(ge=1, le=1_000)] = Field(
        description="How often a message is taken in vain before it is a dead letter."
    )
