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
    load_balancer_unit_hours: Figures = Field(
        description="Capacity units of all load balancers, times the hours of the month: 730 is one unit all month."
    )
    logs_gb: Figures = Field(description="GB of logs that all log groups take in.")
    kms_requests_thousand: Figures = Field(description="Thousands of requests to all KMS keys.")
    secret_requests_thousand: Figures = Field(description="Thousands of requests to Secrets Manager.")
    dns_queries_thousand: Figures = Field(description="Thousands of queries to all hosted zones, private ones included.")
    vpn_connection_hours: Figures = Field(description="Hours that clients are connected to the VPN, all clients together.")
    cache_backup_gb: Figures = Field(description="GB of backups of all caches.")
    queue_requests_million: Figures = Field(description="Millions of requests to all queues.")

    s3_gb: Figures = Field(description="GB that all buckets hold, copies included, before anything has moved to a cheaper class.")
    s3_infrequent_gb: Figures = Field(description="GB in S3 Standard-IA.")
    s3_tiering_objects_thousand: Figures = Field(description="Thousands of objects in S3 Intelligent-Tiering.")
    s3_instant_gb: Figures = Field(description="GB in S3 Glacier Instant Retrieval.")
    s3_glacier_gb: Figures = Field(description="GB in S3 Glacier Flexible Retrieval.")
    s3_archive_gb: Figures = Field(description="GB in S3 Glacier Deep Archive.")
    s3_writes_thousand: Figures = Field(description="Thousands of requests that write to or list buckets.")
    s3_reads_thousand: Figures = Field(description="Thousands of requests that read from buckets.")

    file_system_gb: Figures = Field(description="GB in the Standard class of all file systems.")
    file_system_cold_gb: Figures = Field(description="GB in the Infrequent Access class of all file systems.")
    file_system_read_gb: Figures = Field(description="GB read from file systems with elastic throughput.")
    file_system_write_gb: Figures = Field(description="GB written to file systems with elastic throughput.")
    file_system_backup_gb: Figures = Field(description="GB of backups of all file systems.")
    custom_metrics: Figures = Field(description="Metrics of our own and of Container Insights, all services together.")
    images_gb: Figures = Field(description="GB of container images that are kept, all registries together.")
    database_backup_gb: Figures = Field(description="GB of backups of databases beyond their own size, which is free.")
    topic_requests_million: Figures = Field(description="Millions of messages published to topics.")
    traces_million: Figures = Field(description="Millions of traces recorded, all services together.")

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
