"""Exchanges a portal token, once, for a session."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from harvest_bridge.crypto.tokens import new_token, token_hash
from harvest_bridge.embed.errors import PortalSessionExpired
from harvest_bridge.embed.models import PortalSession
from timer_widget.sessions.exchange import check_origin, spend

from .embed_tokens import PortalClaims, verify

SESSION_PREFIX = "hb_ps_"
SESSION_LIFE = timedelta(minutes=15)


def begin_session(*, token: str, origin: str) -> tuple[PortalSession, str]:
    """Exchange a portal token for a session and its text.

    `origin` is where our frame found itself embedded; it must be the token's own and one of the host app's.
    Errors: PortalTokenInvalid, PortalTokenExpired, PortalTokenReplayed, OriginNotAllowed.
    """
    claims = verify(token)
    check_origin(claims.token, origin)
    with transaction.atomic():
        spend(claims.token)
        return open_session(claims)


def open_session(claims: PortalClaims) -> tuple[PortalSession, str]:
    text = new_token(SESSION_PREFIX)
    session = PortalSession.objects.create(
        token_hash=token_hash(text),
        connection=claims.connection,
        widget_key=claims.token.key,
        client_id=claims.client_id,
        user_id=claims.token.user_id,
        origin=claims.token.origin,
        expires_at=timezone.now() + SESSION_LIFE,
    )
    return session, text


def session_for(text: str) -> PortalSession:
    """Errors: PortalSessionExpired, also for an unknown one, and where key, origin or connection are gone.

    The frame's remedy is the same.
    """
    is_listed = Q(connection__host_app__origins__origin=F("origin"))
    is_open = Q(widget_key__revoked_at=None, connection__disconnected_at=None, expires_at__gt=timezone.now())
    rows = PortalSession.objects.select_related("connection__host_app").filter(is_listed, is_open)
    session = rows.filter(token_hash=token_hash(text)).first()
    if session is None:
        raise PortalSessionExpired("The portal session has ended; exchange a new portal token.")
    return session


def end_session(*, session: PortalSession) -> None:
    PortalSession.objects.filter(pk=session.pk).delete()


def forget_expired(*, now: datetime) -> int:
    """Delete ended sessions; returns how many."""
    count, _ = PortalSession.objects.filter(expires_at__lt=now).delete()
    return count
