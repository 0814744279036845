"""The link flows that this browser has under way, several at once, each by its own name.

One slot for "the current link" would let the page of one host finish the link of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from harvest_bridge.connections.models import LinkToken

from . import presented_tokens

_BEGUN, _CHOOSING = "links_begun", "links_choosing"
_MOST = 5  # a cookie holds four kilobytes


@dataclass(frozen=True)
class LinkFlow:
    """One link in one top-level window; `is_second_window` when a connect page waits in another."""

    link_token: LinkToken
    is_second_window: bool

    @property
    def again_url(self) -> str:
        query = {"again": str(self.link_token.pk)} | ({"second_window": "true"} if self.is_second_window else {})
        return f"{reverse('connect-account-authorize')}?{urlencode(query)}"

    @property
    def linked_url(self) -> str:
        """To what is linked, in the browser that began."""
        return f"{reverse('connect-account-linked')}?{urlencode({'again': str(self.link_token.pk)})}"

    @property
    def is_usable(self) -> bool:
        return self.link_token.is_usable_at(timezone.now())


def remember(request: HttpRequest, visit: LinkFlow) -> None:
    """So that a failed try can be repeated without the link token's text, which no longer stands in the address."""
    _put(request, _BEGUN, str(visit.link_token.pk), visit.is_second_window)


def begun(request: HttpRequest, link_token_id: str) -> LinkToken | None:
    """A link begun in this browser, if its link token is still good."""
    found = begun_at_any_time(request, link_token_id)
    return found if found and found.is_usable_at(timezone.now()) else None


def begun_at_any_time(request: HttpRequest, link_token_id: str) -> LinkToken | None:
    """The same, spent or not."""
    return _link_token(link_token_id) if link_token_id in request.session.get(_BEGUN, {}) else None


def has_begun(request: HttpRequest, link_token: LinkToken) -> bool:
    """Whether this browser may go on with the link: any may, unless it was begun in one."""
    return not link_token.is_bound_to_a_browser or str(link_token.pk) in request.session.get(_BEGUN, {})


def await_choice(request: HttpRequest, visit: LinkFlow, grant_id: str) -> None:
    _put(request, _CHOOSING, grant_id, [str(visit.link_token.pk), visit.is_second_window])


def choosing(request: HttpRequest, grant_id: str) -> LinkFlow | None:
    """The link that is confirmed under this name in this browser; also after it is done."""
    link_token_id, is_second_window = request.session.get(_CHOOSING, {}).get(grant_id, ("", False))
    link_token = _link_token(link_token_id)
    return LinkFlow(link_token, is_second_window) if link_token else None


def _put(request: HttpRequest, name: str, key: str, value: object) -> None:
    kept = {**request.session.get(name, {}), key: value}
    request.session[name] = dict(list(kept.items())[-_MOST:])


def _link_token(link_token_id: str) -> LinkToken | None:
    return presented_tokens.by_id(UUID(link_token_id)) if link_token_id else None
