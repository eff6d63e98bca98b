"""Key pairs of machines."""

import pytest

from components.compute.key_pair import MachineKey, MachineKeyArgs
from tests.harness import of_kind, recorded


@pytest.mark.requirement("CMP-06", part="one key pair, of a public key")
def test_a_key_pair_is_made_of_a_public_key() -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBzVdnHbT0Jt ann"
    (pair,) = of_kind(recorded(lambda ctx: MachineKey("machine-key", MachineKeyArgs(public_key=key), ctx)), "KeyPair")
    assert pair.inputs["publicKey"] == key
    assert not {"keyName", "privateKey"} & pair.inputs.keys()


@pytest.mark.parametrize("text", ["", "-----BEGIN OPENSSH PRIVATE KEY-----", "ssh-dss AAAA"])
def test_what_is_no_public_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"^MachineKeyArgs: public_key: no public key; `ssh-ed25519` or `ssh-rsa`, then its text$"
    ):
        MachineKeyArgs(public_key=text)
