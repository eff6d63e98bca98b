"""Which names lead to a load balancer, and that what is public has one, is checked, and is on the certificate."""

import pytest

from stack.config.model import StackConfig
from stack.config.public_names import certified, hosts, stream_hosts
from tests.config.test_traffic_rules import SIGNS_IN, config, faults, many, stream, with_balancer, with_domain, with_route

PATH = "plinth:dns.healthChecks.path"


def checked(base: StackConfig, path: str = "/health/") -> StackConfig:
    """The stack with public names and checks of them."""
    named = with_domain(base)
    checks = named.dns.health_checks.model_copy(update={"enabled": True, "path": path})
    return named.model_copy(update={"dns": named.dns.model_copy(update={"health_checks": checks})})


def with_balancers(kind: str, *names: str) -> StackConfig:
    """The stack with more load balancers like the one of that kind."""
    like = config().load_balancers[{"application": "public", "network": "stream"}[kind]]
    return config().model_copy(update={"load_balancers": {**config().load_balancers, **dict.fromkeys(names, like)}})


def with_streams(count: int) -> StackConfig:
    """The stack with so many network load balancers more, and a service behind each."""
    base = with_balancers("network", *(f"edge{number}" for number in range(count)))
    services = {
        name: one.model_copy(update={"route": None, "stream": stream(443, f"edge{number}")})
        for number, (name, one) in enumerate(many(count).items())
    }
    return base.model_copy(update={"services": {**base.services, **services}})


def test_a_load_balancer_that_no_service_streams_through_has_no_name() -> None:
    named = with_domain(with_balancers("network", "idle"))
    assert faults(named) == []
    assert stream_hosts(named) == {"stream": "stream.example.org"}


def test_what_is_checked_has_a_name_that_never_fails_over() -> None:
    assert hosts(with_domain(config())) == ("api.example.org",)
    assert hosts(checked(config())) == ("api.example.org", "api-home.example.org")
    assert (hosts(config()), stream_hosts(config())) == ((), {})


@pytest.mark.requirement("EDG-04", part="no public endpoint without a name and a check")
def test_a_second_load_balancer_for_requests_would_be_public_without_a_name_and_is_refused() -> None:
    second = with_balancers("application", "partners")
    assert faults(second) == [], "inside the network nobody needs a name"
    assert faults(with_domain(second)) == [
        "plinth:loadBalancers.partners: would face the internet without a name of its own on the certificate; "
        "none of kind application but public while dns.names.enabled is true"
    ]


def test_as_many_names_as_a_certificate_holds_are_taken_and_one_more_is_refused_by_name() -> None:
    most = checked(with_streams(5))
    assert faults(most) == []
    assert len(certified(most)) == 10
    (found,) = faults(checked(with_streams(6)))
    assert found.startswith("plinth:loadBalancers: 11 names are too many for a certificate: example.org, www.example.org, ")
    assert "api-home.example.org" in found
    assert found.endswith("at most 10, one for each load balancer that services stream through among them")
    assert faults(with_domain(with_streams(6))) == [], "without checks there is a name less"


def test_a_check_that_sees_the_page_to_sign_in_at_would_never_fail_and_is_refused() -> None:
    signed_in = with_balancer("public", with_route("booking", sign_in=True), sign_in=SIGNS_IN)
    assert faults(with_domain(signed_in)) == []
    assert faults(checked(signed_in)) == [
        f"{PATH}: /health/ leads to the page to sign in at, whatever the service does: the check would never fail; "
        "a path of a route through public without signIn"
    ]


def test_the_route_that_a_check_takes_is_the_first_one_that_fits() -> None:
    """A route with the least priority is asked first: it takes the path from others."""
    greedy = with_balancer("public", with_route("collection", sign_in=True, paths=("/*",), priority=1), sign_in=SIGNS_IN)
    assert [found.split(":")[1] for found in faults(checked(greedy))] == ["dns.healthChecks.path"]
    last = with_balancer("public", with_route("collection", sign_in=True, paths=("/*",), priority=900), sign_in=SIGNS_IN)
    assert faults(checked(last)) == []
    assert faults(checked(config(), "/nowhere/")) == [
        f"{PATH}: /nowhere/ leads to no service: the check would fail for ever; a path of a route through public"
    ]
