"""GET /docs/manual/…: the manual as `make docs` built it, beside the reference."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from harvest_bridge.api.compression import compress

_FIRST = "index.html"
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_HASHED_NAME = re.compile(r"\.[0-9a-f]{8}\.")
# Of the style sheet that the search of zensical 0.0.73 makes for itself; the test in a browser notices another one.
_SEARCH_STYLE = "'sha256-NwSx/R2V/U4jnW0Tq5pQ53Y/rzPVJ4dqE7D6UTA/J1k='"
_YEAR = 365 * 24 * 3600


def is_built() -> bool:
    return (Path(settings.MANUAL_ROOT) / _FIRST).is_file()


@require_safe
@vary_on_headers("Accept-Encoding")
def file(request: HttpRequest, name: str = _FIRST) -> HttpResponse:
    """A page, a picture, a script or the search's index. Errors: 404 for what was not built."""
    root = Path(settings.MANUAL_ROOT).resolve()
    path = (root / name).resolve()
    if not (path.is_relative_to(root) and path.is_file()):
        raise Http404
    content = path.read_bytes()
    etag = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    response = (
        HttpResponse(status=304) if request.headers.get("If-None-Match") == f"W/{etag}" else _whole(name, content)
    )
    response["ETag"] = f"W/{etag}"
    if _HASHED_NAME.search(name):
        patch_cache_control(response, public=True, max_age=_YEAR, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=300)
    return compress(request, response)


def _whole(name: str, content: bytes) -> HttpResponse:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
    response["Content-Security-Policy"] = _policy(content if kind == "text/html" else b"")
    return response


def _policy(page: bytes) -> str:
    """Nothing from elsewhere; of the scripts within a page those that were built into it."""
    found = sorted({base64.b64encode(hashlib.sha256(text).digest()).decode() for text in _INLINE.findall(page)})
    scripts = " ".join(["'self'", *(f"'sha256-{one}'" for one in found)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' {_SEARCH_STYLE}; "
        "img-src 'self' data:; connect-src 'self'; worker-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
