"""The loader's addresses: evergreen ones, and exact ones that never change and have a published hash (D8)."""

from __future__ import annotations

import base64
import gzip
import hashlib

import brotli
import pytest
from django.test import Client

EVERGREEN = ["/assets/platform.js", "/assets/v1/platform.js", "/assets/v1/harvest-bridge.d.ts"]
EXACT = ["/assets/v1.0.0/platform.js", "/assets/v1.0.0/harvest-bridge.d.ts"]


@pytest.mark.parametrize(
    ("path", "cache"),
    [(path, "public, max-age=300") for path in EVERGREEN]
    + [(path, "public, max-age=31536000, immutable") for path in EXACT],
)
def test_they_load_from_anywhere_and_say_how_long_they_stay(path: str, cache: str) -> None:
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == cache
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not response.cookies
    assert Client().get(path, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_the_loader_is_a_script_and_the_same_at_each_address() -> None:
    bodies = {Client().get(path).content for path in (*EVERGREEN[:2], EXACT[0])}
    assert len(bodies) == 1
    assert Client().get(EVERGREEN[0])["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", ["/assets/v1.0.9/platform.js", "/assets/v2/platform.js", "/assets/v../platform.js"])
def test_a_version_that_there_is_not_is_not_found(path: str) -> None:
    assert Client().get(path).status_code == 404


def test_the_published_hash_is_that_of_the_bytes() -> None:
    versions = Client().get("/assets/v1/integrity.json").json()["versions"]
    assert [each["version"] for each in versions] == ["1.0.0"]
    body = Client().get(versions[0]["url"].removeprefix("http://localhost:8000")).content
    assert versions[0]["integrity"] == f"sha384-{base64.b64encode(hashlib.sha384(body).digest()).decode()}"


@pytest.mark.parametrize("path", ["/assets/platform.js", "/static/timer_widget/panel.css"])
def test_what_pages_load_comes_compressed(path: str) -> None:
    plain = Client().get(path).content
    br = Client().get(path, headers={"Accept-Encoding": "gzip, br"})
    gz = Client().get(path, headers={"Accept-Encoding": "gzip, br;q=0"})
    assert (br["Content-Encoding"], brotli.decompress(br.content)) == ("br", plain)
    assert (gz["Content-Encoding"], gzip.decompress(gz.content)) == ("gzip", plain)
    assert "Accept-Encoding" in br["Vary"]


def test_the_loader_is_at_most_seven_and_a_half_kilobytes_on_the_wire() -> None:
    assert len(Client().get("/assets/platform.js", headers={"Accept-Encoding": "gzip"}).content) <= 7.5 * 1024
