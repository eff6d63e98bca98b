"""`plinth:identity`: who may act in the account, besides the services of the platform."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from stack.config.section import Name, Section, text
from stack.config.services import Access

_NAME = r"[A-Za-z0-9+=,.@_/-]+"
RolePath = Annotated[
    str, text("a path that begins and ends with a slash, such as / or /plinth/", pattern=r"^/([a-z0-9-]+/)*$", max_length=200)
]
BoundaryArn = Annotated[
    str, text('the ARN of a managed policy, or "" for none', pattern=rf"^(arn:aws:iam::([0-9]{{12}}|aws):policy/{_NAME})?$")
]
PersonArn = Annotated[
    str,
    text(
        "the ARN of a user, such as arn:aws:iam::111111111111:user/on-call; a session of a role shows no second factor",
        pattern=rf"^arn:aws:iam::[0-9]{{12}}:user/{_NAME}$",
    ),
]
Repository = Annotated[
    str,
    text(
        'a repository on GitHub such as owner/name, or "" for none',
        pattern=r"^([A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100})?$",
    ),
]
BucketName = Annotated[str, text('the name of a bucket, or "" for none', pattern=r"^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$")]
KeyArn = Annotated[
    str,
    text('the ARN of a key in KMS, or "" for none', pattern=r"^(arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$"),
]
Issuer = Annotated[
    str,
    text(
        "the address of an OpenID Connect provider without https://, such as gitlab.com",
        pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9._/-]*[A-Za-z0-9])?$",
        max_length=200,
    ),
]
Claim = Annotated[str, text("text without wildcards", pattern=r"^[^*?\s]+$", max_length=255)]


class GitHub(Section):
    """Pipelines on GitHub, without a stored key."""

    enabled: bool = Field(
        description=(
            "Whether workflows on GitHub can plan and deploy this stack: a role that only reads, for pull requests, and one that "
            "deploys, for the environment of the stack's name. GitHub must be among the account's `identityProviders`."
        )
    )
    repository: Repository = Field(description="The only repository whose workflows may take the roles. Needed while it is on.")
    state_bucket: BucketName = Field(
        description="The bucket in which Pulumi keeps the state, if it is one of S3. The roles may reach this stack's part of it."
    )
    state_key_arn: KeyArn = Field(description="The key that the bucket, or the secrets in the stack file, are encrypted with.")


class OutsideRole(Section):
    """A role for a system outside of AWS that can show a token."""

    issuer: Issuer = Field(description="Who issues the token. Must be among the identity providers of the account.")
    audience: Claim = Field(description="Whom the token is meant for: its claim `aud`.")
    subject: Claim = Field(description="The one system that the token speaks of: its claim `sub`.")
    access: tuple[Access, ...] = Field(description="What it needs. It may do nothing else.")


class User(Section):
    """A user for a system outside of AWS that can show no token."""

    access: tuple[Access, ...] = Field(description="What it needs. It may do nothing else.")


class Users(Section):
    """Users for machines: the last resort, since their keys never expire by themselves."""

    enabled: bool = Field(
        description="Whether there are users for systems outside of AWS that can show no token. None can sign in to the console."
    )
    names: Mapping[Name, User] = Field(description="The users. Their keys are made by hand, and never pass through Pulumi.")


class BreakGlass(Section):
    """A way in for the day on which nothing else works."""

    enabled: bool = Field(
        description=(
            "Whether there is a role with every right, for emergencies. It is taken with a fresh second factor, for an hour. The "
            "policy packs refuse it without a dated exception in policy/exceptions.yaml."
        )
    )
    taken_by: tuple[PersonArn, ...] = Field(
        description="The users that may take it, each with a second factor. Needed while it is on."
    )


class Identity(Section):
    """Who may act in the account, besides the services of the platform."""

    role_path: RolePath = Field(
        description="Where the stack's roles stand among those of the account. Another path makes new roles."
    )
    boundary_arn: BoundaryArn = Field(
        description=(
            "The policy that bounds every role that the stack makes but those under /guarded/: of its pipelines, and for "
            "emergencies. Empty where the account has none, and where there are users, each bounded by its own rights."
        )
    )
    github: GitHub = Field(description="Pipelines on GitHub, without a stored key.")
    outside: Mapping[Name, OutsideRole] = Field(
        description="Roles for systems outside of AWS that can show a token, by their names."
    )
    users: Users = Field(description="Users for machines: the last resort, since their keys never expire by themselves.")
    break_glass: BreakGlass = Field(description="A way in for the day on which nothing else works.")
