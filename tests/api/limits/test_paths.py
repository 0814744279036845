"""A path leads where it literally says, so that a proxy's rules in front of us hold."""

from __future__ import annotations

import httpx
import pytest

from tests.api.limits.raw import exchange, head, status_of
from tests.processes import Bridge


@pytest.mark.parametrize(
    "path",
    [
        "//admin/login/",
        "/%61dmin/login/",
        "/admin%2Flogin/",
        "/admin%2flogin/",
        "/%2Fadmin/login/",
        "/./admin/login/",
        "/proxy/../admin/login/",
        "/proxy/%2e%2e/admin/login/",
        "/ADMIN/login/",
        "/admin\\login/",
        "/admin%5Clogin/",
        "/%6Detrics",
        "//metrics",
        "/metrics/",
        "/accounts//login/",
        "/a%63counts/login/",
    ],
)
def test_the_operators_pages_have_one_spelling(bridge: Bridge, path: str) -> None:
    assert status_of(exchange(bridge, head("GET", path, "Connection: close"))) in range(400, 500)


def test_answers_of_the_api_are_stored_nowhere(bridge: Bridge) -> None:
    for path in ("/integrated-account", "/nothing", "/unified/mappings", "/integrated-account/nobody"):
        assert bridge.api.get(path).headers["Cache-Control"] == "no-store"
    assert httpx.get(f"{bridge.url}/integrated-account", trust_env=False).headers["Cache-Control"] == "no-store"


def test_a_path_that_no_route_has_is_a_404_like_any_other(bridge: Bridge) -> None:
    response = bridge.api.get("/unified/mappings/a%0Ab/versions/c")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["a%2Fb", "a/b"])
def test_an_id_of_another_system_may_have_slashes_escaped_or_not(bridge: Bridge, path: str) -> None:
    answer = bridge.api.get(f"/invoices/7/payments/{path}").json()
    assert "unescaped" not in answer["message"]
    assert bridge.api.get("/invoices%2F7/payments/a").json()["message"].endswith("unescaped.")
