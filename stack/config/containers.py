"""`plinth:containers`: what services on ECS share, and where images come from."""

from typing import Annotated, Literal

from pydantic import Field

from stack.config.section import Retention, Section, text
from stack.config.services import Image

PublicImage = Annotated[
    str,
    text(
        "a public image with a version, such as public.ecr.aws/docker/library/nginx:1.29-alpine",
        pattern=r"^[a-z0-9][a-z0-9.-]*(/[a-z0-9][a-z0-9._-]*)+:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
    ),
]


class Exec(Section):
    """Sessions in running containers."""

    enabled: bool = Field(
        description="Whether people may open a shell in a container, recorded. A container can write to its disk then."
    )


class Containers(Section):
    """What services on ECS share, and where images come from."""

    insights: Literal["enhanced", "enabled", "disabled"] = Field(
        description="What Container Insights measures: each container, each service, or nothing. Charged by the metric."
    )
    exec: Exec = Field(description="Sessions in running containers.")
    builds: bool = Field(
        description="Whether images may be built from folders of this repository. Whoever deploys the stack needs Docker then."
    )
    spot_percent: Annotated[int, Field(ge=0, le=100)] = Field(
        description="How many of the tasks of a service that prefers Spot run on it."
    )
    bake_minutes: Annotated[int, Field(ge=0, le=1440)] = Field(
        description="How long the old version stands by once the new one has all users, where versions take turns."
    )
    logs_retention_days: Retention = Field(description="How many days what containers say is kept.")
    keep_images: Annotated[int, Field(ge=1, le=1000)] = Field(description="How many versions of each image are kept.")
    untagged_days: Annotated[int, Field(ge=1, le=365)] = Field(
        description="After how many days an image without a tag is deleted."
    )
    placeholder: PublicImage = Field(description="What runs where an image is a `placeholder`: some version of nginx.")
    pgbouncer: Image = Field(description="What runs as the sidecar `pgbouncer`, said as that of a service is.")
