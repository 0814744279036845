"""Invariant 13: no return address, message target or frame ancestor outside the host's own exact list."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from rest_framework.test import APIClient

from harvest_bridge.api.text_validation import is_readable
from harvest_bridge.connections.models import Connection, LinkToken
from harvest_bridge.connections.redirects import is_home
from harvest_bridge.env import ROOT
from harvest_bridge.hosts.models import AllowedOrigin
from harvest_bridge.hosts.services import NewHostApp, allow_origin
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.links import ask_link_token
from tests.people import ORIGIN, STRANGERS_ORIGIN, go_through_consent

from .redirect_corpus import ALLOWED, ELSEWHERE, HOME, addresses, at_home

pytestmark = pytest.mark.django_db
each_example_may_share_the_database = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)


def ancestors(page: Any) -> list[str]:
    """Whom the page lets frame it."""
    policy = dict(part.split(" ", 1) for part in page["Content-Security-Policy"].split("; "))
    allowed: list[str] = policy["frame-ancestors"].split()
    return allowed


def page_data(page: Any) -> dict[str, Any]:
    """What the page's script is given."""
    found = re.search(r'<script id="page" type="application/json">(.*?)</script>', page.content.decode())
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def origins_as_browsers_read(urls: list[str]) -> Iterator[str | None]:
    """WHATWG's reading of each; None for what is no address by itself."""
    script = (
        "const read = (text) => { try { return new URL(text).origin } catch { return null } };"
        "console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8')).map(read)))"
    )
    done = subprocess.run(["node", "-e", script], input=json.dumps(urls), capture_output=True, text=True, check=True)
    yield from json.loads(done.stdout)


class TestInvariant13ReturnAddress:
    @pytest.mark.any_database
    @pytest.mark.parametrize("uri", [uri for uri in ELSEWHERE if uri.strip() not in HOME], ids=repr)
    def test_anywhere_else_is_refused(self, api: APIClient, uri: str) -> None:
        response = api.post("/link-token", {"tenant_id": "acme", "redirect_uri": uri}, format="json")
        assert response.status_code == 400, uri
        assert response.json()["code"] in ("redirect_uri_not_allowed", "invalid_request")

    @pytest.mark.parametrize("uri", HOME, ids=repr)
    def test_the_hosts_own_pages_are_accepted(self, api: APIClient, uri: str) -> None:
        assert ask_link_token(api, redirect_uri=uri)

    def test_browsers_read_the_corpus_as_we_do(self, board: NewHostApp) -> None:
        assert set(origins_as_browsers_read(HOME)) == {ALLOWED}
        assert [is_home(uri, board.host_app) for uri in ELSEWHERE] == [False] * len(ELSEWHERE)

    @given(uri=addresses)
    @each_example_may_share_the_database
    def test_what_is_accepted_begins_with_the_origin_and_ends_it(self, board: NewHostApp, uri: str) -> None:
        assert is_home(uri, board.host_app) == (
            bool(re.match(re.escape(ALLOWED) + r"(?:[/?#]|\Z)", uri)) and "\\" not in uri and uri.isprintable()
        )

    def test_browsers_read_whatever_is_accepted_as_the_hosts(self, board: NewHostApp) -> None:
        accepted = [*HOME]

        @given(uri=at_home)
        @each_example_may_share_the_database
        def collect(uri: str) -> None:
            accepted.extend([uri] if is_home(uri, board.host_app) else [])

        collect()
        assert len(accepted) > len(HOME)
        assert set(origins_as_browsers_read(accepted)) == {ALLOWED}

    def test_another_hosts_origin_is_refused(self, api: APIClient, stranger: NewHostApp) -> None:
        response = api.post("/link-token", {"tenant_id": "acme", "redirect_uri": f"{STRANGERS_ORIGIN}/"}, format="json")
        assert response.json()["code"] == "redirect_uri_not_allowed"

    def test_an_origin_taken_off_the_list_is_not_returned_to(self, api: APIClient, sandbox: RunningSandbox) -> None:
        text = ask_link_token(api, redirect_uri=f"{ORIGIN}/settings")
        AllowedOrigin.objects.all().delete()
        linked = go_through_consent(sandbox, Client(), text, "alice")
        assert (linked.status_code, linked.headers.get("Location")) == (200, None)
        assert ORIGIN not in linked.content.decode()

    def test_no_page_takes_a_return_address_from_its_own_query(self, api: APIClient) -> None:
        text = ask_link_token(api, redirect_uri=f"{ORIGIN}/settings")
        for name in ("redirect_uri", "next", "return_to", "back", "url"):
            for path in ("/connect-account", "/connect-account/personal-token", "/connect-account/post-connect"):
                page = Client().get(path, {"link_token": text, name: "https://evil.example/"})
                assert "Location" not in page
                assert "evil.example" not in page.content.decode()


