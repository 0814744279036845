"""What host pages load from us: the loader and its types, at addresses that say how long they stay the same.

`/assets/platform.js` and `/assets/v1/…` are always the newest of their major version and cached for five minutes;
`/assets/v1.0.0/…` never changes, is cached for ever and has a published hash for `integrity`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from harvest_bridge.api.compression import compress
from harvest_bridge.env import ROOT

_FOLDER = ROOT / "static" / "timer_widget"
_TYPES = {".js": "text/javascript; charset=utf-8", ".ts": "text/plain; charset=utf-8", ".json": "application/json"}
_SHORT, _FOR_EVER = "public, max-age=300", "public, max-age=31536000, immutable"
MAJOR = "1"


@require_safe
@conditional_page
def loader(request: HttpRequest) -> HttpResponse:
    """GET /assets/platform.js: one script tag for any page, at the path of Harvest's own."""
    return _answer(request, "platform.js", _content("platform.js"), _SHORT)


@require_safe
@conditional_page
def embed(request: HttpRequest) -> HttpResponse:
    """GET /assets/embed.js: the loader of the frames beside the timer, such as `<harvest-invoices>`."""
    return _answer(request, "embed.js", _content("embed.js"), _SHORT)


@require_safe
@conditional_page
def shortcuts(request: HttpRequest) -> HttpResponse:
    """GET /assets/shortcuts.js: the module that the loader fetches, from beside itself, once a page registers keys."""
    return _answer(request, "shortcuts.js", _content("shortcuts.js"), _SHORT)


@require_safe
@conditional_page
def versioned(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """GET /assets/v1/{name} and /assets/v1.0.0/{name}."""
    if version == MAJOR:
        return _answer(request, name, _content(name), _SHORT)
    if version not in exact_versions():
        raise Http404(
            f"No version {version} of the timer is kept here; /assets/v1/integrity.json lists those that are."
        )
    return _answer(request, name, _content(f"v{version}/{name}"), _FOR_EVER)


@require_safe
@conditional_page
def hashes(request: HttpRequest) -> HttpResponse:
    """GET /assets/v1/integrity.json: every exact version with its address and its hash, the newest first."""
    versions = [
        {"version": version, "url": loader_url(version), "integrity": integrity(version)}
        for version in exact_versions()
    ]
    return _answer(request, "integrity.json", json.dumps({"versions": versions}, indent=2).encode(), _SHORT)


def exact_versions() -> list[str]:
    """Those that this bridge serves, the newest first."""
    found = [folder.name[1:] for folder in _FOLDER.glob("v*.*.*") if re.fullmatch(r"v\d+\.\d+\.\d+", folder.name)]
    return sorted(found, key=lambda version: [int(part) for part in version.split(".")], reverse=True)


def loader_url(version: str) -> str:
    return f"{settings.PUBLIC_URL}/assets/v{version}/platform.js"


def integrity(version: str) -> str:
    """The value of a script tag's `integrity`."""
    digest = hashlib.sha384(_content(f"v{version}/platform.js")).digest()
    return f"sha384-{base64.b64encode(digest).decode()}"


def _answer(request: HttpRequest, name: str, content: bytes, cache: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_TYPES[Path(name).suffix])
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return compress(request, response)


@lru_cache(maxsize=64)
def _content(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
