"""Determines the origin of the page that embeds a frame, among the host app's allowed origins.

Each of these is a hint that anyone may forge, and nothing is gained by it: the browser holds the header against the
real ancestor, and the session is bought for the origin that a signed token or a person's own click names.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.request import QueryDict

from harvest_bridge.hosts.models import AllowedOrigin
from harvest_bridge.hosts.origins import normal_origin, origin_of
from harvest_bridge.hosts.queries import host_app_at


def framing_origin(request: HttpRequest) -> str | None:
    """A listed origin, or None.

    Our own script says `origin`. A frame in the words of Harvest's widget does not: there the browser's `Referer`
    tells, and where the page withholds that, the permalink or the host name in `service`.
    """
    query = request.GET
    if "origin" in query:
        return _listed(_normal(query["origin"]))
    hints = (request.headers.get("Referer", ""), query.get("permalink", ""), query.get("base_url", ""))
    return next(filter(None, (_listed(origin_of(hint)) for hint in hints)), None) or _by_service(query)


def _normal(text: str) -> str:
    try:
        return normal_origin(text)
    except ValueError:
        return ""


def _listed(origin: str) -> str | None:
    return origin if origin and host_app_at(origin) else None


def _by_service(query: QueryDict) -> str | None:
    """The only listed origin on that host; Harvest leaves a leading `www.` out of account, so do we (A2)."""
    host = query.get("service", "").lower().removeprefix("www.")
    if not host:
        return None
    rows = AllowedOrigin.objects.filter(origin__contains=host).values_list("origin", flat=True)
    found = [origin for origin in rows if _host_of(origin) == host]
    return found[0] if len(found) == 1 else None


def _host_of(origin: str) -> str:
    return origin.partition("://")[2].partition(":")[0].removeprefix("www.")
