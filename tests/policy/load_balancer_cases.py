"""Load balancers. What meets each rule, what breaks it, and where that cannot be told; the first resource is judged."""

from collections.abc import Mapping
from typing import Any

from tests.policy.builders import FROM_A_BUCKET, UNKNOWN, Case, Cases, resource

LISTENER, BALANCER = "aws:lb/listener:Listener", "aws:lb/loadBalancer:LoadBalancer"
CURRENT = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"


def listener(*others: Any, **props: Any) -> Case:
    urn = f"urn:pulumi:prod::plinth::{BALANCER}::balancer"
    made_from = {key: FROM_A_BUCKET for key, value in props.items() if value is UNKNOWN}
    return [resource(LISTENER, props, references={"loadBalancerArn": (urn,), **made_from}), *others]


def alone(**props: Any) -> Case:
    return [resource(LISTENER, props)]


def balancer(**props: Any) -> Any:
    made_from = {key: FROM_A_BUCKET for key, value in props.items() if value is UNKNOWN}
    return resource(BALANCER, props, name="balancer", references=made_from)


PLAIN = {"protocol": "HTTP", "defaultActions": [{"type": "fixed-response"}]}
CASES: Mapping[str, Cases] = {
    "listener-tls-current": Cases(
        satisfied=[
            alone(protocol="HTTPS", sslPolicy=CURRENT),
            alone(protocol="TLS", sslPolicy="ELBSecurityPolicy-TLS13-1-3-2021-06"),
            alone(protocol="HTTP"),
            alone(protocol="TCP"),
        ],
        violated=[
            alone(protocol="HTTPS"),
            alone(protocol="HTTPS", sslPolicy="ELBSecurityPolicy-2016-08"),
            alone(protocol="TLS", sslPolicy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
        ],
        undecided=[alone(protocol=UNKNOWN), alone(protocol="HTTPS", sslPolicy=UNKNOWN)],
    ),
    "listener-plain-redirects": Cases(
        satisfied=[
            listener(balancer(internal=False), protocol="HTTP", defaultActions=[{"type": "redirect"}]),
            listener(balancer(internal=True), **PLAIN),
            listener(balancer(internal=False), protocol="HTTPS", defaultActions=[{"type": "forward"}]),
            listener(balancer(internal=False), protocol="TCP", defaultActions=[{"type": "forward"}]),
        ],
        violated=[
            listener(balancer(internal=False), **PLAIN),
            listener(balancer(), defaultActions=[{"type": "redirect"}, {"type": "forward"}]),
            listener(balancer(), protocol="HTTP"),
        ],
        undecided=[
            listener(balancer(internal=UNKNOWN), **PLAIN),
            [resource(LISTENER, PLAIN)],
            listener(balancer(), protocol=UNKNOWN),
            listener(balancer(), protocol="HTTP", defaultActions=UNKNOWN),
            listener(balancer(), protocol="HTTP", defaultActions=[{"type": UNKNOWN}]),
        ],
    ),
    "load-balancer-drops-invalid-headers": Cases(
        satisfied=[
            [resource(BALANCER, {"dropInvalidHeaderFields": True})],
            [resource(BALANCER, {"loadBalancerType": "network"})],
        ],
        violated=[
            [resource(BALANCER, {})],
            [resource(BALANCER, {"loadBalancerType": "application", "dropInvalidHeaderFields": False})],
        ],
        undecided=[
            [resource(BALANCER, {"dropInvalidHeaderFields": UNKNOWN})],
            [resource(BALANCER, {"loadBalancerType": UNKNOWN})],
        ],
    ),
    "load-balancer-access-logged": Cases(
        satisfied=[[resource(BALANCER, {"accessLogs": {"bucket": UNKNOWN, "enabled": True}})]],
        violated=[[resource(BALANCER, {})], [resource(BALANCER, {"accessLogs": {"bucket": "logs", "enabled": False}})]],
        undecided=[[resource(BALANCER, {"accessLogs": UNKNOWN})], [resource(BALANCER, {"accessLogs": {"enabled": UNKNOWN}})]],
    ),
}
"""For each rule: what meets it, what breaks it, and where it cannot be told."""
