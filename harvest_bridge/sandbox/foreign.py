"""Whether a browser sent a request on behalf of another site, so that no page out there can turn our knobs."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_NAMES = ("localhost",)
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


def is_by_our_name(headers: Iterable[tuple[bytes, bytes]], names: Collection[str] = ()) -> bool:
    """Whether a request came by an address, a loopback name or one of `names`.

    Another site's name may have been pointed at us (DNS rebinding); browsers would take our pages for that site's own.
    """
    given = [value.decode("latin-1") for name, value in headers if name == b"host"]
    try:
        host = urlsplit(f"//{given[0]}").hostname or "" if len(given) == 1 else ""
        return host in _NAMES or host.endswith(".localhost") or host in names or bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def misdirected() -> Response:
    text = "The sandbox does not go by this name: use localhost or an address, or start it with --allow-host NAME."
    return PlainTextResponse(text, 421)


def foreign_refused() -> Response:
    return PlainTextResponse("This was sent from the page of another site, so nothing was changed.", 403)
