"""`plinth:data`: databases, caches and queues."""

from typing import Annotated

from pydantic import Field

from stack.config.databases import Database
from stack.config.section import Section, text


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
