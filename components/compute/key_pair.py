"""The key pair of machines: only where somebody gave a public key, and with no port opened for it."""

import re
from dataclasses import dataclass
from typing import ClassVar

from pulumi import Output, ResourceOptions
from pulumi_aws import ec2

from components.core.checks import refuse
from components.core.component import Component
from components.core.context import Context

_PUBLIC_KEY = re.compile(r"(ssh-ed25519|ssh-rsa) [A-Za-z0-9+/]+={0,3}( \S+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineKeyArgs:
    """A public key, as `ssh-keygen` writes it. The private one never gets here. Raises ValueError for what is none."""

    public_key: str

    def __post_init__(self) -> None:
        wrong = not _PUBLIC_KEY.fullmatch(self.public_key)
        refuse(self, ["public_key: no public key; `ssh-ed25519` or `ssh-rsa`, then its text"] if wrong else [])


class MachineKey(Component):
    """A key pair of which AWS knows the public half alone.

    Creates: the key pair. Port 22 stays closed: it serves the serial console and tunnels through Session Manager.
    Costs: nothing.
    When not: nearly always; Session Manager needs no key.
    """

    TYPE: ClassVar[str] = "plinth:compute:MachineKey"

    key_name: Output[str]

    def __init__(self, name: str, args: MachineKeyArgs, ctx: Context, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, ctx, opts)
        pair = ec2.KeyPair(
            f"{name}-pair",
            public_key=args.public_key,
            region=ctx.region,
            tags=ctx.tagged(f"{name}-pair"),
            opts=self.under(),
        )
        self.key_name = pair.key_name
        self.publish()
