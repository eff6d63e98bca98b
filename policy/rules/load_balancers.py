"""POL-06 and NET-15, load balancers: TLS as it is now, nothing plain to the internet, and a record of who asked for what."""

from collections.abc import Iterator

from policy.rules.rule import Finding, Rule, judged, of_type, undecided, violated
from policy.rules.view import Mark, Resource, Stack, is_map, listed

_LISTENERS = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
_BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
_CURRENT = ("ELBSecurityPolicy-TLS13-1-2", "ELBSecurityPolicy-TLS13-1-3")
"""How the names of those policies begin that speak TLS 1.3 and nothing before 1.2 (user guides of both, "Security policies")."""
_ENCRYPTED = ("HTTPS", "TLS")


def _old_tls(listener: Resource, _: Stack) -> Iterator[Finding]:
    protocol, policy = listener.props.get("protocol"), listener.props.get("sslPolicy")
    if isinstance(protocol, Mark):
        yield undecided("protocol")
    elif protocol in _ENCRYPTED:
        current = str(policy or "").startswith(_CURRENT)  # none: AWS takes one of 2016
        yield from judged("sslPolicy", policy, "is none that speaks TLS 1.3 and nothing before 1.2", holds=current)


def _plain_to_the_internet(listener: Resource, stack: Stack) -> Iterator[Finding]:
    protocol = listener.props.get("protocol", "HTTP")
    if isinstance(protocol, Mark):
        yield undecided("protocol")
        return
    if protocol != "HTTP":
        return
    kinds = [action.get("type") if is_map(action) else action for action in listed(listener.props.get("defaultActions"))]
    if kinds and all(kind == "redirect" for kind in kinds):
        return
    inside = _inside(listener, stack)
    if inside is True:
        return
    if isinstance(inside, Mark) or any(isinstance(kind, Mark) for kind in kinds):
        yield undecided("defaultActions")
    else:
        yield violated("defaultActions", "answers the internet in plain text")


def _inside(listener: Resource, stack: Stack) -> object:
    """Whether the load balancer of a listener is internal; a mark where that cannot be seen."""
    wanted = listener.references.get("loadBalancerArn", ())
    found = [balancer.props.get("internal", False) for balancer in stack.of_type(*_BALANCERS) if balancer.urn in wanted]
    return found[0] if found else Mark.UNKNOWN


def _invalid_headers(balancer: Resource, _: Stack) -> Iterator[Finding]:
    kind, drops = balancer.props.get("loadBalancerType", "application"), balancer.props.get("dropInvalidHeaderFields")
    if isinstance(kind, Mark):
        yield undecided("loadBalancerType")
    elif kind == "application":
        yield from judged("dropInvalidHeaderFields", drops, "is not true", holds=drops is True)


def _unrecorded(balancer: Resource, _: Stack) -> Iterator[Finding]:
    logs = balancer.props.get("accessLogs")
    enabled = logs.get("enabled") if is_map(logs) else logs
    yield from judged("accessLogs", enabled, "are not on", holds=enabled is True)


RULES = (
    Rule(
        id="listener-tls-current",
        severity="high",
        statement="Every listener that speaks TLS speaks 1.3, and nothing before 1.2",
        why="What AWS takes where nothing is said dates from 2016 and still speaks TLS 1.0.",
        fix="Set sslPolicy to a policy whose name begins with ELBSecurityPolicy-TLS13-1-2.",
        sources=("POL-06", "NET-15", "NET-18", "CKV_AWS_103", "ELB.17", "AWS-0047"),
        applies=of_type(*_LISTENERS),
        check=_old_tls,
    ),
    Rule(
        id="listener-plain-redirects",
        severity="high",
        statement="Plain HTTP from the internet is sent to HTTPS",
        why="Sessions and passwords that travel in plain text can be read by everybody on the way.",
        fix="Redirect to 443, or let the load balancer stand inside the network.",
        sources=("POL-06", "NET-15", "CKV_AWS_2", "CKV2_AWS_20", "ELB.1", "AWS-0054"),
        applies=of_type(*_LISTENERS),
        check=_plain_to_the_internet,
        across=True,
    ),
    Rule(
        id="load-balancer-drops-invalid-headers",
        severity="medium",
        statement="Load balancers drop headers that are not valid",
        why="What a target reads otherwise than the load balancer did is how one request is hidden in another.",
        fix="Set dropInvalidHeaderFields.",
        sources=("NET-15", "CKV_AWS_131", "ELB.4", "AWS-0052"),
        applies=of_type(*_BALANCERS),
        check=_invalid_headers,
    ),
    Rule(
        id="load-balancer-access-logged",
        severity="medium",
        statement="Load balancers record every request",
        why="After an incident nobody can say who asked for what.",
        fix="Switch on accessLogs of the load balancer, and plinth:storage.logs.",
        sources=("NET-15", "CKV_AWS_91", "ELB.5"),
        applies=of_type(*_BALANCERS),
        check=_unrecorded,
        advisory_in=frozenset({"dev", "development"}),
    ),
)
