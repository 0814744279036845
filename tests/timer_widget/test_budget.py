"""The timer's calls go first in line, and its answers tell what is left of Harvest's allowance like any others."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox

pytestmark = pytest.mark.django_db


def test_answers_tell_what_is_left_of_the_budget(carmen: APIClient) -> None:
    answer = carmen.get("/timer/state")
    assert answer.headers["ratelimit-limit"] == "100;w=15"
    assert 0 <= int(answer.headers["ratelimit-remaining"]) < 100


def test_so_do_refusals(carmen: APIClient, sandbox: RunningSandbox) -> None:
    sandbox.fault("status", path="/v2/*", status=403)
    answer = carmen.get("/timer/projects", {"fresh": "true"})
    assert answer.status_code >= 400
    assert "ratelimit-remaining" in answer.headers


def test_what_used_none_tells_nothing(carmen: APIClient) -> None:
    answer = carmen.post("/timer/stop", {}, format="json")
    assert answer.status_code == 400
    assert "ratelimit-limit" not in answer.headers
