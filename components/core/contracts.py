"""What one component may know of another: read-only Protocols, satisfied by shape.

A component folder never imports its sibling. It asks for one of these; the owned component satisfies it, and so does a
frozen stand-in in a test or for a thing that exists already and is only adopted.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from pulumi import Output

from components.core.offers import Signal


class PrivateNetwork(Protocol):
    """A private address space. Subnets are keyed by zone (`us-east-1a`), never by position."""

    @property
    def vpc_id(self) -> Output[str]:
        """The VPC."""
        ...

    @property
    def cidr(self) -> str:
        """Its addresses: `10.2.0.0/16`."""
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
    def private_route_table_ids(self) -> Mapping[str, Output[str]]:
        """The route tables of the private subnets, each once: by zone, or by any name where zones share one."""
        ...

    @property
    def database_route_table_ids(self) -> Mapping[str, Output[str]]:
        """The route tables of the database subnets, each once, by any name."""
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


class SecurityGroups(Protocol):
    """Who may connect to whom: the groups that things with a network address wear."""

    @property
    def group_ids(self) -> Mapping[str, Output[str]]:
        """The security groups by name: `postgres`."""
        ...


class PublicZone(Protocol):
    """A public hosted zone: where the public names of the stack are kept."""

    @property
    def zone_id(self) -> Output[str]:
        """The zone."""
        ...

    @property
    def name_servers(self) -> Output[Sequence[str]]:
        """Who answers for it: what the zone above delegates to. None for a zone that is only used: its owner knows."""
        ...


class Certificates(Protocol):
    """One certificate, and its copies in other regions, for all public names of the stack."""

    @property
    def certificate_arn(self) -> Output[str]:
        """The one in the home region, known once it is valid."""
        ...

    @property
    def certificate_arns(self) -> Mapping[str, Output[str]]:
        """The same and its copies by their regions, `us-west-2`, each known once it is valid."""
        ...

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch about each of them."""
        ...


class EncryptionKey(Protocol):
    """A key that data is encrypted with."""

    @property
    def key_arn(self) -> Output[str]:
        """The key by its ARN."""
        ...


class CopiedKey(EncryptionKey, Protocol):
    """A key that other regions may have copies of."""

    @property
    def copy_arns(self) -> Mapping[str, Output[str]]:
        """The copies by what their regions are for: `standby`."""
        ...


class LogTarget(Protocol):
    """A bucket that services of AWS deliver logs to."""

    @property
    def bucket_name(self) -> Output[str]:
        """Its name, known once it lets them in."""
        ...


class ObjectStore(Protocol):
    """A bucket for objects."""

    @property
    def bucket_name(self) -> Output[str]:
        """Its name."""
        ...


class SharedFiles(Protocol):
    """A file system that services share, entered by its access points alone."""

    @property
    def file_system_id(self) -> Output[str]:
        """Its id, known once it can be mounted in every zone."""
        ...

    @property
    def file_system_arn(self) -> Output[str]:
        """Its ARN."""
        ...

    @property
    def access_point_ids(self) -> Mapping[str, Output[str]]:
        """The doors to it, by name."""
        ...

    @property
    def access_point_arns(self) -> Mapping[str, Output[str]]:
        """Their ARNs, by name."""
        ...


class KeyValueStore(Protocol):
    """A cache that clients connect to by TLS, with a token."""

    @property
    def host(self) -> Output[str]:
        """Where it is written, and shards are asked for."""
        ...

    @property
    def reader_host(self) -> Output[str]:
        """Where its copies are read; `host` itself where there are none."""
        ...

    @property
    def port(self) -> int:
        """Its port."""
        ...

    @property
    def sharded(self) -> bool:
        """Whether clients have to know shards."""
        ...


class MessageQueue(Protocol):
    """A queue of messages."""

    @property
    def queue_arn(self) -> Output[str]:
        """Its ARN, known once it lets in who sends to it."""
        ...

    @property
    def queue_url(self) -> Output[str]:
        """Where it is called."""
        ...

    @property
    def dead_letters_url(self) -> Output[str]:
        """Where its dead letters are."""
        ...


class Machines(Protocol):
    """The machines of a service."""

    @property
    def group_name(self) -> Output[str]:
        """The Auto Scaling group that they belong to."""
        ...

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch."""
        ...


class Balancer(Protocol):
    """A load balancer, whatever it sends to services."""

    @property
    def arn_suffix(self) -> Output[str]:
        """What CloudWatch calls it: `app/plinth/50dc6c495c0c9188`, or `net/...` where it sends connections."""
        ...

    @property
    def dns_name(self) -> Output[str]:
        """Where it answers, by the name that AWS gave it."""
        ...

    @property
    def dns_zone_id(self) -> Output[str]:
        """The hosted zone of that name, for an alias record."""
        ...


class Entrance(Balancer, Protocol):
    """A load balancer that sends requests to services by their paths."""

    @property
    def listener_arn(self) -> Output[str]:
        """Where rules for requests are made."""
        ...

    @property
    def test_listener_arn(self) -> Output[str]:
        """Where rules for requests to a version that is being tested are made."""
        ...


class StreamEntrance(Balancer, Protocol):
    """A load balancer that sends connections to services by their ports."""

    @property
    def arn(self) -> Output[str]:
        """Where listeners are made."""
        ...


class Routed(Protocol):
    """How requests get to one service: its target groups, and the rules that lead there."""

    @property
    def target_group_arn(self) -> Output[str]:
        """Where its tasks or machines register, ready once a listener leads there: a service refuses one to which none does."""
        ...

    @property
    def alternate_target_group_arn(self) -> Output[str] | None:
        """Where those of the next version do, where versions take turns."""
        ...

    @property
    def production_rule_arn(self) -> Output[str] | None:
        """The rule that leads users to one of the two."""
        ...

    @property
    def test_rule_arn(self) -> Output[str] | None:
        """The rule that leads testers to the other."""
        ...

    @property
    def balancer_suffix(self) -> Output[str]:
        """What CloudWatch calls the load balancer in front."""
        ...

    @property
    def target_group_suffix(self) -> Output[str]:
        """What it calls the target group: `targetgroup/plinth/6d0ecf831eec9f09`."""
        ...

    @property
    def request_label(self) -> Output[str]:
        """What Application Auto Scaling calls load balancer and target group together, to count requests."""
        ...

    @property
    def stream_target_group_arn(self) -> Output[str] | None:
        """Where they register besides, where a network load balancer leads to them as well."""
        ...


class SessionRecords(Protocol):
    """Where sessions in running containers are recorded."""

    @property
    def log_group_name(self) -> Output[str]:
        """The log group."""
        ...


class ContainerCluster(Protocol):
    """Where tasks run."""

    @property
    def cluster_arn(self) -> Output[str]:
        """The cluster by its ARN, ready for services."""
        ...

    @property
    def cluster_name(self) -> str:
        """What it is called."""
        ...

    @property
    def turns_role_arn(self) -> Output[str] | None:
        """The role in which ECS leads users from one version to the next, where versions take turns."""
        ...
