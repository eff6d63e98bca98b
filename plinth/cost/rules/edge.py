"""Names and delivery: hosted zones, health checks, distributions.

Sources of the rules: https://aws.amazon.com/route53/pricing/, /cloudfront/pricing/. A DNS namespace of Cloud Map is a hosted zone
(AWS Cloud Map Developer Guide, "Creating namespaces").
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from plinth.cost.item import Item
from plinth.cost.line import Metered, Row, Rule, Said, several
from plinth.cost.sheet import Sku

_OPTION = Sku("route53", "health-check-option aws (https, string, interval, latency)")
_ZONE = Row(
    monthly=(("hosted zone", Sku("route53", "hosted-zone")),),
    metered=(
        Metered(what="queries", sku=Sku("route53", "standard-queries"), usage="dnsQueriesThousand", scale=Decimal("0.001")),
    ),
)


def _health_check(item: Item) -> Iterator[Said]:
    kind = item.text("type")
    yield several("health check", Sku("route53", "health-check aws-endpoint"), 1, "check", assumed="its endpoint is in AWS")
    options = [
        kind.startswith("HTTPS"),
        kind.endswith("STR_MATCH"),
        item.number("requestInterval", 30) == 10,
        item.flag("measureLatency"),
    ]
    if chosen := sum(options):
        yield several("options", _OPTION, chosen, "options", assumed="its endpoint is in AWS")


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(
        (
            "aws:route53/zone:Zone",
            "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
            "aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace",
        ),
        _ZONE,
    ),
    "aws:route53/healthCheck:HealthCheck": _health_check,
    "aws:cloudfront/distribution:Distribution": Row(
        metered=(
            Metered(what="data to viewers", sku=Sku("cloudfront", "data-out us/mx/ca + europe (first 10 TB)"), usage="cdnGb"),
            Metered(
                what="requests",
                sku=Sku("cloudfront", "https-requests us"),
                usage="cdnRequestsThousand",
                scale=Decimal("0.1"),
                assumed="all requests are HTTPS from North America",
            ),
        )
    ),
}
