"""Rules of keys, secrets and identities: what one of them needs of another is there."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from components.core.naming import GUARDED_PATH
from components.core.verbs import CAPABILITIES, Kind
from stack.config.breach import Breach
from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig
from stack.config.services import Access
from stack.config.targets import targets
from stack.config.told import STORES

_KEYS, _SECRETS, _IDENTITY = f"{NAMESPACE}:keys", f"{NAMESPACE}:secrets", f"{NAMESPACE}:identity"
GITHUB_ISSUER, GITHUB_AUDIENCE = "token.actions.githubusercontent.com", "sts.amazonaws.com"
"""Who issues the tokens of workflows, and for whom (GitHub docs, "Configuring OpenID Connect in Amazon Web Services")."""
TAKERS_LIMIT: Final = 1_800
"""Characters that a trust policy of 2,048 leaves for those whom it names."""
USER_RIGHTS_LIMIT: Final = 6_144
"""Characters of a managed policy, which is what bounds a user (IAM user guide, "IAM and AWS STS quotas")."""
_FRAME: Final = '{"Version":"2012-10-17","Statement":[]}'
_STATEMENT: Final = 180
"""Characters of a statement beside its actions and what they are on: its name, and the conditions of keys and of tags."""
_ARN: Final = 95
"""Characters of an ARN beside the name of the thing in the stack file and the prefix of the entry."""


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


def _takers_fit_into_one_trust(config: StackConfig) -> Iterator[Breach]:
    taken_by = config.identity.break_glass.taken_by
    at: KeyPath = (_IDENTITY, "breakGlass", "takenBy")
    for index, arn in enumerate(taken_by):
        if arn in taken_by[:index]:
            yield Breach(path=(*at, index), problem=f"{arn} is given twice", allowed="each user once")
    if (length := sum(len(arn) + len('"",') for arn in taken_by)) > TAKERS_LIMIT:
        problem = f"{len(taken_by)} users, whose ARNs are too long together for one trust policy: {length:,} characters"
        yield Breach(path=at, problem=problem, allowed=f"fewer, of {TAKERS_LIMIT:,} characters together")


def _users_have_rights_that_fit(config: StackConfig) -> Iterator[Breach]:
    users = config.identity.users
    for name, user in users.names.items() if users.enabled else ():
        path: KeyPath = (_IDENTITY, "users", "names", name, "access")
        if not user.access:
            yield Breach(path=path, problem="is empty: a user without rights is of no use", allowed="at least one entry")
        if (length := rights_length(config, user.access)) > USER_RIGHTS_LIMIT:
            entries = f"{len(user.access)} entries come to up to {length:,} characters of rights"
            problem = f"{entries}, too long for the policy that bounds it"
            yield Breach(path=path, problem=problem, allowed=f"{USER_RIGHTS_LIMIT:,} at most: fewer entries, or several users")


def rights_length(config: StackConfig, access: Sequence[Access]) -> int:
    """How many characters of a policy an `access` list comes to, at the most."""
    there = targets(config)
    return len(_FRAME) + sum(_entry_length(entry, there[entry.to]) for entry in access if entry.to in there)


def _entry_length(entry: Access, kind: Kind) -> int:
    """As `statements_for` of components/core/access.py writes it, with every name at its longest."""
    verb = CAPABILITIES[kind].verbs.get(entry.verb)
    if verb is None:
        return 0
    store, _, named = entry.to.partition(".")
    count = len(STORES[named].facts) + 1 if store == "facts" else 1
    arns = count * (_ARN + len(entry.to) + len(entry.prefix))
    statements = sum(_STATEMENT + sum(len(name) + len('"",') for name in one.names) + arns for one in verb.rights)
    listed = len(entry.prefix) if verb.listed else 0
    encrypted = verb.of_key and store != "facts"
    return statements + listed + (_STATEMENT + 2 * arns if encrypted else 0)


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
    _takers_fit_into_one_trust,
    _users_have_rights_that_fit,
    _tokens_are_believed,
    _issuers_differ,
    _the_guarded_path_is_left_alone,
    _the_boundary_is_the_accounts,
)
