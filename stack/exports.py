"""The outputs of a stack that other programs may rely on. A change that breaks a reader raises `VERSION`."""

from collections.abc import Mapping

from pulumi import export

from stack import caches
from stack.databases import exported
from stack.program import Platform

VERSION = 1


def publish(platform: Platform) -> None:
    """Exports what `platform` has to offer. Subnets are keyed by zone, all else by name."""
    network = platform.network
    export("version", VERSION)
    export(
        "network",
        {
            "vpcId": network.vpc_id,
            "publicSubnetIds": network.public_subnet_ids,
            "privateSubnetIds": network.private_subnet_ids,
            "databaseSubnetIds": network.database_subnet_ids,
            "privateRouteTableIds": network.private_route_table_ids,
            "databaseRouteTableIds": network.database_route_table_ids,
            "workloadZones": network.workload_zones,
        },
    )
    export("securityGroupIds", platform.firewall.group_ids)
    export("dns", _public(platform))
    export("loadBalancers", {name: one.dns_name for name, one in platform.load_balancers.items()})
    export("fleets", {service: fleet.group_name for service, fleet in platform.fleets.items()})
    export("registries", platform.images.registries)
    if platform.containers:
        export("cluster", platform.containers.cluster_name)
        export("services", platform.containers.service_names)
    export("buckets", {name: bucket.bucket_name for name, bucket in platform.buckets.items()})
    if platform.files:
        export("files", {"fileSystemId": platform.files.file_system_id, "accessPointIds": platform.files.access_point_ids})
    export("databases", exported(platform.databases))
    export("stores", caches.facts(platform.caches))
    export("queues", {name: queue.queue_url for name, queue in platform.queues.items()})


def _public(platform: Platform) -> Mapping[str, object]:
    """What there is of public names: the name servers are what the zone above delegates to; certificates go by region."""
    found: dict[str, object] = {"hosts": platform.names.hosts}
    if platform.zone:
        found |= {"zoneId": platform.zone.zone_id, "nameServers": platform.zone.name_servers}
    if platform.certificates:
        found["certificateArns"] = platform.certificates.certificate_arns
    return found
