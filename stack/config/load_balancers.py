"""`plinth:loadBalancers`: where requests and connections from outside come in."""

from typing import Annotated, Literal

from pydantic import Field

from stack.config.section import Section, text

Kind = Literal["application", "network"]
UserPoolArn = Annotated[
    str,
    text(
        'the ARN of a user pool, or "" for none',
        pattern=r"^(arn:aws:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[A-Za-z0-9_-]+)?$",
        max_length=200,
    ),
]
ClientId = Annotated[str, text('the id of a client of the user pool, or ""', pattern=r"^[A-Za-z0-9+]*$", max_length=128)]
SignInDomain = Annotated[
    str,
    text(
        'the prefix or the whole name of the domain of the user pool, or ""',
        pattern=r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$",
        max_length=253,
    ),
]


class Health(Section):
    """When a target counts as well."""

    interval_seconds: Annotated[int, Field(ge=5, le=300)] = Field(description="How often each target is asked.")
    timeout_seconds: Annotated[int, Field(ge=2, le=120)] = Field(description="How long it has to answer. Less than the interval.")
    healthy_after: Annotated[int, Field(ge=2, le=10)] = Field(description="After how many good answers in a row it is well.")
    unhealthy_after: Annotated[int, Field(ge=2, le=10)] = Field(description="After how many bad ones in a row it is not.")


class SignIn(Section):
    """Who may pass where a route asks for it: the users of a Cognito user pool."""

    enabled: bool = Field(description="Whether routes can ask for it.")
    user_pool_arn: UserPoolArn = Field(description="Whose users. Needed while it is on.")
    client_id: ClientId = Field(
        description="As which client of the pool: one with a secret that returns to /oauth2/idpresponse of each host."
    )
    domain: SignInDomain = Field(description="Where the pool shows its page. Needed while it is on.")


class LoadBalancer(Section):
    """One load balancer. With a domain it faces the internet, by TLS; without one it stands inside the network."""

    kind: Kind = Field(description="`application` leads requests to services by host and path, `network` connections by port.")
    deletion_protection: bool = Field(description="Whether AWS refuses to delete it.")
    zonal_shift: bool = Field(description="Whether traffic can be moved away from a zone that is not well.")
    access_logs: bool = Field(
        description="Whether every request is recorded, where `storage.logs` is on. A network load balancer records TLS alone."
    )
    health: Health = Field(description="When a target of it counts as well.")
    idle_seconds: Annotated[int, Field(ge=1, le=4000)] = Field(
        default=60,
        description="`application`: for how long a connection may be silent before it is closed. May be left out: 60.",
    )
    least_healthy_percent: Annotated[int, Field(ge=0, le=100)] = Field(
        default=0,
        description=(
            "`application`: below which share of healthy targets a zone gets no more requests, and if all zones are so, every "
            "target gets them, healthy or not. May be left out: 0, only when none is healthy."
        ),
    )
    anomaly_mitigation: bool = Field(
        default=False,
        description=(
            "`application`: whether targets that fail more often than others get fewer requests. Not those of routes that start "
            "slowly or keep clients with their targets. May be left out: they do not."
        ),
    )
    sign_in: SignIn | None = Field(
        default=None, description="`application`: who may pass where a route asks for it. May be left out: no route can ask."
    )
    cross_zone: bool = Field(
        default=False,
        description=(
            "`network`: whether targets of all zones share all connections; what crosses zones costs. May be left out: each zone "
            "for itself."
        ),
    )
