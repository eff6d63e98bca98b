"""`plinth:cost`: what the stack may cost, and how much it is used: what no plan can say."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from stack.config.section import Section

Count = Annotated[int, Field(ge=0)]


class Figures(Section):
    """What is used in a quiet month, in a usual one and in a busy one."""

    low: Count = Field(description="In a quiet month.")
    expected: Count = Field(description="In a usual month.")
    high: Count = Field(description="In a busy month.")


class Usage(Section):
    """How much of what is charged by use is used in a month, by the whole stack."""

    nat_gb: Figures = Field(description="GB through all NAT gateways, both ways.")
    endpoint_gb: Figures = Field(description="GB through all interface endpoints.")
    egress_gb: Figures = Field(description="GB from the stack to the internet.")
    inter_zone_gb: Figures = Field(description="GB from one zone to another. Each is charged twice: going out and coming in.")
    logs_gb: Figures = Field(description="GB of logs that all log groups take in.")
    kms_requests_thousand: Figures = Field(description="Thousands of requests to all KMS keys.")
    secret_requests_thousand: Figures = Field(description="Thousands of requests to Secrets Manager.")
    dns_queries_thousand: Figures = Field(description="Thousands of queries to all hosted zones, private ones included.")
    vpn_connection_hours: Figures = Field(description="Hours that clients are connected to the VPN, all clients together.")
    database_backup_gb: Figures = Field(description="GB of backups of databases beyond their own size, which is free.")
    topic_requests_million: Figures = Field(description="Millions of messages published to topics.")
    images_gb: Figures = Field(description="GB of container images.")

    def figures(self) -> Iterator[tuple[str, Figures]]:
        """Each key, as the stack file spells it, with its figures."""
        for name, field in type(self).model_fields.items():
            yield str(field.alias), getattr(self, name)


class Cost(Section):
    """What the stack may cost, and how much it is used."""

    ceiling_usd_month: Annotated[int, Field(ge=1)] = Field(
        description="The most that the stack may be expected to cost a month, in USD. `plinth cost` fails above it."
    )
    usage: Usage = Field(description="How much is used in a month: what no plan can say. Estimates until a bill is there.")
