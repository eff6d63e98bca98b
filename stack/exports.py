"""The outputs of a stack that other programs may rely on. A change that breaks a reader raises `VERSION`."""

from pulumi import export

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
    export("buckets", {name: bucket.bucket_name for name, bucket in platform.buckets.items()})
    export("databases", exported(platform.databases))
