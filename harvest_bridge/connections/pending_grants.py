"""OAuth grants that wait for confirmation: sealed on the link token row for ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from harvest_bridge.crypto.errors import CannotOpen
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.harvest.records import Account, TokenGrant

from .errors import HarvestRefusedLink
from .models import Authentication, LinkToken

LIFE = timedelta(minutes=10)


class PendingGrant(msgspec.Struct, frozen=True, kw_only=True):
    """What the linker gave us, not stored as a connection yet.

    Shape: `grant_id` names the budget of its calls, now and when stored, and ties a choice to the very grant it was
    shown for. A personal access token is a grant without a refresh token. `linker` is the person's name and e-mail in
    Harvest; `facts` are the connection's columns, known already where there is one account.
    """

    grant: TokenGrant
    method: Authentication
    grant_id: UUID
    accounts: tuple[Account, ...]
    received_at: datetime
    linker: str = ""
    facts: dict[str, Any] | None = None


def keep(link_token: LinkToken, pending: PendingGrant) -> None:
    sealed = key_ring().seal(msgspec.json.encode(pending).decode(), bound_to=link_token.binding)
    LinkToken.objects.filter(pk=link_token.pk, spent_at=None).update(sealed_grant=sealed)


def kept_for(link_token: LinkToken, grant_id: str, *, method: Authentication) -> PendingGrant:
    """The grant that waits for the choice which names it. Errors: HarvestRefusedLink when it no longer does."""
    pending = _opened(link_token)
    if (
        pending is None
        or str(pending.grant_id) != grant_id
        or pending.method != method
        or timezone.now() - pending.received_at > LIFE
    ):
        raise HarvestRefusedLink(_("Your permission is no longer waiting here. Connect once more."))
    return pending


def forget(link_token: LinkToken) -> None:
    """Drop what waits: the person said no, or it cannot be linked."""
    LinkToken.objects.filter(pk=link_token.pk).update(sealed_grant="")


def forget_abandoned(*, now: datetime) -> int:
    """Drop grants that were never confirmed; returns how many."""
    waiting = LinkToken.objects.exclude(sealed_grant="")
    return sum(_forget_if_old(link_token, now) for link_token in waiting)


def _forget_if_old(link_token: LinkToken, now: datetime) -> int:
    pending = _opened(link_token)
    if pending is not None and now - pending.received_at <= LIFE:
        return 0
    same = LinkToken.objects.filter(pk=link_token.pk, sealed_grant=link_token.sealed_grant)
    return same.update(sealed_grant="")


def _opened(link_token: LinkToken) -> PendingGrant | None:
    if not link_token.sealed_grant:
        return None
    try:
        text = key_ring().open(link_token.sealed_grant, bound_to=link_token.binding)
    except CannotOpen:
        return None  # its key is gone; the person connects once more
    return msgspec.json.decode(text, type=PendingGrant)
