"""The frames' own pages: who may embed them, and what they may load."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from harvest_bridge.hosts.services import NewHostApp
from tests.people import ORIGIN
from timer_widget.models import TimerSettings

pytestmark = pytest.mark.django_db
FRAMES = ["/embed/invoices", "/embed/insights"]


@pytest.mark.parametrize("path", FRAMES)
def test_a_listed_origin_alone_may_embed_a_frame(board: NewHostApp, path: str) -> None:
    response = Client().get(path, {"origin": ORIGIN})
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert policy.endswith(f"frame-ancestors {ORIGIN}")
    assert "X-Frame-Options" not in response
    assert not response.cookies
    for origin in ("", "null", "https://evil.example", f"{ORIGIN} https://evil.example", "*"):
        refused = Client().get(path, {"origin": origin})
        assert refused.status_code == 403
        assert refused["Content-Security-Policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize("path", FRAMES)
def test_a_frame_speaks_the_pages_language_or_the_browsers(board: NewHostApp, path: str) -> None:
    page = Client().get(path, {"origin": ORIGIN, "lang": "ar-EG"}, headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    page = Client().get(path, {"origin": ORIGIN}, headers={"Accept-Language": "de-AT"}).content.decode()
    assert '<html lang="de" dir="ltr"' in page
    words = re.search(r'<script id="words" type="application/json">(.*?)</script>', page)
    assert words is not None
    assert json.loads(words[1])["invoices"] == "Rechnungen"


@pytest.mark.parametrize("path", FRAMES)
def test_a_frame_wears_what_the_operator_chose_for_the_host_app(board: NewHostApp, path: str) -> None:
    TimerSettings.objects.create(host_app=board.host_app, theme="dark", accent="#0a7d4f")
    page = Client().get(path, {"origin": ORIGIN}).content.decode()
    assert 'data-chosen-theme="dark" data-chosen-accent="#0a7d4f"' in page


def test_the_loader_may_be_loaded_by_any_page(db: None) -> None:
    for path in ("/assets/embed.js", "/assets/v1/embed.js"):
        response = Client().get(path)
        assert response["Cache-Control"] == "public, max-age=300"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
