"""Link tokens as pages are given them, by their text or from the browser's memory; their use is noted."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from harvest_bridge.api.database_connections import note
from harvest_bridge.connections import queries
from harvest_bridge.connections.models import LinkToken
from harvest_bridge.connections.services import note_use_of_link_token


def by_text(text: str) -> LinkToken | None:
    """Of any age: a spent or expired one still tells whom to answer."""
    return _noted(queries.link_token_of_any_age(text))


def by_id(link_token_id: UUID | str) -> LinkToken | None:
    """The same from a browser's memory."""
    return _noted(queries.link_token_by_id(link_token_id))


def usable(link_token: LinkToken | None) -> LinkToken | None:
    """None for one that is spent, expired, or whose key has ended."""
    return link_token if link_token and link_token.is_usable_at(timezone.now()) else None


def _noted(link_token: LinkToken | None) -> LinkToken | None:
    now = timezone.now()
    if link_token is not None and link_token.is_alive_at(now):
        note(lambda: note_use_of_link_token(link_token=link_token, now=now))
    return link_token
