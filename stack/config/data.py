"""`plinth:data`: what services keep, in memory and on its way."""

from collections.abc import Mapping

from pydantic import Field

from stack.config.caches import Broker, Redis
from stack.config.queues import Queue
from stack.config.section import Name, Section


class Data(Section):
    """What services keep, in memory and on its way."""

    redis: Redis = Field(description="The cache, which sessions are kept in as well.")
    broker: Broker = Field(
        description="What waits to be done by workers. Where it is off, who connects to `broker` gets the cache."
    )
    queues: Mapping[Name, Queue] = Field(description="Queues by what they are for.")
