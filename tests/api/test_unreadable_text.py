"""Text that nobody can keep is a 400 that names where it stands (the whole corpus: tests/fuzz)."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.sandbox.testing import RunningSandbox

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/platform/controller?origin=%00", "origin"),
        ("/platform/timer?service=a%00b", "service"),
        ("/platform/sign-in?origin=https://a%00", "origin"),
        ("/connect-account?link_token=%00", "link_token"),
        ("/connect-account/callback?state=%00&code=x", "state"),
        ("/health/ready?%00=1", "A parameter's name"),
        ("/unified/mappings/users/a%00b", "path"),
        ("/static/%00.js", "path"),
    ],
)
def test_nul_in_an_address_is_a_400_that_names_the_parameter(path: str, named: str) -> None:
    response = Client().get(path)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert response.json()["message"].startswith(named)


def test_nul_in_a_form_is_a_400_that_names_the_field() -> None:
    response = Client().post("/accounts/login/", {"login": "a\0b", "password": "x"})
    assert response.status_code == 400
    assert "login: must not contain NUL" in response.content.decode()


def test_a_cookie_with_nul_counts_as_absent() -> None:
    response = Client(headers={"Cookie": r'hb_session="\000\000\000\000\000\000\000\000\000"'}).get("/admin/")
    assert (response.status_code, response["Location"][:14]) == (302, "/admin/login/?")


@pytest.mark.parametrize(
    "charset", ["hex", "base64", "rot13", "zip", "idna", "punycode", "undefined", "unicode_escape"]
)
@pytest.mark.parametrize("kind", [JSON, "application/x-www-form-urlencoded"])
def test_a_charset_that_is_none_is_a_400(api: APIClient, charset: str, kind: str) -> None:
    response = api.generic("POST", "/link-token", b"{}", f"{kind}; charset={charset}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert charset in response.json()["message"]


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "us-ascii", "iso-8859-1", "utf-16"])
def test_a_charset_that_json_is_written_in_is_read(api: APIClient, charset: str) -> None:
    body = '{"tenant_id": "acme"}'.encode(charset)
    assert api.generic("POST", "/link-token", body, f"{JSON}; charset={charset}").status_code == 200


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (rb'{"tenant_id": "a\u0000"}', "tenant_id"),
        (rb'{"tenant_id": "a", "context": {"b": [1, {"c": "\u0000"}]}}', "context.b[1].c"),
        (rb'{"\u0000": 1}', "body"),
    ],
)
def test_nul_in_a_body_is_named_by_its_place(api: APIClient, body: bytes, named: str) -> None:
    response = api.generic("POST", "/link-token", body, JSON)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert response.json()["message"].startswith(named)


def test_a_backslash_before_u0000_is_no_nul(api: APIClient) -> None:
    assert api.generic("POST", "/link-token", rb'{"tenant_id": "a\\u0000"}', JSON).status_code == 200


@pytest.mark.parametrize("body", [b"[" * 101 + b"]" * 101, b"[" * 100_000, b'{"a":' * 101 + b"1" + b"}" * 101])
def test_what_is_nested_too_deeply_is_refused(api: APIClient, body: bytes) -> None:
    response = api.generic("POST", "/link-token", body, JSON)
    assert (response.status_code, response.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize("limit", ["9" * 5000, "٣", "1e2", "-1", "²", " 5", "0x10"])
def test_a_limit_that_is_no_number_is_refused(api: APIClient, limit: str) -> None:
    response = api.get("/integrated-account", {"limit": limit})
    assert (response.status_code, response.json()["message"][:6]) == (400, "limit:")


@pytest.mark.parametrize("row", [rb'"J\ud83d"', rb'"\u0000"', rb'"\udc00\ud83d"'])
def test_one_unreadable_name_refuses_its_row_and_no_other(
    api: APIClient, alices: Connection, sandbox: RunningSandbox, row: bytes
) -> None:
    people = b'[{"external_id": "1", "name": "Ann"}, {"external_id": "2", "name": %s}, {"external_id": "3"}]' % row
    response = api.generic("PUT", f"/unified/user-directory/identities?integrated_account_id={alices.pk}", people, JSON)
    assert response.status_code == 200, response.content
    assert response.json()["created"] == 2
    [failed] = response.json()["failed"]
    assert (failed["index"], failed["external_id"], failed["field"]) == (1, "2", "name")


def test_an_unreadable_id_of_a_person_is_not_repeated(api: APIClient, alices: Connection) -> None:
    people = rb'[{"external_id": "\ud83d", "name": "Ann"}]'
    response = api.generic("PUT", f"/unified/user-directory/identities?integrated_account_id={alices.pk}", people, JSON)
    assert response.json()["failed"][0]["external_id"] is None


def test_one_unreadable_decision_refuses_its_row_and_no_other(api: APIClient, alices: Connection) -> None:
    rows = rb'[{"id": "\ud83d", "decision": "confirm"}, {"id": "x", "decision": "confirm"}]'
    path = f"/unified/user-directory/identities/decisions?integrated_account_id={alices.pk}"
    response = api.generic("POST", path, rows, JSON)
    assert (response.status_code, response.json()["failed"]) == (200, 2)
