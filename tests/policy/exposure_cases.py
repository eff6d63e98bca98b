"""What the world can reach. What meets each rule, what breaks it, and where that cannot be told; the first resource is judged."""

from collections.abc import Mapping

from policy.rules.view import Mark
from tests.policy.builders import (
    DEFAULT_GROUP,
    FROM_A_BUCKET,
    GROUP,
    INGRESS,
    OLD_RULE,
    SSH,
    UNKNOWN,
    WORLD,
    WORLD6,
    Cases,
    ingress,
    inline,
    old,
    resource,
    worn_by,
)

CASES: Mapping[str, Cases] = {
    "group-open-to-world-on-web-only": Cases(
        satisfied=[
            inline(cidrBlocks=[WORLD]),
            old(cidrBlocks=[WORLD], ipv6CidrBlocks=[WORLD6]),
            ingress(cidrIpv4=WORLD),
            ingress(cidrIpv6=WORLD6, fromPort=80.0, toPort=80.0),
            ingress(**SSH, referencedSecurityGroupId=UNKNOWN),
            inline(cidrBlocks=["10.0.0.0/8"], **SSH),
            [resource(OLD_RULE, {"type": "egress", "protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": [WORLD]})],
            [resource(DEFAULT_GROUP, {"ingress": []})],
        ],
        violated=[
            inline(cidrBlocks=[WORLD], **SSH),
            inline(ipv6CidrBlocks=[WORLD6], **SSH),
            old(cidrBlocks=["10.0.0.0/8", WORLD], **SSH),
            old(ipv6CidrBlocks=[WORLD6], **SSH),
            ingress(cidrIpv4=WORLD, **SSH),
            ingress(cidrIpv6=WORLD6, **SSH),
            ingress(cidrIpv4="128.0.0.0/1", **SSH),
            [resource(INGRESS, {"ipProtocol": "-1", "cidrIpv4": WORLD, "fromPort": UNKNOWN})],
            ingress(cidrIpv4=WORLD, fromPort=80, toPort=443),
            ingress(cidrIpv4=WORLD, ipProtocol="udp"),
            ingress(cidrIpv4="nonsense"),
            [resource(DEFAULT_GROUP, {"ingress": [{"protocol": "-1", "cidrBlocks": [WORLD]}]})],
        ],
        undecided=[
            [resource(GROUP, {"ingress": UNKNOWN})],
            [resource(GROUP, {"ingress": [UNKNOWN]})],
            ingress(cidrIpv4=UNKNOWN),
            ingress(cidrIpv4=Mark.HIDDEN),
            ingress(cidrIpv4=WORLD, fromPort=UNKNOWN),
            [resource(OLD_RULE, {"type": UNKNOWN, "cidrBlocks": [WORLD]})],
        ],
    ),
    "group-open-to-world-on-load-balancers-only": Cases(
        satisfied=[
            worn_by("aws:lb/loadBalancer:LoadBalancer"),
            worn_by("aws:ec2/instance:Instance", cidrIpv4="10.0.0.0/8"),
            inline(cidrBlocks=[WORLD]),
            [resource(GROUP, {})],
        ],
        violated=[
            worn_by("aws:ec2/instance:Instance"),
            worn_by("aws:ecs/service:Service", cidrIpv4=None, cidrIpv6=WORLD6),
        ],
        undecided=[
            worn_by("aws:ec2/instance:Instance", cidrIpv4=UNKNOWN),
            [resource(GROUP, {"ingress": UNKNOWN}, references={"ingress": FROM_A_BUCKET})],
        ],
    ),
    "group-no-every-protocol": Cases(
        satisfied=[
            inline(cidrBlocks=["10.0.0.0/16"]),
            inline(protocol="-1", securityGroups=["sg-1"]),
            ingress(cidrIpv4="10.0.0.0/16"),
        ],
        violated=[
            inline(cidrBlocks=["10.0.0.0/16"], protocol="-1"),
            [resource(INGRESS, {"ipProtocol": "-1", "cidrIpv4": "10.0.0.0/16"})],
        ],
        undecided=[
            [resource(INGRESS, {"ipProtocol": UNKNOWN, "cidrIpv4": "10.0.0.0/16"})],
            [resource(GROUP, {"ingress": UNKNOWN})],
        ],
    ),
    "default-group-empty": Cases(
        satisfied=[[resource(DEFAULT_GROUP, {"ingress": [], "egress": []})], [resource(DEFAULT_GROUP, {})]],
        violated=[
            [resource(DEFAULT_GROUP, {"ingress": [{"protocol": "-1", "self": True}]})],
            [resource(DEFAULT_GROUP, {"egress": [{"protocol": "-1"}]})],
        ],
        undecided=[[resource(DEFAULT_GROUP, {"ingress": UNKNOWN})]],
    ),
}
