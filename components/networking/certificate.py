"""A TLS certificate for the public names of a stack, and its copies in other regions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_aws import acm, route53
from pulumi_aws.acm.outputs import CertificateDomainValidationOption

from components.core.checks import name_problems, refuse
from components.core.component import Component
from components.core.context import Context
from components.core.offers import Signal
from components.networking.zone import domain_problems

COMMON_NAME_LIMIT: Final = 64
"""Characters of the first name of a certificate, dots included (ACM API reference, RequestCertificate, `DomainName`)."""
NAMES_LIMIT: Final = 10
"""Names on one certificate, by default (ACM user guide, "Quotas")."""
EXPIRY_DAYS: Final = 30
"""When to worry. ACM renews by itself long before (ACM user guide, "Managed certificate renewal"): by then it has failed to."""
_RECORD_SECONDS: Final = 300
_KEY: Final = "EC_prime256v1"
"""ECDSA P-256: what ACM offers that both load balancers and CloudFront take and that costs a handshake least (ACM user guide,
"Key algorithms"; CloudFront developer guide, "Requirements for using SSL/TLS certificates")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateArgs:
    """A certificate for `domain` and `alternatives`, exact names that the zone `zone_id` answers for.

    `copies` are the regions in which there is another one like it, by what they are for: `standby`. Wildcards are refused: they
    share a validation record with the name above them, and cover names that nobody asked for. Raises ValueError that names every
    fault.
    """

    domain: str
    alternatives: tuple[str, ...]
    zone_id: Input[str]
    copies: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        refuse(self, self._problems())

    def _problems(self) -> Iterator[str]:
        for name in self.names:
            yield from domain_problems("domain" if name == self.domain else "alternatives", name)
            if name != self.domain and not name.endswith(f".{self.domain}"):
                yield f"alternatives: {name!r} is not below {self.domain}; names of the same zone"
        if len(self.domain) > COMMON_NAME_LIMIT:
            yield f"domain: {len(self.domain)} characters; at most {COMMON_NAME_LIMIT} on a certificate"
        if len(self.names) > NAMES_LIMIT:
            yield f"alternatives: {len(self.names)} names with the domain; at most {NAMES_LIMIT}"
        if len(set(self.names)) < len(self.names):
            yield "alternatives: a name is given twice; each once"
        for place in self.copies:
            yield from name_problems("copies", place)
        if len(set(self.copies.values())) < len(self.copies):
            yield "copies: a region is given twice; each once"

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the main one first."""
        return (self.domain, *self.alternatives)


class Certificate(Component):
    """A certificate that ACM renews by itself, as long as the validation records are there.

    Creates: the certificate, one in each region of a copy, a validation record for each name, and the wait for their validity.
    Costs: nothing.
    When not: for names of a zone that cannot be written to, or that is not delegated yet: it waits for an hour and fails.

    The copies have no records of their own: the token of a name is the same in every region of an account (ACM user guide, "DNS
    validation").
    """

    TYPE: ClassVar[str] = "plinth:networking:Certificate"

    certificate_arn: Output[str]
    certificate_arns: Mapping[str, Output[str]]

    def __init__(self, name: str, args: CertificateArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        if ctx.region in args.copies.values():
            raise ValueError(f"{name}: a copy in {ctx.region}, where the certificate itself is; other regions")
        self._args = args
        home = self._certificate("home", ctx.region)
        records = {one: self._record(one, home.domain_validation_options) for one in args.names}
        validation = self._valid("home", ctx.region, home, records)
        made = {"home": (ctx.region, home.arn)}
        valid = {ctx.region: validation.certificate_arn}
        for place, region in args.copies.items():
            copy = self._certificate(place, region)
            made[place] = (region, copy.arn)
            valid[region] = self._valid(place, region, copy, records).certificate_arn
        self._made = made
        self.certificate_arn = validation.certificate_arn
        self.certificate_arns = valid
        self.publish()

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What to watch: that none ends soon. Source: ACM user guide, "Supported CloudWatch metrics": twice a day for each."""
        return tuple(
            expiry(
                f"{self.pulumi_resource_name}-expiry-{place}",
                arn,
                f"the certificate in {region} was not renewed: its validation records are gone, or nothing uses it",
                region="" if region == self._ctx.region else region,
            )
            for place, (region, arn) in self._made.items()
        )

    def _certificate(self, place: str, region: str) -> acm.Certificate:
        name, args = self._called(place), self._args
        return acm.Certificate(
            name,
            domain_name=args.domain,
            subject_alternative_names=list(args.names),  # ACM adds the first one by itself: left out it would be a difference
            validation_method="DNS",
            key_algorithm=_KEY,
            options={"certificate_transparency_logging_preference": "ENABLED"},  # browsers refuse what is in no log
            region=region,
            tags=self._ctx.tagged(name),
            opts=self.under(),
        )

    def _record(self, name: str, options: Output[Sequence[CertificateDomainValidationOption]]) -> route53.Record:
        """The record that shows that `name` is ours. Which records there are is known before ACM says what is in them."""
        option = options.apply(lambda found: _of(name, found))
        return route53.Record(
            self._called(f"record-{label}" if (label := name.removesuffix(self._args.domain).rstrip(".")) else "record"),
            zone_id=self._args.zone_id,
            name=option.apply(lambda one: _given(one.resource_record_name, name)),
            type="CNAME",
            records=[option.apply(lambda one: _given(one.resource_record_value, name))],
            ttl=_RECORD_SECONDS,
            allow_overwrite=True,  # a certificate for the same name that went before may have left it behind
            opts=self.under(),
        )

    def _valid(
        self, place: str, region: str, certificate: acm.Certificate, records: Mapping[str, route53.Record]
    ) -> acm.CertificateValidation:
        there: list[Resource] = list(records.values())
        return acm.CertificateValidation(
            self._called(f"{place}-validation"),
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn for record in records.values()],
            region=region,
            opts=self.under(after=there),
        )

    def _called(self, role: str) -> str:
        return f"{self.pulumi_resource_name}-{role}"


def expiry(key: str, certificate_arn: Input[str], meaning: str, *, region: str = "") -> Signal:
    """The signal that a certificate, in `region` where that is not the stack's own, ends soon."""
    return Signal(
        key=key,
        namespace="AWS/CertificateManager",
        metric="DaysToExpiry",
        dimensions={"CertificateArn": certificate_arn},
        statistic="Minimum",
        threshold=EXPIRY_DAYS,
        over=False,
        period_seconds=86_400,
        meaning=meaning,
        region=region,
    )


def _of(name: str, options: Sequence[CertificateDomainValidationOption]) -> CertificateDomainValidationOption:
    """The option for `name`, wherever it stands in the list: its order is ACM's own."""
    for option in options:
        if option.domain_name == name:
            return option
    raise LookupError(f"ACM asks for no record for {name}")


def _given(value: str | None, name: str) -> str:
    if value is None:
        raise LookupError(f"ACM has not said yet which record it wants for {name}")
    return value
