"""`plinth:observability`: what is to be seen of what runs."""

from pydantic import Field

from stack.config.containers import PublicImage
from stack.config.section import Section
from stack.config.services import Percent


class Tracing(Section):
    """The way of single requests through services, in X-Ray."""

    enabled: bool = Field(
        description=(
            "Whether services on ECS that requests are led to have a collector beside them, and are told to send it traces. "
            "Traces are charged by the million."
        )
    )
    sample_percent: Percent = Field(description="How many of the requests are traced that no other service has decided on.")
    collector: PublicImage = Field(description="What runs as the collector: some version of AWS Distro for OpenTelemetry.")


class Observability(Section):
    """What is to be seen of what runs."""

    tracing: Tracing = Field(description="The way of single requests through services.")
