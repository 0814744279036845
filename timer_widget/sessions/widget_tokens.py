"""Widget tokens: what a host's back end signs so that its page may act for one person (DESIGN §4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from timer_widget.errors import WidgetTokenExpired, WidgetTokenInvalid, WidgetTokenReplayed
from timer_widget.normalization import normalize_id

from .signatures import LEEWAY, MAX_LIFE, HostToken, TokenKind, verified

__all__ = ["LEEWAY", "MAX_LIFE", "WIDGET_TOKEN", "WidgetClaims", "verify"]

WIDGET_TOKEN = TokenKind(
    "widget token", "timer", invalid=WidgetTokenInvalid, expired=WidgetTokenExpired, replayed=WidgetTokenReplayed
)


@dataclass(frozen=True)
class WidgetClaims:
    """A verified widget token. `items` lists the only items it may time; None allows all of the page's."""

    token: HostToken
    email: str
    name: str
    items: list[str] | None


def verify(token: str) -> WidgetClaims:
    """Errors: WidgetTokenExpired; WidgetTokenInvalid, which names the claim and the remedy."""
    found = verified(token, WIDGET_TOKEN)
    return WidgetClaims(found, found.text("email"), found.text("name"), _items(found.claims.get("items")))


def _items(value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(type(item) in (str, int) for item in value):
        raise WidgetTokenInvalid("items: must be a list of item ids, as text or whole numbers.")
    return [normalize_id(item) for item in value]
