"""Rules of keys, secrets and identities: what one of them needs of another is there."""

from collections.abc import Callable, Iterator

from components.core.naming import GUARDED_PATH
from stack.config.breach import Breach
from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig

_KEYS, _SECRETS, _IDENTITY = f"{NAMESPACE}:keys", f"{NAMESPACE}:secrets", f"{NAMESPACE}:identity"
GITHUB_ISSUER, GITHUB_AUDIENCE = "token.actions.githubusercontent.com", "sts.amazonaws.com"
"""Who issues the tokens of workflows, and for whom (GitHub docs, "Configuring OpenID Connect in Amazon Web Services")."""


def _keys_are_there(config: StackConfig) -> Iterator[Breach]:
    purposes = config.keys.purposes
    at: KeyPath = (_KEYS, "purposes")
    for index, purpose in enumerate(purposes):
        if purpose in purposes[:index]:
            yield Breach(path=(*at, index), problem=f"{purpose} is given twice", allowed="each purpose once")
    if "secrets" not in purposes and (config.secrets.generated or config.secrets.given):
        yield Breach(path=at, problem="has no secrets, but there are some", allowed="secrets among them, or no secret")
    for place, copied in (("standby", config.keys.copies.standby), ("vault", config.keys.copies.vault)):
        for index, purpose in enumerate(copied):
            path: KeyPath = (_KEYS, "copies", place, index)
            if purpose in copied[:index]:
                yield Breach(path=path, problem=f"{purpose} is given twice", allowed="each purpose once")
            if purpose not in purposes:
                yield Breach(path=path, problem=f"{purpose} has no key of its own", allowed="one of keys.purposes")


def _secrets_have_one_owner(config: StackConfig) -> Iterator[Breach]:
    for name in config.secrets.given:
        if name in config.secrets.generated:
            yield Breach(path=(_SECRETS, "given", name), problem="is generated as well", allowed="one owner for each secret")


def _switches_have_what_they_need(config: StackConfig) -> Iterator[Breach]:
    identity = config.identity
    if identity.github.enabled and not identity.github.repository:
        path: KeyPath = (_IDENTITY, "github", "repository")
        yield Breach(path=path, problem="is not given, but pipelines are on", allowed="a repository such as owner/name")
    if identity.users.enabled and not identity.users.names:
        yield Breach(path=(_IDENTITY, "users", "names"), problem="is empty, but users are on", allowed="at least one user")
    if identity.break_glass.enabled and not identity.break_glass.taken_by:
        path = (_IDENTITY, "breakGlass", "takenBy")
        yield Breach(path=path, problem="is empty, but the role is on", allowed="who may take it, by their ARNs")


def _tokens_are_believed(config: StackConfig) -> Iterator[Breach]:
    """The stack that makes what its account has once knows all providers; the others cannot tell."""
    if not config.account.singletons.enabled:
        return
    known = {(provider.issuer, provider.audience) for provider in config.account.singletons.identity_providers.values()}
    used: list[tuple[KeyPath, str, str]] = [
        ((_IDENTITY, "outside", name, "issuer"), role.issuer, role.audience) for name, role in config.identity.outside.items()
    ]
    if config.identity.github.enabled:
        used.append(((_IDENTITY, "github", "enabled"), GITHUB_ISSUER, GITHUB_AUDIENCE))
    for path, issuer, audience in used:
        if (issuer, audience) not in known:
            problem = f"tokens of {issuer} for {audience} are not believed in this account"
            yield Breach(path=path, problem=problem, allowed="an issuer and audience of account.singletons.identityProviders")


def _issuers_differ(config: StackConfig) -> Iterator[Breach]:
    seen: set[str] = set()
    for name, provider in config.account.singletons.identity_providers.items():
        path: KeyPath = (f"{NAMESPACE}:account", "singletons", "identityProviders", name, "issuer")
        if provider.issuer in seen:
            yield Breach(path=path, problem=f"{provider.issuer} is given twice", allowed="each issuer once")
        seen.add(provider.issuer)


def _the_guarded_path_is_left_alone(config: StackConfig) -> Iterator[Breach]:
    path = config.identity.role_path
    if path.startswith(GUARDED_PATH):
        yield Breach(
            path=(_IDENTITY, "rolePath"),
            problem=f"{path} is kept for what no pipeline may change",
            allowed=f"a path that does not begin with {GUARDED_PATH}",
        )


def _the_boundary_is_the_accounts(config: StackConfig) -> Iterator[Breach]:
    arn, account = config.identity.boundary_arn, config.platform.account_id
    if not arn:
        return
    path: KeyPath = (_IDENTITY, "boundaryArn")
    if arn.split(":")[4] not in (account, "aws"):
        problem = f"{arn} is a policy of another account"
        yield Breach(path=path, problem=problem, allowed=f"a policy of account {account} (platform.accountId), or one of AWS")
    if config.identity.users.enabled:
        problem = "would take the place of what bounds each user, which is its own rights"
        yield Breach(path=path, problem=problem, allowed='"" while users are on')


def boundary_out_of_reach(config: StackConfig, stack: str) -> Iterator[Breach]:
    """The pipeline of `stack` (`plinth-dev`) writes to policies that are called after it, on the path of its roles."""
    identity = config.identity
    reach = f":policy{identity.role_path}{stack}-"
    if identity.github.enabled and reach in identity.boundary_arn:
        yield Breach(
            path=(_IDENTITY, "boundaryArn"),
            problem=f"{identity.boundary_arn} can be changed by the pipeline that it is to hold",
            allowed=f"a policy under {GUARDED_PATH}, or one whose name does not begin with {stack}-",
        )


IDENTITY_RULES: tuple[Callable[[StackConfig], Iterator[Breach]], ...] = (
    _keys_are_there,
    _secrets_have_one_owner,
    _switches_have_what_they_need,
    _tokens_are_believed,
    _issuers_differ,
    _the_guarded_path_is_left_alone,
    _the_boundary_is_the_accounts,
)
