"""Signing in and granting, REFERENCE §2."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from harvest_bridge.sandbox.testing import USER_AGENT, RunningSandbox

REDIRECT = "http://localhost:8000/connect-account/callback"


def authorize_url(harvest: RunningSandbox, **fields: str) -> str:
    asked = {"client_id": "sandbox-client", "response_type": "code", "state": "a b&c", "redirect_uri": REDIRECT}
    return f"{harvest.url}/oauth2/authorize?{urlencode({**asked, **fields})}"


def answer_of(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def exchange(harvest: RunningSandbox, **fields: Any) -> httpx.Response:
    client = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
    headers = {"User-Agent": USER_AGENT}
    return httpx.post(f"{harvest.url}/api/v2/oauth2/token", data={**client, **fields}, headers=headers)


def grant(harvest: RunningSandbox, **options: Any) -> dict[str, Any]:
    code = answer_of(harvest.consent(authorize_url(harvest), "alice", **options))["code"]
    tokens: dict[str, Any] = exchange(harvest, code=code, grant_type="authorization_code").json()
    return tokens


def accounts_of(harvest: RunningSandbox, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "User-Agent": USER_AGENT}
    return httpx.get(f"{harvest.url}/api/v2/accounts", headers=headers)


def test_the_page_lists_people_then_the_accounts_of_one(harvest: RunningSandbox) -> None:
    people = httpx.get(authorize_url(harvest)).text
    assert "Alice Okafor" in people
    identity = str(harvest.identity("alice").id)
    page = httpx.get(authorize_url(harvest, identity_id=identity)).text
    assert all(name in page for name in ("Fennel &amp; Finch", "Okafor Studio", "Forecast", "Allow", "Deny"))
    assert harvest.world.tokens.refresh_tokens() == {}


def test_allowing_sends_code_scope_and_the_state_as_it_came(harvest: RunningSandbox) -> None:
    location = harvest.consent(authorize_url(harvest), "alice", accounts=[harvest.account, harvest.forecast_account_id])
    answer = answer_of(location)
    assert location.startswith(f"{REDIRECT}?")
    assert answer["scope"] == f"harvest:{harvest.account.id} forecast:{harvest.forecast_account_id}"
    assert answer["state"] == "a b&c"
    assert answer["code"]


def test_a_code_buys_tokens_once(harvest: RunningSandbox) -> None:
    code = answer_of(harvest.consent(authorize_url(harvest)))["code"]
    first = exchange(harvest, code=code, grant_type="authorization_code")
    assert set(first.json()) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (first.json()["token_type"], first.json()["expires_in"]) == ("bearer", 1_209_600)
    second = exchange(harvest, code=code, grant_type="authorization_code")
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")


def test_the_token_endpoint_takes_json_too(harvest: RunningSandbox) -> None:
    code = answer_of(harvest.consent(authorize_url(harvest)))["code"]
    body = {
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "code": code,
        "grant_type": "authorization_code",
    }
    url = f"{harvest.url}/api/v2/oauth2/token"
    assert httpx.post(url, json=body, headers={"User-Agent": USER_AGENT}).status_code == 200


def test_a_code_grows_old(harvest: RunningSandbox) -> None:
    code = answer_of(harvest.consent(authorize_url(harvest)))["code"]
    harvest.advance(harvest.world.switches.code_lifetime_seconds + 1)
    assert exchange(harvest, code=code, grant_type="authorization_code").status_code == 400


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "nothing"}, 400, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": ""}, 400, "invalid_grant"),
    ],
)
def test_the_token_endpoint_refuses_as_oauth_does(
    harvest: RunningSandbox, fields: dict[str, str], status: int, error: str
) -> None:
    answer = exchange(harvest, **fields)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_denial_comes_back_as_an_oauth_error(harvest: RunningSandbox) -> None:
    answer = answer_of(harvest.consent(authorize_url(harvest), allow=False))
    assert (answer["error"], answer["state"]) == ("access_denied", "a b&c")
    assert "code" not in answer


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/callback",
        "http://localhost.evil.example/",
        "http://localhost@evil.example/",
        "javascript:alert(1)",
        "http://localhost:x/",
        "//localhost/",
    ],
)
def test_nothing_is_sent_to_a_redirect_that_is_not_registered(harvest: RunningSandbox, uri: str) -> None:
    answer = httpx.get(authorize_url(harvest, redirect_uri=uri))
    assert answer.status_code == 400
    form = {"client_id": "sandbox-client", "response_type": "code", "redirect_uri": uri, "decision": "deny"}
    assert httpx.post(f"{harvest.url}/oauth2/authorize", data=form).status_code == 400


def test_an_unknown_application_gets_a_page_and_no_redirect(harvest: RunningSandbox) -> None:
    assert httpx.get(authorize_url(harvest, client_id="nobody")).status_code == 400


def test_accounts_are_those_granted_and_the_user_is_the_identity(harvest: RunningSandbox) -> None:
    tokens = grant(harvest, accounts=[harvest.studio])
    seen = accounts_of(harvest, tokens["access_token"]).json()
    assert [(one["id"], one["product"]) for one in seen["accounts"]] == [(harvest.studio.id, "harvest")]
    assert seen["user"]["id"] == harvest.identity("alice").id != harvest.user("alice").id


def test_a_grant_of_one_account_does_not_open_another(harvest: RunningSandbox) -> None:
    bearer = {"Authorization": f"Bearer {grant(harvest, accounts=[harvest.studio])['access_token']}"}
    assert harvest.get("/v2/users/me", account=harvest.studio, headers=bearer).status_code == 200
    assert harvest.get("/v2/users/me", account=harvest.account, headers=bearer).status_code == 401


def test_a_forecast_account_is_no_harvest_account(harvest: RunningSandbox) -> None:
    headers = {"Harvest-Account-Id": str(harvest.forecast_account_id)}
    assert harvest.get("/v2/users/me", headers=headers).status_code == 401


def test_access_tokens_expire_and_refresh(harvest: RunningSandbox) -> None:
    tokens = grant(harvest)
    harvest.advance(1_209_600)
    assert accounts_of(harvest, tokens["access_token"]).status_code == 401
    fresh = exchange(harvest, refresh_token=tokens["refresh_token"], grant_type="refresh_token").json()
    assert accounts_of(harvest, fresh["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("rotation", "old", "same"), [("keep_old", 200, False), ("rotate", 400, False), ("same", 200, True)]
)
def test_refresh_tokens_rotate_as_the_switch_says(harvest: RunningSandbox, rotation: str, old: int, same: bool) -> None:
    harvest.switch(refresh_tokens=rotation)
    first = grant(harvest)["refresh_token"]
    second = exchange(harvest, refresh_token=first, grant_type="refresh_token").json()["refresh_token"]
    assert (second == first) is same
    assert exchange(harvest, refresh_token=second, grant_type="refresh_token").status_code == 200
    assert exchange(harvest, refresh_token=first, grant_type="refresh_token").status_code == old


def test_a_revoked_grant_takes_all_its_tokens_along(harvest: RunningSandbox) -> None:
    tokens = grant(harvest)
    harvest.revoke(tokens["refresh_token"])
    assert accounts_of(harvest, tokens["access_token"]).status_code == 401
    assert exchange(harvest, refresh_token=tokens["refresh_token"], grant_type="refresh_token").status_code == 400


@pytest.mark.parametrize(("switch", "mark"), [("query", "?"), ("fragment", "#")])
def test_the_implicit_flow_hands_out_a_token_without_refresh(harvest: RunningSandbox, switch: str, mark: str) -> None:
    harvest.switch(implicit_redirect=switch)
    location = harvest.consent(authorize_url(harvest, response_type="token"))
    address, _, answer = location.partition(mark)
    fields = parse_qs(answer)
    assert address == REDIRECT
    assert set(fields) == {"access_token", "token_type", "expires_in", "scope", "state"}
    assert accounts_of(harvest, fields["access_token"][0]).status_code == 200


def test_personal_tokens_act_everywhere_and_do_not_expire(harvest: RunningSandbox) -> None:
    harvest.advance(400 * 24 * 3600)
    assert harvest.get("/v2/users/me", account=harvest.studio).status_code == 200
    assert harvest.get("/v2/users/me", account=harvest.account).status_code == 200


def test_the_identity_host_wants_a_user_agent(harvest: RunningSandbox) -> None:
    for verb, path in (("POST", "/api/v2/oauth2/token"), ("GET", "/api/v2/accounts")):
        assert httpx.request(verb, harvest.url + path, headers={"User-Agent": ""}).status_code == 400
