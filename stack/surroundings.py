"""What services are built into: the parts of the platform that those on containers and those on machines are both given."""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import Output

from components.core.access import Thing
from components.core.contracts import EncryptionKey, Routed, SecurityGroups, ServiceRegistry, SharedFiles
from components.security.purposes import Purpose
from components.security.workload import Workload
from stack.images import Images


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is around a service.

    `subnet_ids` by zone; `workloads`, what their code acts as, by service; `secret_arns` by name; `fact_arns`, of what is to be
    known of stores, by store and fact; `images`, their registries and what runs of them; `files`, those that services
    share; `things`, what `access` lists may name; `routed` by service, for those to which requests are led.
    """

    subnet_ids: Mapping[str, Output[str]]
    firewall: SecurityGroups
    discovery: ServiceRegistry | None
    keys: Mapping[Purpose, EncryptionKey]
    logs_key: EncryptionKey
    workloads: Mapping[str, Workload]
    secret_arns: Mapping[str, Output[str]]
    fact_arns: Mapping[str, Mapping[str, Output[str]]]
    images: Images
    files: SharedFiles | None
    things: Mapping[str, Thing]
    routed: Mapping[str, Routed]
