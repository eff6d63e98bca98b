"""What pipelines do with registries and with keys: those of the stack, in its regions, for what they are there for."""

from dataclasses import replace

from components.core.offers import Statement
from components.core.registries import PULL, PUSH
from components.security.pipeline_rights import PipelineScope, StateBackend, deploy_statements, preview_statements
from tests.iam import Request, allows
from tests.security.test_pipeline_rights import ACCOUNT, DEPLOY, PREVIEW, REGION, SCOPE, STANDBY, actions, context, tagged


def test_images_are_pushed_into_registries_of_the_stack_alone_and_a_preview_signs_in_where_they_are_built() -> None:
    def may(statements: tuple[Statement, ...], action: str, environment: str = "dev") -> bool:
        image = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/plinth-{environment}-booking-images"
        return allows(statements, Request(action=action, arn=image))

    building = preview_statements(context(), replace(SCOPE, builds=True))
    assert all(may(DEPLOY, action) and not may(DEPLOY, action, "prod") for action in (*PULL, *PUSH))
    assert all(may(building, action) and not may(building, action, "prod") for action in PULL)
    assert not any(may(building, action) for action in PUSH)
    token = Request(action="ecr:GetAuthorizationToken")
    assert [allows(statements, token) for statements in (DEPLOY, building, PREVIEW)] == [True, True, False]


def test_a_key_is_copied_right_after_it_is_made_into_regions_of_the_stack_alone_and_never_another_stacks() -> None:
    standing_by = deploy_statements(context(), replace(SCOPE, regions=(STANDBY,)))

    def copies(region: str, carried: str | None) -> bool:
        said = {"kms:ReplicaRegion": region, "aws:RequestedRegion": REGION, **tagged("Resource", carried)}
        key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/mrk-x"
        return allows(standing_by, Request(action="kms:ReplicateKey", arn=key, context=said))

    assert [copies(STANDBY, None), copies(STANDBY, "dev"), copies(STANDBY, "prod")] == [True, True, False]
    assert not copies("eu-west-1", "dev")


def test_the_secrets_of_a_stack_file_are_read_by_both_roles_under_the_key_of_its_own_stack_alone() -> None:
    scope = replace(SCOPE, config_key="alias/plinth-dev-config-key")

    def uses(statements: tuple[Statement, ...], action: str, environment: str = "dev") -> bool:
        key, named = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/x", {"kms:ResourceAliases": f"alias/plinth-{environment}-config-key"}
        return allows(statements, Request(action=action, arn=key, context=named))

    deploy, preview = deploy_statements(context(), scope), preview_statements(context(), scope)
    assert [uses(deploy, action) for action in ("kms:Decrypt", "kms:Encrypt")] == [True, True]
    assert [uses(preview, action) for action in ("kms:Decrypt", "kms:Encrypt")] == [True, False]
    assert not any(uses(statements, "kms:Decrypt", "prod") for statements in (deploy, preview))
    assert not uses(DEPLOY, "kms:Decrypt")


def test_without_a_key_of_our_own_the_state_asks_for_none() -> None:
    plain = preview_statements(context(), PipelineScope(state=StateBackend(bucket="plinth-state")))
    assert "kms:Decrypt" not in actions(plain)
    assert any("arn:aws:s3:::plinth-state/.pulumi/meta.yaml" in statement.resources for statement in plain)
