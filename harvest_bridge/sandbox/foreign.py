"""Whether a browser sent a request on behalf of another site, so that no page out there can turn our knobs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

SAFE = ("GET", "HEAD", "OPTIONS")
OWN = ("same-origin", "none")


def is_foreign(request: Request) -> bool:
    """Browsers tell by Sec-Fetch-Site, or, on plain http to other machines, by Origin; who sends neither is no browser.

    Source: the rule of Go's `http.CrossOriginProtection`.
    """
    if request.method in SAFE:
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in OWN
    origin = request.headers.get("origin")
    return origin is not None and origin.partition("://")[2] != request.headers.get("host")


def foreign_refused() -> Response:
    return PlainTextResponse("This was sent from the page of another site, so nothing was changed.", 403)
