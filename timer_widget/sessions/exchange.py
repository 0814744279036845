"""Exchanges a widget token, once, for a timer session."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from harvest_bridge.api import plain_sql
from harvest_bridge.api.database_connections import note
from harvest_bridge.crypto.tokens import new_token, token_hash
from harvest_bridge.hosts import queries
from harvest_bridge.hosts.models import AllowedOrigin, HostApp, WidgetKey
from harvest_bridge.hosts.origins import normal_origin
from timer_widget.errors import OriginNotAllowed, TimerSessionExpired
from timer_widget.models import Person, SignInCode, SpentWidgetToken, TimerSession

from .signatures import HostToken
from .widget_tokens import WidgetClaims, verify

SESSION_PREFIX = "hb_ts_"
SESSION_LIFE = timedelta(minutes=15)
SEEN_RESOLUTION = timedelta(minutes=1)


def begin_session(*, token: str, origin: str) -> tuple[TimerSession, str]:
    """Exchange a widget token for a session and its text.

    `origin` is where our frame found itself embedded; it must be the token's own and one of the host app's.
    Errors: WidgetTokenInvalid, WidgetTokenExpired, WidgetTokenReplayed, OriginNotAllowed.
    """
    claims = verify(token)
    check_origin(claims.token, origin)
    with transaction.atomic():
        spend(claims.token)
        return open_session(
            person=_person(claims),
            origin=claims.token.origin,
            item_ids=claims.items,
            widget_key=claims.token.key,
        )


def open_session(
    *, person: Person, origin: str, item_ids: list[str] | None, widget_key: WidgetKey | None = None
) -> tuple[TimerSession, str]:
    """A session of somebody whose right to it was checked, and its text."""
    text = new_token(SESSION_PREFIX)
    session = TimerSession.objects.create(
        token_hash=token_hash(text),
        person=person,
        widget_key=widget_key,
        origin=origin,
        item_ids=item_ids,
        expires_at=timezone.now() + SESSION_LIFE,
    )
    return session, text


def session_for(text: str) -> TimerSession:
    """Errors: TimerSessionExpired, also for an unknown one, for one whose origin the host app no longer has and for
    one whose widget key was revoked.

    The widget's remedy is the same.
    """
    session = _alive().select_related("person__host_app", "widget_key").filter(token_hash=token_hash(text)).first()
    if session is None:
        raise TimerSessionExpired("The timer session has ended; exchange a new widget token.")
    now = timezone.now()
    if now - session.last_seen_at > SEEN_RESOLUTION:
        _note_seen([session.token_hash])
        session.last_seen_at = now
    return session


def alive_among(hashes: Collection[str]) -> set[str]:
    """The same question, asked again of sessions once found, whose pages are still there: in plain SQL, as it comes
    with every click, for each page that is told of it."""
    now = timezone.now()
    where = f"token_hash IN ({', '.join(['%s'] * len(hashes))}) AND {_is_alive()}"
    seen = dict(plain_sql.select(TimerSession, ("token_hash", "last_seen_at"), where, [*hashes, plain_sql.moment(now)]))
    due = [hashed for hashed, seen_at in seen.items() if now - seen_at > SEEN_RESOLUTION]
    if due:
        note(lambda: _note_seen(due))
    return set(seen)


def open_now(host_app: HostApp, now: datetime) -> QuerySet[TimerSession]:
    """Those whose page was there a moment ago: a closed tab's has minutes left, and nobody before it."""
    return TimerSession.objects.filter(
        person__host_app=host_app, expires_at__gt=now, last_seen_at__gt=now - 2 * SEEN_RESOLUTION
    )


def _note_seen(hashes: Collection[str]) -> None:
    """Once a minute for each session."""
    TimerSession.objects.filter(token_hash__in=hashes).update(last_seen_at=timezone.now())


def _alive() -> QuerySet[TimerSession]:
    """Sessions that have time left, whose origin is still one of the host app's and whose key was not revoked."""
    origin_listed = Q(person__host_app__origins__origin=F("origin"))
    return TimerSession.objects.filter(origin_listed, expires_at__gt=timezone.now(), widget_key__revoked_at=None)


@cache
def _is_alive() -> str:
    """The same in SQL, for a value: the moment that it is now."""
    sessions, people, origins = TimerSession._meta.db_table, Person._meta.db_table, AllowedOrigin._meta.db_table
    is_listed = f"""SELECT 1 FROM {people} p JOIN {origins} o ON o.host_app_id = p.host_app_id
WHERE p.id = person_id AND o.origin = {sessions}.origin"""  # noqa: S608
    is_revoked = f"SELECT 1 FROM {WidgetKey._meta.db_table} w WHERE w.id = widget_key_id AND w.revoked_at IS NOT NULL"  # noqa: S608
    return f"expires_at > %s AND EXISTS ({is_listed}) AND NOT EXISTS ({is_revoked})"


def forget_expired(*, now: datetime) -> int:
    """Delete ended sessions and spent token ids; returns how many."""
    sessions, _ = TimerSession.objects.filter(expires_at__lt=now).delete()
    spent, _ = SpentWidgetToken.objects.filter(expires_at__lt=now - timedelta(minutes=1)).delete()
    codes, _ = SignInCode.objects.filter(expires_at__lt=now).delete()
    return sessions + spent + codes


def check_origin(token: HostToken, origin: str) -> None:
    """The page is where the token says, and that is one of the host app's. Errors: OriginNotAllowed."""
    claimed, found = normal_or_refused(token.origin), normal_or_refused(origin)
    if claimed != found:
        raise OriginNotAllowed(f"origin: the token was signed for {claimed}, but the page is at {found}.")
    owner = queries.host_app_at(claimed)
    if owner is None or owner.pk != token.key.host_app_id:
        raise OriginNotAllowed(f"origin: {claimed} is not among this host app's allowed origins; add it in the admin.")


def normal_or_refused(origin: str) -> str:
    """Errors: OriginNotAllowed."""
    try:
        return normal_origin(origin)
    except ValueError as error:
        raise OriginNotAllowed(f"origin: {error}") from error


def spend(token: HostToken) -> None:
    """Errors: the kind's `replayed`."""
    try:
        with transaction.atomic():
            SpentWidgetToken.objects.create(widget_key=token.key, jti=token.jti, expires_at=token.expires_at)
    except IntegrityError as error:
        raise token.kind.replayed(
            f"This {token.kind.name} was used already; sign a new one, with its own jti, each time."
        ) from error


def _person(claims: WidgetClaims) -> Person:
    person, _ = Person.objects.update_or_create(
        host_app_id=claims.token.key.host_app_id,
        tenant_id=claims.token.tenant_id,
        user_id=claims.token.user_id,
        defaults={"email": claims.email, "name": claims.name, "last_seen_at": timezone.now()},
    )
    return person
