"""The loader and the frames: who may embed them, and what they may load."""

from __future__ import annotations

import pytest
from django.test import Client

from harvest_bridge.hosts.services import NewHostApp
from tests.people import ORIGIN

pytestmark = pytest.mark.django_db
FRAMES = ["/platform/controller", "/platform/timer"]


def test_the_loader_may_be_loaded_from_anywhere_and_cached_shortly() -> None:
    response = Client().get("/assets/platform.js")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Cache-Control"] == "public, max-age=300"
    again = Client().get("/assets/platform.js", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", FRAMES)
def test_a_listed_origin_alone_may_embed_a_frame(board: NewHostApp, path: str) -> None:
    response = Client().get(path, {"origin": ORIGIN})
    assert response.status_code == 200
    assert response["Content-Security-Policy"].endswith(f"frame-ancestors {ORIGIN}")
    assert "X-Frame-Options" not in response
    assert not response.cookies


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
