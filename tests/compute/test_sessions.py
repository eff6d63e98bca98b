"""The record of sessions in containers."""

import pytest

from components.compute.sessions import Sessions, SessionsArgs
from tests.harness import named, recorded


def test_the_record_of_sessions_is_encrypted_and_ends() -> None:
    args = SessionsArgs(retention_days=7, key_arn="arn:aws:kms:x")
    group = named(recorded(lambda ctx: Sessions("sessions", args, ctx)), "sessions-records")
    assert (group.inputs["name"], group.inputs["retentionInDays"]) == ("plinth-test-containers-sessions", 7)
    assert group.inputs["kmsKeyId"] == "arn:aws:kms:x"


def test_a_number_of_days_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match=r"SessionsArgs: retention_days: 8 is not possible"):
        SessionsArgs(retention_days=8, key_arn="x")  # type: ignore[arg-type]
