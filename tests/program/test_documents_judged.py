"""Every policy document of every stack, judged by somebody else's rules: those of parliament."""

import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from plinth.engine.graph import Graph
from tests.harness import graphs
from tests.program.switched import GITHUB, ONE_QUICKLY, OUTSIDE, USERS, planned, turned_on

PARLIAMENT: Any = importlib.import_module("parliament")  # which says nothing about its types
IDENTITY = (
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/policy:Policy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
)
EXPLAINED: Mapping[tuple[str, str], str] = {
    (
        "RESOURCE_MISMATCH",
        "flow-logs-writer-rights",
    ): "logs:DescribeLogGroups knows no resource; only the stack's own group is named",
    (
        "RESOURCE_MISMATCH",
        "pipelines-deploy-rights",
    ): "a call that works on two kinds of things names each in a statement of its own",
    (
        "RESOURCE_MISMATCH",
        "patching-window-role-rights",
    ): "ssm:SendCommand works on a document and on machines; each stands in a statement of its own",
    (
        "RESOURCE_POLICY_PRIVILEGE_ESCALATION",
        "pipelines-deploy-rights",
    ): "s3:PutBucketPolicy: whoever makes a bucket says who may use it",
    (
        "UNKNOWN_CONDITION_FOR_ACTION",
        "pipelines-deploy-rights",
    ): "kms:ResourceAliases is a condition key of every key (Service Authorization Reference, AWS KMS, 'Resource types')",
    (
        "UNKNOWN_CONDITION_FOR_ACTION",
        "pipelines-preview-rights",
    ): "kms:ResourceAliases is a condition key of every key (Service Authorization Reference, AWS KMS, 'Resource types')",
    ("RESOURCE_STAR", "pipelines-deploy-rights"): "kms:TagResource: whoever makes a key with tags needs it on no particular key",
}
"""What parliament finds and is right as it is, by its issue and the policy, numbers of parts left out."""
TAKING_TURNS: Mapping[tuple[str, str], str] = {
    (
        "RESOURCE_MISMATCH",
        "containers-turns-rights",
    ): "elasticloadbalancing:ModifyRule knows rules of network load balancers too, which have none that take turns"
}
"""The same, where versions of services take turns."""


def findings(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """Issue, policy and detail of whatever parliament finds in the documents of roles, users and groups."""
    for resource in graph.resources.values():
        if resource.type in IDENTITY:
            judged = PARLIAMENT.analyze_policy_string(str(resource.inputs["policy"]))
            name = resource.name.rstrip("0123456789").rstrip("-")
            for found in judged.findings:
                yield str(found.issue), name, json.dumps(found.detail, default=str)


@pytest.mark.requirement("SEC-27", part="an analyser of our own documents: parliament finds nothing that is not explained")
@ONE_QUICKLY
def test_parliament_finds_nothing_that_is_not_explained(stack: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    opened = planned(tmp_path_factory.mktemp(stack), stack, {**turned_on(GITHUB, USERS), **OUTSIDE})
    seen = {(issue, name): detail for graph in (graphs()[stack], opened) for issue, name, detail in findings(graph)}
    explained = EXPLAINED if stack == "dev" else {**EXPLAINED, **TAKING_TURNS}
    assert {key: detail for key, detail in seen.items() if key not in explained} == {}
    assert explained.keys() <= seen.keys(), "what is not found any more needs no explanation"


def test_parliament_would_see_what_is_wrong() -> None:
    wrong = {"Statement": [{"Effect": "Allow", "Action": ["s3:GetObjekt"], "Resource": ["*"]}], "Version": "2012-10-17"}
    judged = PARLIAMENT.analyze_policy_string(json.dumps(wrong))
    assert [str(found.issue) for found in judged.findings] == ["UNKNOWN_ACTION"]
