"""Which token opens which account, and how a refusal reads: in Harvest's own shape, with our code and the reason."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import Link

NARROW_KEY = """
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.hosts.services import issue_api_key
print(issue_api_key(host_app=HostApp.objects.get(pk='{host}'), scopes=['connections'])[1])
"""


def ask(bridge: Bridge, token: str | None, account: object = None, **headers: str) -> httpx.Response:
    named = {"Harvest-Account-Id": str(account)} if account is not None else {}
    shown = {"Authorization": f"Bearer {token}"} if token else {}
    given = httpx.Headers({**shown, **named, **headers}, encoding="latin-1")
    return httpx.get(f"{bridge.url}/v2/users/me", headers=given, trust_env=False)


def test_every_person_is_the_linker(harvest: httpx.Client) -> None:
    assert harvest.get("/v2/users/me").json()["first_name"] == "Alice"


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (None, "missing_token"),
        ("7000101.pt.alice", "unknown_token"),
        ("hb_live_nonsense", "invalid_api_key"),
        ("hb_iat_nonsense", "invalid_integrated_account_token"),
    ],
)
def test_a_bad_token_gets_harvests_401_with_our_reason(bridge: Bridge, token: str | None, code: str) -> None:
    answer = ask(bridge, token, 42)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    body = answer.json()
    assert (body["error"], body["code"]) == ("invalid_token", code)
    assert body["error_description"]


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (None, "account_missing"),
        ("", "account_missing"),
        (987321, "account_not_linked"),
        ("9" * 30, "account_not_linked"),
        ("x", "account_not_linked"),
        ("²", "account_not_linked"),
    ],
)
def test_an_account_that_is_not_linked_gets_harvests_401(bridge: Bridge, account: object, code: str) -> None:
    answer = ask(bridge, bridge.host["api_key"], account)
    assert (answer.status_code, answer.json()["error"], answer.json()["code"]) == (401, "invalid_token", code)


def test_a_host_app_has_no_use_for_anothers_connection(bridge: Bridge, linked: str, sandbox: RunningSandbox) -> None:
    stranger = bridge.create_host("Stranger", f"https://{uuid.uuid4().hex}.example")["api_key"]
    assert ask(bridge, stranger, sandbox.account.id).json()["code"] == "account_not_linked"
    named = ask(bridge, stranger, **{"Harvest-Bridge-Connection": linked})
    assert (named.status_code, named.json()["code"]) == (401, "connection_unknown")


def test_two_customers_with_one_account_must_be_told_apart(bridge: Bridge, link: Link, sandbox: RunningSandbox) -> None:
    first, second = link("alice"), link("bruno")
    assert ask(bridge, bridge.host["api_key"], sandbox.account.id).json()["code"] == "account_ambiguous"
    names = [
        ask(bridge, bridge.host["api_key"], sandbox.account.id, **{"Harvest-Bridge-Connection": named}).json()[
            "first_name"
        ]
        for named in (first, second)
    ]
    assert names == ["Alice", "Bruno"]


def test_a_personal_connection_must_be_named(bridge: Bridge, link: Link, sandbox: RunningSandbox) -> None:
    personal = link("carmen", user_id="u-1")
    refused = ask(bridge, bridge.host["api_key"], sandbox.account.id)
    assert refused.json()["code"] == "account_not_linked"
    assert "Harvest-Bridge-Connection" in refused.json()["error_description"]
    named = ask(bridge, bridge.host["api_key"], **{"Harvest-Bridge-Connection": personal})
    assert named.json()["first_name"] == "Carmen"


def test_the_named_connection_and_the_account_must_agree(bridge: Bridge, linked: str) -> None:
    answer = ask(bridge, bridge.host["api_key"], 1530977, **{"Harvest-Bridge-Connection": linked})
    assert (answer.status_code, answer.json()["code"]) == (401, "account_not_linked")


def account_token(bridge: Bridge, connection_id: str) -> str:
    headers = {"Authorization": f"Bearer {bridge.host['api_key']}"}
    url, body = f"{bridge.url}/integrated-account/token", {"integrated_account_id": connection_id}
    answer = httpx.post(url, json=body, headers=headers, trust_env=False)
    found: dict[str, Any] = answer.json()
    return str(found.get("token") or found["integrated_account_token"])


def test_an_account_token_opens_its_own_account_only(bridge: Bridge, link: Link, sandbox: RunningSandbox) -> None:
    first, second = link("alice"), link("bruno")
    token = account_token(bridge, first)
    assert ask(bridge, token).json()["first_name"] == "Alice"
    assert ask(bridge, token, sandbox.account.id).status_code == 200
    assert ask(bridge, token, 987321).json()["code"] == "account_not_linked"
    assert ask(bridge, token, **{"Harvest-Bridge-Connection": second}).json()["code"] == "connection_unknown"


def test_a_key_without_the_scope_gets_harvests_403(bridge: Bridge, linked: str, sandbox: RunningSandbox) -> None:
    key = bridge.manage("shell", "--no-imports", "-c", NARROW_KEY.format(host=bridge.host["host_app_id"])).split()[-1]
    answer = ask(bridge, key, sandbox.account.id)
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
    assert "harvest" in answer.json()["message"]


def test_invariant_14_the_timers_tokens_cannot_reach_the_proxy(bridge: Bridge, linked: str) -> None:
    widget = bridge.widget_token()
    session = httpx.post(
        f"{bridge.url}/timer/session", json={"token": widget, "origin": bridge.host_origin}, trust_env=False
    ).json()["session"]
    answers = [ask(bridge, token, 1408215) for token in (bridge.widget_token(), session)]
    assert [answer.status_code for answer in answers] == [401, 403]


def test_a_connection_that_must_be_linked_again_says_so(
    bridge: Bridge, harvest: httpx.Client, linked: str, sandbox: RunningSandbox
) -> None:
    sandbox.revoke_all("alice")
    answer = harvest.get("/v2/users/me")
    assert (answer.status_code, answer.json()["code"]) == (424, "needs_reauth")
    assert "www-authenticate" not in answer.headers
    assert harvest.get("/v2/users/me").json()["code"] == "needs_reauth"


def test_harvests_own_refusal_comes_back_in_its_own_words(bridge: Bridge, link: Link, sandbox: RunningSandbox) -> None:
    link("carmen")
    direct = sandbox.get("/v2/company", "carmen", account=sandbox.account)
    headers = {"Authorization": f"Bearer {bridge.host['api_key']}", "Harvest-Account-Id": str(sandbox.account.id)}
    through = httpx.get(f"{bridge.url}/v2/company", headers=headers, trust_env=False)
    assert (through.status_code, through.content) == (direct.status_code, direct.content)
    assert through.status_code == 403
