"""What one component may know of another: read-only Protocols, satisfied by shape.

A component folder never imports its sibling. It asks for one of these; the owned component satisfies it, and so does a
frozen stand-in in a test or for a thing that exists already and is only adopted.
"""

from collections.abc import Mapping
from typing import Protocol

from pulumi import Output


class PrivateNetwork(Protocol):
    """A private address space. Every mapping is keyed by zone (`us-east-1a`), never by position."""

    @property
    def vpc_id(self) -> Output[str]:
        """The VPC."""
        ...

    @property
    def public_subnet_ids(self) -> Mapping[str, Output[str]]:
        """Subnets with a route to the internet gateway, one a zone."""
        ...

    @property
    def private_subnet_ids(self) -> Mapping[str, Output[str]]:
        """Subnets that reach out through NAT, if at all, one a zone."""
        ...

    @property
    def database_subnet_ids(self) -> Mapping[str, Output[str]]:
        """Subnets with no route out, one a zone."""
        ...

    @property
    def workload_zones(self) -> tuple[str, ...]:
        """The zones in which workloads run: some or all of the zones that have subnets."""
        ...


class ServiceRegistry(Protocol):
    """Where services register the names by which others find them."""

    @property
    def namespace_id(self) -> Output[str]:
        """The namespace in which a service is registered."""
        ...

    @property
    def namespace_arn(self) -> Output[str]:
        """The same by its ARN, as Service Connect wants it."""
        ...
