"""Who writes to the queue does not thereby run code."""

from __future__ import annotations

import pickle

import pytest
from huey.contrib.djhuey import HUEY

from harvest_bridge.connections.tasks import refresh_tokens
from harvest_bridge.settings import HUEY as SETTINGS


class RunsCode:
    ran = False

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return setattr, (RunsCode, "ran", True)


def test_a_job_that_we_did_not_sign_is_not_even_read() -> None:
    with pytest.raises(ValueError, match=r"Separator|Signature"):
        HUEY.deserialize_task(pickle.dumps(RunsCode()))
    with pytest.raises(ValueError, match=r"Separator|Signature"):
        HUEY.deserialize_task(pickle.dumps(RunsCode()) + b":" + b"0" * 40)
    assert not RunsCode.ran


def test_our_own_jobs_are_read() -> None:
    job = refresh_tokens.s("a connection")
    assert HUEY.deserialize_task(HUEY.serialize_task(job)).args == ("a connection",)
    assert SETTINGS["serializer"] is HUEY.serializer
