"""The query of the connect page as the link SDK writes it (truto-wire §2.2), parsed and checked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from harvest_bridge.connections.models import Authentication, LinkToken
from harvest_bridge.hosts.origins import normal_origin

from . import presented_tokens

INTEGRATION = "harvest"
# `skip_rapid_form` needs nothing of us, as a Harvest connection has no such form; `truto_*` belong to that form.
_KEPT = ("link_token", "integration", "integrations", "auth_format", "no_back", "iframe", "origin")


@dataclass(frozen=True)
class LinkRequest:
    """The query, or the hidden fields that carry it on. Nothing in it is trusted but the link token.

    `origin` is where the page that opened us says it lives: our drop-in SDK's word, else the browser's. Only a hint.
    """

    values: dict[str, str]

    @classmethod
    def by(cls, request: HttpRequest) -> LinkRequest:
        given = request.POST if request.method == "POST" else request.GET
        values = {name: given[name] for name in _KEPT if given.get(name)}
        hints = (values.pop("origin", ""), request.headers.get("Referer", ""))
        origin = next(filter(None, map(_origin_in, hints)), "")
        return cls(values | ({"origin": origin} if origin else {}))

    @cached_property
    def link_token(self) -> LinkToken | None:
        """The row of any age: a spent or expired link token still tells whom to answer."""
        return presented_tokens.by_text(self.values.get("link_token", ""))

    @property
    def unknown_integration(self) -> str:
        """The slug that was asked for and is not ours, or ""."""
        named = self.values.get("integration", INTEGRATION)
        listed = self.values.get("integrations", INTEGRATION).split(",")
        if named.lower() != INTEGRATION:
            return named
        return "" if INTEGRATION in [slug.strip().lower() for slug in listed] else listed[0]

    @property
    def methods(self) -> list[Authentication]:
        """The ways to connect that are offered, the first one first. Formats that Harvest has not are ignored."""
        wanted = self.values.get("auth_format", "")
        every = [Authentication.OAUTH2, Authentication.API_KEY]
        return [method for method in every if method == wanted] or every

    @property
    def may_go_back(self) -> bool:
        return self.values.get("no_back", "") in ("", "false", "0")

    @property
    def is_framed(self) -> bool:
        return self.values.get("iframe") == "true"

    @property
    def linked_url(self) -> str:
        """To what is linked, for whoever holds the link token alone; "" where that takes the browser that began."""
        is_open = self.link_token is not None and not self.link_token.is_bound_to_a_browser
        return f"{reverse('connect-account-linked')}?{self.query}" if is_open else ""

    @property
    def query(self) -> str:
        return urlencode(self.values)


def _origin_in(address: str) -> str:
    """The origin of a page's address, as a browser writes it; "" for none, and for our own pages."""
    scheme, _separator, rest = address.partition("://")
    try:
        origin = normal_origin(f"{scheme}://{rest.partition('/')[0]}")
    except ValueError:
        return ""
    return "" if origin == settings.PUBLIC_ORIGIN else origin
