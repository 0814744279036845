"""The frames: who may embed them, and what they may load."""

from __future__ import annotations

import pytest
from django.test import Client

from harvest_bridge.hosts.services import NewHostApp, allow_origin
from tests.people import ORIGIN
from timer_widget.models import TimerSettings

pytestmark = pytest.mark.django_db
FRAMES = ["/platform/controller", "/platform/timer"]


@pytest.mark.parametrize("path", FRAMES)
def test_a_listed_origin_alone_may_embed_a_frame(board: NewHostApp, path: str) -> None:
    response = Client().get(path, {"origin": ORIGIN})
    assert response.status_code == 200
    assert response["Content-Security-Policy"].endswith(f"frame-ancestors {ORIGIN}")
    assert "X-Frame-Options" not in response
    assert not response.cookies


@pytest.mark.parametrize("path", FRAMES)
def test_every_page_of_the_host_app_may_stand_around_the_frame_and_nobody_elses(
    board: NewHostApp, stranger: NewHostApp, path: str
) -> None:
    allow_origin(host_app=board.host_app, origin="https://portal.example")
    policy = Client().get(path, {"origin": ORIGIN})["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors {ORIGIN} https://portal.example")


@pytest.mark.parametrize("path", FRAMES)
@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", f"{ORIGIN} https://evil.example", f"{ORIGIN};", "*", f"{ORIGIN}/x"]
)
def test_any_other_origin_is_refused_and_framed_by_nobody(board: NewHostApp, path: str, origin: str) -> None:
    response = Client().get(path, {"origin": origin})
    assert response.status_code == 403
    assert response["Content-Security-Policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize("path", FRAMES)
def test_a_frame_runs_no_inline_script_and_demands_trusted_types(board: NewHostApp, path: str) -> None:
    response = Client().get(path, {"origin": ORIGIN})
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    page = response.content.decode()
    assert "<style" not in page
    assert "style=" not in page
    assert all("src=" in tag for tag in page.split("<script")[1:])


@pytest.mark.parametrize("path", FRAMES)
def test_a_frame_is_kept_for_five_minutes_by_the_browser_alone(board: NewHostApp, path: str) -> None:
    assert Client().get(path, {"origin": ORIGIN})["Cache-Control"] == "private, max-age=300"
    assert Client().get(path, {"origin": "https://evil.example"})["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ({}, {"Referer": f"{ORIGIN}/tickets/1"}),
        ({"permalink": f"{ORIGIN}/items/7"}, {}),
        ({"base_url": f"{ORIGIN}/items/7"}, {"Referer": "https://search.example/"}),
        ({"service": "127.0.0.1"}, {}),
        ({"service": "www.127.0.0.1"}, {}),
    ],
    ids=str,
)
def test_a_frame_in_the_vendors_words_finds_its_page(
    board: NewHostApp, stranger: NewHostApp, query: dict[str, str], headers: dict[str, str]
) -> None:
    response = Client().get("/platform/timer", {"external_item_id": "7", **query}, headers=headers)
    assert response["Content-Security-Policy"].endswith(f"frame-ancestors {ORIGIN}")
    assert response["Cache-Control"] == "no-store"
    assert f'data-origin="{ORIGIN}"' in response.content.decode()


def test_a_host_name_that_two_origins_share_tells_nothing(board: NewHostApp) -> None:
    allow_origin(host_app=board.host_app, origin="https://127.0.0.1")
    response = Client().get("/platform/timer", {"service": "127.0.0.1"})
    assert response["Content-Security-Policy"].endswith("frame-ancestors 'none'")


@pytest.mark.parametrize(
    ("accepted", "named", "language", "direction", "script"),
    [
        ("de-AT,de;q=0.9", "", "de", "ltr", "frame.de.js"),
        ("ar", "", "ar", "rtl", "frame.ar.js"),
        ("pt-PT", "", "pt-br", "ltr", "frame.pt-br.js"),
        ("ja", "", "en", "ltr", "frame.js"),
        ("de", "fr", "fr", "ltr", "frame.fr.js"),
        ("de", "../x", "de", "ltr", "frame.de.js"),
    ],
)
def test_a_frame_speaks_the_persons_language_or_the_one_that_the_page_names(
    board: NewHostApp, accepted: str, named: str, language: str, direction: str, script: str
) -> None:
    query = {"origin": ORIGIN} | ({"lang": named} if named else {})
    page = Client().get("/platform/controller", query, headers={"Accept-Language": accepted})
    assert f'<html lang="{language}" dir="{direction}"' in page.content.decode()
    assert f"timer_widget/{script}" in page.content.decode()
    assert "Accept-Language" in page["Vary"]


def test_the_panel_wears_what_the_operator_chose(board: NewHostApp) -> None:
    TimerSettings.objects.create(host_app=board.host_app, theme="dark", accent="#ffdd00")
    page = Client().get("/platform/timer", {"origin": ORIGIN}).content.decode()
    assert 'data-chosen-theme="dark" data-chosen-accent="#ffdd00"' in page
