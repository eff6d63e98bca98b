"""What there is once in an account: made by one stack, lived with by the others."""

import re
from pathlib import Path

import pytest

from components.security.account import AccountBaseline
from stack.config.faults import ConfigError
from stack.config.loader import load_all
from tests.harness import STACKS, graphs, named, of_kind, project_copy, replace_in

ONCE = (
    *("aws:iam/accountPasswordPolicy:AccountPasswordPolicy", "aws:iam/group:Group", "aws:iam/groupPolicy:GroupPolicy"),
    *("aws:accessanalyzer/analyzer:Analyzer", "aws:iam/openIdConnectProvider:OpenIdConnectProvider"),
)


@pytest.mark.requirement("BST-08", part="the singletons that exist; other stacks read nothing of them yet")
@pytest.mark.requirement("SEC-27", part="the analyzer exists in prod")
def test_prod_makes_what_an_account_has_once_and_the_others_make_none() -> None:
    made = {stack: [len(graphs()[stack].of_type(kind)) for kind in ONCE] for stack in STACKS}
    assert made == {"dev": [0] * 5, "staging": [0] * 5, "prod": [1] * 5}
    assert graphs()["prod"].of_type(AccountBaseline.TYPE)[0].inputs["configKey"] == "plinth:account.singletons"


@pytest.mark.requirement("STO-15")
@pytest.mark.requirement("STO-19")
def test_the_same_stack_closes_the_buckets_and_encrypts_the_volumes_of_the_account() -> None:
    once = ("AccountPublicAccessBlock", "EncryptionByDefault", "DefaultKmsKey")
    made = {stack: [len(of_kind(graphs()[stack], kind)) for kind in once] for stack in STACKS}
    assert made == {"dev": [0] * 3, "staging": [0] * 3, "prod": [1] * 3}
    (key,) = of_kind(graphs()["prod"], "DefaultKmsKey")
    assert key.inputs["keyArn"] == named(graphs()["prod"], "storage-encryption-key").outputs["arn"]
    for stack in STACKS:
        assert not [volume for volume in of_kind(graphs()[stack], "Volume") if volume.inputs.get("encrypted") is not True]


def test_two_stacks_of_one_account_cannot_both_make_it(tmp_path: Path) -> None:
    copy = project_copy(tmp_path)
    replace_in(copy / "Pulumi.dev.yaml", r"singletons:\n      enabled: false", "singletons:\n      enabled: true")
    with pytest.raises(ConfigError) as caught:
        load_all(copy, STACKS)
    assert [re.sub(r"(?<=yaml):\d+", "", str(fault)) for fault in caught.value.faults] == [
        "Pulumi.prod.yaml: plinth:account.singletons.enabled: true, and stack dev of the same account has it as well; "
        "true in one stack of an account"
    ]
    replace_in(copy / "Pulumi.dev.yaml", '"000000000000"', '"111111111111"')
    assert load_all(copy, STACKS)["dev"].config.account.singletons.enabled
