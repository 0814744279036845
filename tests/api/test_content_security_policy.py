"""The policy header's writer trusts none of its words."""

from __future__ import annotations

import pytest
from django.test import Client

from harvest_bridge.api.content_security_policy import content_security_policy
from harvest_bridge.hosts.models import AllowedOrigin
from harvest_bridge.hosts.services import NewHostApp
from tests.people import rest


@pytest.mark.parametrize("word", ["https://a;script-src *", "https://a b", "a,b", "a\r\nb", "ä", "", "\0", " "])
def test_a_word_that_is_no_single_source_is_left_out(word: str) -> None:
    policy = content_security_policy({"default-src": ["'none'"], "frame-ancestors": [word, "https://app.example"]})
    assert policy == "default-src 'none'; frame-ancestors https://app.example"


def test_a_directive_without_words_allows_nobody() -> None:
    assert content_security_policy({"frame-ancestors": ["a;b"]}) == "frame-ancestors 'none'"


def test_an_origin_kept_from_before_the_check_adds_nothing_to_a_policy(board: NewHostApp) -> None:
    odd = "https://a;script-src"
    AllowedOrigin.objects.create(host_app=board.host_app, origin=odd)
    text = rest(board.api_key).post("/link-token", {"tenant_id": "acme"}, format="json").json()["link_token"]
    page = Client().get("/connect-account", {"link_token": text})
    assert page.status_code == 200
    assert "a;script-src" not in page["Content-Security-Policy"]
    frame = Client().get("/platform/controller", {"origin": odd})
    assert frame["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def test_a_logo_adds_only_its_origin_to_a_policy(board: NewHostApp) -> None:
    board.host_app.logo_url = "https://a;script-src'@images.example/logo.png"
    board.host_app.save()
    text = rest(board.api_key).post("/link-token", {"tenant_id": "acme"}, format="json").json()["link_token"]
    page = Client().get("/connect-account", {"link_token": text})
    assert "a;script-src" not in page["Content-Security-Policy"]
