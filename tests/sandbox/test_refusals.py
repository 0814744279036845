"""What goes wrong, and in which shape, REFERENCE §2.7 and §5."""

from __future__ import annotations

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox

INVALID_TOKEN = {
    "error": "invalid_token",
    "error_description": "The access token provided is expired, revoked, malformed or invalid for other reasons.",
}


def test_a_bad_token_is_the_recorded_401(harvest: RunningSandbox) -> None:
    answer = harvest.get("/v2/users/me", headers={"Authorization": "Bearer foo", "Harvest-Account-Id": "bar"})
    assert (answer.status_code, answer.json()) == (401, INVALID_TOKEN)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="Rack::OAuth2 Protected Resources", error="invalid_token", '
        f'error_description="{INVALID_TOKEN["error_description"]}"'
    )


@pytest.mark.parametrize("account_id", ["", "999", "bar", "１４０８２１５"])
def test_a_missing_or_unknown_account_is_the_same_401(harvest: RunningSandbox, account_id: str) -> None:
    headers = {"Harvest-Account-Id": account_id.encode()}
    answer = harvest.get("/v2/users/me", headers=headers)
    assert (answer.status_code, answer.json()) == (401, INVALID_TOKEN)


def test_an_unknown_account_can_be_a_404(harvest: RunningSandbox) -> None:
    harvest.switch(unknown_account="404")
    assert harvest.get("/v2/users/me", headers={"Harvest-Account-Id": "999"}).status_code == 404
    assert harvest.get("/v2/users/me", headers={"Harvest-Account-Id": ""}).status_code == 401


@pytest.mark.parametrize(("switch", "error"), [("bare", "unauthorized"), ("invalid_token", "invalid_token")])
def test_no_token_at_all_is_a_401(harvest: RunningSandbox, switch: str, error: str) -> None:
    harvest.switch(no_authorization=switch)
    answer = harvest.get("/v2/users/me", headers={"Authorization": ""})
    assert (answer.status_code, answer.json()["error"]) == (401, error)


def test_no_user_agent_is_a_400(harvest: RunningSandbox) -> None:
    assert harvest.get("/v2/users/me", headers={"User-Agent": ""}).status_code == 400


def test_credentials_may_ride_in_the_query(harvest: RunningSandbox) -> None:
    credentials = {"access_token": harvest.personal_token("carmen"), "account_id": str(harvest.account.id)}
    answer = httpx.get(f"{harvest.url}/v2/time_entries", params=credentials, headers={"User-Agent": "x"})
    assert answer.status_code == 200
    assert "access_token" not in answer.json()["links"]["first"]


@pytest.mark.parametrize(("switch", "status"), [("401", 401), ("403", 403)])
def test_an_archived_person_is_shut_out(harvest: RunningSandbox, switch: str, status: int) -> None:
    harvest.switch(archived_user=switch)
    assert harvest.get("/v2/users/me", "laura").status_code == status


def test_too_little_permission_is_a_403_with_a_hint(harvest: RunningSandbox) -> None:
    answer = harvest.get("/v2/clients", "carmen")
    assert (answer.status_code, answer.text) == (403, '{"message":"Not authorized!"}')
    assert answer.headers["hint"] == "Not authorized!"


@pytest.mark.parametrize("path", ["/v2/clients/1", "/v2/time_entries/9999999999", "/v2/projects/abc"])
def test_an_absent_record_is_the_json_404(harvest: RunningSandbox, path: str) -> None:
    answer = harvest.get(path)
    assert (answer.status_code, answer.text) == (404, '{"status":404,"error":"Not Found"}')


@pytest.mark.parametrize("path", ["/v2/nothing", "/v2/v2/clients", "/v2/", "/nowhere", "/v2/clients/1/friends"])
def test_an_unknown_route_is_an_html_404(harvest: RunningSandbox, path: str) -> None:
    answer = harvest.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_there_is_no_put(harvest: RunningSandbox) -> None:
    assert harvest.request("PUT", "/v2/company", json={}).status_code == 404


def test_an_entry_with_nothing_lists_all_that_is_missing(harvest: RunningSandbox) -> None:
    answer = harvest.post("/v2/time_entries", json={})
    assert answer.status_code == 422
    assert answer.json()["message"] == (
        "Task must exist, Project must exist, Project can't be blank, Task can't be blank, "
        "Spent date can't be blank, Spent date is not a valid date"
    )
    assert answer.headers["hint"] == answer.json()["message"]


def test_json_that_does_not_parse_is_a_400(harvest: RunningSandbox) -> None:
    headers = {"Content-Type": "application/json"}
    assert harvest.post("/v2/clients", content=b'{"name":', headers=headers).status_code == 400


def test_json_without_its_content_type_is_not_read(harvest: RunningSandbox) -> None:
    answer = harvest.post("/v2/clients", content=b'{"name":"Pepe"}', headers={"Content-Type": "text/plain"})
    assert answer.json()["message"] == "Name can't be blank"


def test_aliases_of_the_base_path_and_a_json_suffix_answer(harvest: RunningSandbox) -> None:
    wanted = harvest.get("/v2/users/me").content
    assert harvest.get("/api/v2/users/me").content == wanted
    assert harvest.get("/v2/users/me.json").content == wanted


def test_answers_carry_the_usual_headers(harvest: RunningSandbox) -> None:
    headers = harvest.get("/v2/users/me").headers
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["etag"].startswith('W/"')
    assert {"x-request-id", "x-runtime", "cache-control", "vary", "date"} <= set(headers)


@pytest.mark.parametrize(("switch", "status"), [("ignore", 200), ("304", 304)])
def test_a_known_etag_can_save_the_body(harvest: RunningSandbox, switch: str, status: int) -> None:
    harvest.switch(conditional_get=switch)
    etag = harvest.get("/v2/company").headers["etag"]
    assert harvest.get("/v2/company", headers={"If-None-Match": etag}).status_code == status


def test_other_origins_may_read(harvest: RunningSandbox) -> None:
    origin = {"Origin": "https://app.example"}
    assert harvest.get("/v2/users/me", headers=origin).headers["access-control-allow-origin"] == "https://app.example"
    preflight = httpx.options(f"{harvest.url}/v2/users/me", headers=origin)
    assert "Harvest-Account-ID" in preflight.headers["access-control-allow-headers"]
    harvest.switch(cors="none")
    assert "access-control-allow-origin" not in harvest.get("/v2/users/me", headers=origin).headers
