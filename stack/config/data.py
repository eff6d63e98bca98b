"""`plinth:data`: databases, caches and queues."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from stack.config.caches import Broker, Redis
from stack.config.databases import Database
from stack.config.queues import Queue
from stack.config.section import Name, Section, text


class Logins(Section):
    """The task that makes the users of services in the databases."""

    image_tag: Annotated[
        str, text("the tag of an image, such as 1", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", max_length=128)
    ] = Field(description="Which image of images/logins it runs. A new image gets a new tag.")


class Data(Section):
    """Databases, caches and queues."""

    postgres: Database = Field(description="PostgreSQL.")
    mysql: Database = Field(description="MySQL.")
    logins: Logins = Field(description="The task that makes the users of services in the databases.")
    redis: Redis = Field(description="The cache, which sessions are kept in as well.")
    broker: Broker = Field(
        description="What waits to be done by workers. Where it is off, who connects to `broker` gets the cache."
    )
    queues: Mapping[Name, Queue] = Field(description="Queues by what they are for.")
