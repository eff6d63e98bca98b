"""What an `access` list can name in a stack, by its configuration alone, and who has such lists."""

from collections.abc import Iterator, Mapping, Sequence

from components.core.verbs import CAPABILITIES, Kind
from stack.config.document import KeyPath
from stack.config.model import NAMESPACE, StackConfig
from stack.config.secrets import KeptIn
from stack.config.services import Access
from stack.config.told import CACHES, logins, stores

_KINDS: Mapping[KeptIn, Kind] = {"secrets-manager": "secret", "parameter-store": "parameter"}


def targets(config: StackConfig) -> Mapping[str, Kind]:
    """Everything that can be named, with its kind. Where a secret is kept makes no difference to its name."""
    there = stores(config)
    found: dict[str, Kind] = {name: "cache" if name in CACHES else "database" for name in there}
    found |= {f"secret.{name}": _KINDS[kept_in] for name, kept_in in secrets(config).items()}
    found |= {f"facts.{store}": "parameter" for store in there}
    found |= {f"key.{purpose}": "key" for purpose in config.keys.purposes}
    found |= {f"bucket.{name}": "bucket" for name in config.storage.buckets}
    found |= {f"queue.{name}": "queue" for name in config.data.queues}
    if config.storage.files.enabled:
        found |= {f"files.{point}": "files" for point in config.storage.files.access_points}
    found |= {f"service.{name}": "service" for name in listening(config)}
    if config.networking.flow_logs.enabled:
        found["log-group.flow-logs"] = "log-group"
    return found


def listening(config: StackConfig) -> Mapping[str, int]:
    """The services that others can connect to, each with its port."""
    return {name: one.port for name, one in config.services.items() if one.port is not None and one.runs_on != "lambda"}


def secrets(config: StackConfig) -> Mapping[str, KeptIn]:
    """Every secret of a stack, with where it is kept. Those of logins rotate."""
    found: dict[str, KeptIn] = {login.secret: "secrets-manager" for login in logins(config)}
    found |= {name: secret.kept_in for name, secret in (*config.secrets.generated.items(), *config.secrets.given.items())}
    return found


def verbs(kind: Kind, *, connecting: bool) -> tuple[str, ...]:
    """The words for what can be done with a kind of thing; for who is not in the network, without those that connect."""
    return tuple(word for word, verb in CAPABILITIES[kind].verbs.items() if connecting or not verb.connects)


def lists(config: StackConfig) -> Iterator[tuple[KeyPath, Sequence[Access], bool]]:
    """Each `access` list with its place, and whether whoever has it is in the network."""
    for name, service in config.services.items():
        yield (f"{NAMESPACE}:services", name, "access"), service.access, True
    for name, role in config.identity.outside.items():
        yield (f"{NAMESPACE}:identity", "outside", name, "access"), role.access, False
    for name, user in config.identity.users.names.items():
        yield (f"{NAMESPACE}:identity", "users", "names", name, "access"), user.access, False
