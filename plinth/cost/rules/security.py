"""Keys, secrets, parameters, certificates, firewalls, and the services that watch an account.

Sources of the rules: https://aws.amazon.com/kms/pricing/, /secrets-manager/pricing/, /systems-manager/pricing/,
/certificate-manager/pricing/, /waf/pricing/, /guardduty/pricing/, /config/pricing/, /security-hub/pricing/, /cloudtrail/pricing/.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from plinth.cost.item import Block, Item, UndeterminedError
from plinth.cost.line import Free, Metered, Row, Rule, Said, several
from plinth.cost.sheet import Sku

_TENTH = Decimal("0.1")
"""Of what is sold by ten thousand and counted by thousand."""
_HUNDREDTH = Decimal("0.01")

_KEY_REQUESTS = Metered(what="requests", sku=Sku("kms", "symmetric-requests"), usage="kmsRequestsThousand", scale=_TENTH)
_KEY = Row(
    monthly=(("key", Sku("kms", "customer-managed-key")),),
    metered=(_KEY_REQUESTS,),
)


def _secret(item: Item) -> Iterator[Said]:
    copies = len(item.items("replicas"))
    yield several(
        "secret", Sku("secretsmanager", "secret"), 1 + copies, "with its copies in other regions" if copies else "secret"
    )
    sku = Sku("secretsmanager", "api-calls")
    yield Metered(what="requests", sku=sku, usage="secretRequestsThousand", scale=_TENTH)


def _parameter(item: Item) -> Iterator[Said]:
    tier = item.text("tier", "Standard")
    if tier not in ("Standard", "Advanced"):
        raise UndeterminedError(f"tier: {tier} decides by itself what is charged")
    yield several("parameter", Sku("ssm", f"parameter-{tier.lower()}"), 1, tier.lower())


def _certificate(item: Item) -> Iterator[Said]:
    if item.has("certificateAuthorityArn"):
        raise UndeterminedError("no price for certificates of a private authority")
    yield several("public certificate", Sku("acm", "public-certificate"), 1, "certificate")


def _authority(item: Item) -> Iterator[Said]:
    if item.text("usageMode", "GENERAL_PURPOSE") != "GENERAL_PURPOSE":
        raise UndeterminedError("no price for authorities of short-lived certificates")
    yield several("private authority", Sku("acm", "private-ca general-purpose"), 1, "authority")


def _web_acl(item: Item) -> Iterator[Said]:
    rules = item.blocks("rules")
    managed = [rule for rule in rules if _is_managed(rule)]
    yield several("web ACL", Sku("wafv2", "web-acl"), 1, "ACL")
    if own := len(rules) - len(managed):
        yield several("rules", Sku("wafv2", "rule"), own, "rules")
    if managed:
        yield several("managed rule groups", Sku("wafv2", "managed-rule-group"), len(managed), "groups")
    yield Metered(what="requests", sku=Sku("wafv2", "requests"), usage="wafRequestsMillion")


def _is_managed(rule: Block) -> bool:
    statement = rule.block("statement")
    return bool(statement and statement.has("managedRuleGroupStatement"))


def _rule_group(item: Item) -> Iterator[Said]:
    rules = len(item.items("rules"))
    if not rules:
        raise UndeterminedError("rules is not given")
    yield several("rules", Sku("wafv2", "rule"), rules, "rules")


def _trail(item: Item) -> Iterator[Said]:
    sku = Sku("cloudtrail", "first-copy-management-events")
    yield several(
        "management events", sku, 1, "trail", assumed="it is the first trail of its account, whose management events are free"
    )
    if item.has("eventSelectors") or item.has("advancedEventSelectors"):
        sku = Sku("cloudtrail", "data-events")
        yield Metered(what="data events", sku=sku, usage="trailEventsThousand", scale=_HUNDREDTH)
    if item.has("insightSelectors"):
        raise UndeterminedError("insightSelectors: insight events have no price")


def _analyzer(item: Item) -> Iterator[Said]:
    kind = item.text("type", "ACCOUNT")
    if kind not in ("ACCOUNT", "ORGANIZATION"):
        raise UndeterminedError(f"no price for analyzers of type {kind}")
    yield Free("external access is analysed for nothing (https://aws.amazon.com/iam/access-analyzer/pricing/)")


def _watched(*meters: tuple[str, str, str, str, int]) -> Row:
    """A rule of meters: what is counted, service and SKU, the key of the use, and how many units of the price are one of it."""
    return Row(
        metered=tuple(
            Metered(what=what, sku=Sku(service, sku), usage=usage, scale=Decimal(scale))
            for what, service, sku, usage, scale in meters
        )
    )


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(
        (
            "aws:kms/key:Key",
            "aws:kms/replicaKey:ReplicaKey",
            "aws:kms/externalKey:ExternalKey",
            "aws:kms/replicaExternalKey:ReplicaExternalKey",
        ),
        _KEY,
    ),
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:ssm/parameter:Parameter": _parameter,
    "aws:acm/certificate:Certificate": _certificate,
    "aws:acmpca/certificateAuthority:CertificateAuthority": _authority,
    "aws:wafv2/webAcl:WebAcl": _web_acl,
    "aws:wafv2/ruleGroup:RuleGroup": _rule_group,
    "aws:cloudtrail/trail:Trail": _trail,
    "aws:accessanalyzer/analyzer:Analyzer": _analyzer,
    "aws:guardduty/detector:Detector": _watched(
        ("CloudTrail events", "guardduty", "cloudtrail-management-events", "guarddutyEventsMillion", 1),
        ("flow and DNS logs", "guardduty", "vpc-flow-and-dns-logs (first 500 GB)", "guarddutyLogsGb", 1),
        ("S3 events", "guardduty", "s3-data-events (first 500M)", "guarddutyS3EventsMillion", 1),
    ),
    "aws:cfg/recorder:Recorder": _watched(
        ("configuration items", "config", "configuration-item-continuous", "configItemsThousand", 1000),
    ),
    "aws:cfg/rule:Rule": _watched(
        ("evaluations", "config", "rule-evaluation (first 100k)", "configEvaluationsThousand", 1000),
    ),
    "aws:securityhub/account:Account": _watched(
        ("security checks", "securityhub", "security-check (first 100k)", "securityChecksThousand", 1000),
    ),
    "aws:budgets/budget:Budget": Row(monthly=(("budget", Sku("budgets", "budget without actions")),)),
}
