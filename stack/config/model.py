"""The whole configuration of a stack: one frozen object, a field for each section of the stack file."""

from collections.abc import Mapping

from pydantic import Field

from stack.config.account import Account
from stack.config.containers import Containers
from stack.config.cost import Cost
from stack.config.data import Data
from stack.config.dns import Dns
from stack.config.identity import Identity
from stack.config.keys import Keys
from stack.config.load_balancers import LoadBalancer
from stack.config.machines import Machines
from stack.config.networking import Networking
from stack.config.observability import Observability
from stack.config.platform import Platform
from stack.config.schedule import Schedule
from stack.config.secrets import Secrets
from stack.config.section import Name, Section
from stack.config.services import Service
from stack.config.storage import Storage

NAMESPACE = "plinth"
"""Every section is the key `plinth:<section>` under `config:` in Pulumi.<stack>.yaml."""
CREDENTIALS = "credentials"
"""The value of a given secret is the key `credentials:<name>` beside them: encrypted, and read by nobody but who keeps it."""


class StackConfig(Section):
    """All sections of a stack file."""

    platform: Platform = Field(description="Who owns the stack, where it lives, what happens to its data when it goes.")
    networking: Networking = Field(description="The private address space of the stack and its ways out.")
    load_balancers: Mapping[Name, LoadBalancer] = Field(description="Where requests and connections from outside come in.")
    dns: Dns = Field(description="The public names of the stack.")
    keys: Keys = Field(description="What is encrypted with a key of its own, besides logs, which always are.")
    secrets: Secrets = Field(description="What must not be seen, where it is kept, and who makes it up.")
    storage: Storage = Field(description="Objects, by what they are for, and the logs of everything.")
    data: Data = Field(description="Databases, caches and queues.")
    services: Mapping[Name, Service] = Field(description="What runs on the platform, and what each service needs of it.")
    machines: Machines = Field(description="What all machines have in common, whatever service they run.")
    containers: Containers = Field(description="What services on ECS share, and where images come from.")
    observability: Observability = Field(description="What is to be seen of what runs.")
    schedule: Schedule = Field(description="The hours in which the stack is at work.")
    identity: Identity = Field(description="Who may act in the account, besides the services of the platform.")
    account: Account = Field(description="What there is once in an account, however many stacks share it.")
    cost: Cost = Field(description="What the stack may cost, and how much it is used.")
