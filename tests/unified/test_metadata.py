"""The directory describes itself."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.unified.resources import RESOURCES

pytestmark = pytest.mark.django_db


def test_the_whole_model(api: Any) -> None:
    meta = api.get("/unified/meta/user-directory/harvest").json()
    assert set(meta["resources"]) == set(RESOURCES)
    listed = meta["resources"]["users"]["list"]
    assert listed["query_schema"]["properties"]["status"]["enum"] == ["active", "inactive"]
    assert listed["schema"]["properties"]["timezone"]["description"]
    body = meta["resources"]["users"]["create"]["request_body_schema"]
    assert sorted(body["required"]) == ["emails", "first_name", "last_name"]
    assert "$ref" not in str(body)
    assert meta["resources"]["users"]["create"]["needs"] == "administrator"
    assert meta["resources"]["me"]["list"]["needs"] is None


def test_it_can_be_read(api: Any) -> None:
    response = api.get("/unified/meta/user-directory/harvest?format=md")
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert "| `timezone` | An IANA name" in response.content.decode()


def test_who_may_do_what_reads_as_it_is_in_json(api: Any) -> None:
    resources = api.get("/unified/meta/user-directory/harvest").json()["resources"]
    lines = api.get("/unified/meta/user-directory/harvest?format=md").content.decode().split("\n")
    for name, methods in resources.items():
        chapter = lines[lines.index(f"## {name}") :]
        for method, meta in methods.items():
            line = next(line for line in chapter if line.startswith(f"- `{method}`: "))
            assert (meta["needs"] or "everybody") in line
            assert ("in part" in line) == bool(meta["needs_for_part"]), line
            assert line.endswith(meta["needs_for_part"] or meta["needs"] or "everybody")


@pytest.mark.parametrize("path", ["users/meta/list", "users/harvest/meta/list", "roles/meta/update"])
def test_one_method(api: Any, path: str) -> None:
    assert api.get(f"/unified/user-directory/{path}").json()["method"] in ("list", "update")


@pytest.mark.parametrize("path", ["shoes/meta/list", "me/meta/delete"])
def test_what_there_is_not_is_a_404_that_says_what_there_is(api: Any, path: str) -> None:
    response = api.get(f"/unified/user-directory/{path}")
    assert response.status_code == 404
    assert "list" in response.json()["message"] or "users" in response.json()["message"]
