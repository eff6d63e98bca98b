"""The roles of pipelines: each for one subject of one repository."""

import json
from typing import Any

import pytest

from components.core.offers import Statement
from components.security.pipelines import Pipelines, PipelinesArgs
from plinth.engine.graph import Graph
from tests.harness import named, recorded

READ = Statement(actions=("kms:DescribeKey",), resources=("arn:aws:kms:us-east-1:111111111111:key/*",))
WRITE = Statement(actions=("sqs:CreateQueue",), resources=("arn:aws:sqs:us-east-1:111111111111:plinth-test-*",))


def args(**changed: Any) -> PipelinesArgs:
    given: dict[str, Any] = {
        "repository": "owner/name",
        "environment": "test",
        "issuer": "token.actions.githubusercontent.com",
        "audience": "sts.amazonaws.com",
        "preview": (READ,),
        "deploy": (WRITE,),
    }
    return PipelinesArgs(**given | changed)


def pipelines() -> Graph:
    return recorded(lambda ctx: Pipelines("pipelines", args(), ctx))


@pytest.mark.requirement("DEL-04", part="the trust: one repository, one environment")
@pytest.mark.parametrize(("job", "subject"), [("preview", "pull_request"), ("deploy", "environment:test")])
def test_each_role_is_for_one_subject_of_one_repository(job: str, subject: str) -> None:
    role = named(pipelines(), f"pipelines-{job}-role")
    assert (role.inputs["name"], role.inputs["path"]) == (f"plinth-test-ci-{job}", "/guarded/")
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    provider = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
    assert statement["Principal"] == {"Federated": [provider]}
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": f"repo:owner/name:{subject}",
        }
    }


def test_each_role_has_its_own_rights() -> None:
    graph = pipelines()
    found = {job: json.loads(named(graph, f"pipelines-{job}-rights").inputs["policy"]) for job in ("preview", "deploy")}
    assert {job: body["Statement"][0]["Action"] for job, body in found.items()} == {
        "preview": ["kms:DescribeKey"],
        "deploy": ["sqs:CreateQueue"],
    }
    assert graph.of_type(Pipelines.TYPE)[0].outputs == {
        f"{job}_role_arn": named(graph, f"pipelines-{job}-role").outputs["arn"] for job in found
    }


def test_bad_arguments_are_refused_all_at_once() -> None:
    with pytest.raises(ValueError, match=r"PipelinesArgs: ") as caught:
        args(repository="name", preview=(), deploy=())
    for expected in ("repository: 'name' is no repository", "preview: none given", "deploy: none given"):
        assert expected in str(caught.value)