class TestInvariant13MessageTarget:
    """Whom the page's script may tell; it has no other list."""

    @given(hint=addresses.filter(is_readable))  # else a 400 for any page: tests/api/test_unreadable_text.py
    @each_example_may_share_the_database
    def test_a_bad_link_token_is_told_to_a_listed_opener_or_to_nobody(self, board: NewHostApp, hint: str) -> None:
        for page in (
            Client().get("/connect-account", {"link_token": "forged", "origin": hint}),
            Client().get("/connect-account/post-connect", {"origin": hint}),
        ):
            assert page_data(page)["targets"] in ([], [ALLOWED])
            assert ancestors(page) in (["'none'"], [ALLOWED])

    @given(hint=addresses.filter(is_readable))  # else a 400 for any page: tests/api/test_unreadable_text.py
    @each_example_may_share_the_database
    def test_a_good_link_token_is_told_to_its_host_alone(self, api: APIClient, stranger: NewHostApp, hint: str) -> None:
        text = ask_link_token(api)
        for origin in (hint, STRANGERS_ORIGIN):
            page = Client().get("/connect-account", {"link_token": text, "origin": origin})
            assert page_data(page)["targets"] == [ALLOWED]
            assert ancestors(page) == [ALLOWED]

    @pytest.mark.parametrize("referrer", [f"{ORIGIN}/settings?tab=1", f"{ORIGIN}/", ORIGIN])
    def test_the_referrer_names_the_opener(self, board: NewHostApp, referrer: str) -> None:
        page = Client().get("/connect-account", {"link_token": "forged"}, headers={"Referer": referrer})
        assert page_data(page)["targets"] == [ORIGIN]

    @pytest.mark.parametrize(
        "referrer", ["", "https://evil.example/", f"{ORIGIN}.evil.example/", "null", "about:blank"]
    )
    def test_an_opener_that_no_host_lists_is_told_nothing(self, board: NewHostApp, referrer: str) -> None:
        page = Client().get("/connect-account", {"link_token": "forged"}, headers={"Referer": referrer})
        assert page_data(page)["targets"] == []
        assert ancestors(page) == ["'none'"]

    def test_of_several_origins_the_one_that_opened_the_page_is_told(self, api: APIClient, board: NewHostApp) -> None:
        allow_origin(host_app=board.host_app, origin="https://second.example")
        text = ask_link_token(api)
        known = Client().get("/connect-account", {"link_token": text}, headers={"Referer": "https://second.example/"})
        assert page_data(known)["targets"] == ["https://second.example"]
        assert sorted(ancestors(known)) == sorted([ORIGIN, "https://second.example"])
        unknown = Client().get("/connect-account", {"link_token": text})
        assert sorted(page_data(unknown)["targets"]) == sorted([ORIGIN, "https://second.example"])

    def test_a_spent_link_token_still_names_its_host(self, api: APIClient, sandbox: RunningSandbox) -> None:
        text = ask_link_token(api)
        go_through_consent(sandbox, Client(), text, "alice")
        data = page_data(Client().get("/connect-account", {"link_token": text}))
        assert (data["targets"], data["payload"]["error_type"]) == ([ORIGIN], "invalid_token")

    def test_a_refusal_holds_no_secret(self, api: APIClient, alices: Connection) -> None:
        text = ask_link_token(api)
        LinkToken.objects.update(spent_at=LinkToken.objects.latest("created_at").created_at)
        page = Client().get("/connect-account", {"link_token": text})
        assert set(page_data(page)["payload"]) == {"result", "integration", "error", "error_type", "code", "is_truto"}
        for secret in (text, str(alices.pk), alices.harvest_account_name, alices.tenant_id):
            assert secret not in json.dumps(page_data(page))

    def test_no_script_of_ours_speaks_to_everybody(self) -> None:
        scripts = list((ROOT / "static" / "connections").glob("*.js"))
        assert len(scripts) == 5
        for script in scripts:
            for call in re.findall(r"postMessage\((.*)\)", script.read_text()):
                assert not re.search(r"""['"]\*['"]""", call), script


class TestInvariant13FrameAncestor:
    FRAMED = ("/connect-account", "/connect-account/personal-token")

    @pytest.mark.parametrize("path", FRAMED)
    def test_the_hosts_origins_alone_may_frame_what_a_frame_shows(
        self, api: APIClient, stranger: NewHostApp, path: str
    ) -> None:
        page = Client().get(path, {"link_token": ask_link_token(api)})
        assert ancestors(page) == [ORIGIN]
        assert "X-Frame-Options" not in page

    def test_nobody_may_frame_the_windows_that_hold_the_session(self, api: APIClient, sandbox: RunningSandbox) -> None:
        browser = Client()
        several = [sandbox.account, sandbox.studio]
        choice = browser.get(
            go_through_consent(sandbox, browser, ask_link_token(api), "alice", accounts=several)["Location"]
        )
        linked = go_through_consent(sandbox, browser, ask_link_token(api), "alice")
        refused = browser.get("/connect-account/callback", {"code": "x", "state": "y"})
        assert [ancestors(page) for page in (choice, linked, refused)] == [["'none'"]] * 3

    @pytest.mark.parametrize("path", ["", "/personal-token", "/post-connect", "/callback", "/authorize", "/account"])
    def test_every_page_leaves_the_opener_be(self, db: None, path: str) -> None:
        page = Client().get(f"/connect-account{path}")
        assert page["Cross-Origin-Opener-Policy"] == "unsafe-none"
        assert page["Referrer-Policy"] == "same-origin"
        assert "no-store" in page["Cache-Control"]
