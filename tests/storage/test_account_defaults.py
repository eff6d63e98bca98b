"""What an account has once of storage."""

import pytest

from components.storage.account_defaults import AccountDefaults, AccountDefaultsArgs
from plinth.engine.graph import Graph
from tests.harness import named, recorded

KEY = "arn:aws:kms:us-east-1:111111111111:key/storage"


def defaults(*, retain: bool = False) -> Graph:
    return recorded(lambda ctx: AccountDefaults("storage-defaults", AccountDefaultsArgs(key_arn=KEY), ctx), retain=retain)


@pytest.mark.requirement("STO-15", part="the account")
def test_no_bucket_of_the_account_can_be_public() -> None:
    block = named(defaults(), "storage-defaults-private").inputs
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert [block[flag] for flag in flags] == [True] * 4
    assert block["accountId"] == "111111111111"


@pytest.mark.parametrize("retain", [True, False])
def test_buckets_that_are_retained_stay_closed_by_the_account_as_well(*, retain: bool) -> None:
    block = named(defaults(retain=retain), "storage-defaults-private").options
    assert (block.protect, block.retain_on_delete) == (False, retain)


@pytest.mark.requirement("STO-19")
def test_every_new_volume_is_encrypted_with_a_key_of_the_platforms_own() -> None:
    graph = defaults()
    assert named(graph, "storage-defaults-volumes").inputs["enabled"] is True
    assert named(graph, "storage-defaults-volumes-key").inputs["keyArn"] == KEY
    assert named(graph, "storage-defaults-volumes-key").urn in named(graph, "storage-defaults-volumes").dependencies


def test_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match=r"AccountDefaultsArgs: key_arn: none"):
        AccountDefaultsArgs(key_arn="")
