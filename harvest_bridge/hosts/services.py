"""Creating host apps, issuing and revoking their keys."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.crypto.tokens import new_token, token_hash

from .errors import InvalidOrigin, OriginTaken
from .models import USUAL_SCOPES, AllowedOrigin, ApiKey, HostApp, WidgetKey
from .origins import normal_origin

API_KEY_PREFIX = "hb_live_"
_VISIBLE_CHARACTERS = len(API_KEY_PREFIX) + 6
_LAST_USE_RESOLUTION = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class NewHostApp:
    """A host app with the secrets that are shown this once."""

    host_app: HostApp
    api_key: str = field(repr=False)
    widget_key: WidgetKey
    widget_secret: str = field(repr=False)


@transaction.atomic
def create_host_app(*, name: str, origins: Sequence[str], scopes: Sequence[str] = USUAL_SCOPES) -> NewHostApp:
    """A host app with its origins, one API key and one widget key; all of it or nothing.

    Errors: InvalidOrigin, OriginTaken.
    """
    host_app = HostApp.objects.create(name=name)
    for origin in origins:
        allow_origin(host_app=host_app, origin=origin)
    _, api_key = issue_api_key(host_app=host_app, scopes=scopes)
    widget_key, widget_secret = issue_widget_key(host_app=host_app)
    return NewHostApp(host_app=host_app, api_key=api_key, widget_key=widget_key, widget_secret=widget_secret)


def allow_origin(*, host_app: HostApp, origin: str) -> AllowedOrigin:
    """Let pages of `origin` embed the timer. Errors: InvalidOrigin, OriginTaken."""
    try:
        normal = normal_origin(origin)
    except ValueError as error:
        raise InvalidOrigin(f"origin: {error}") from error
    try:
        with transaction.atomic():
            return AllowedOrigin.objects.create(host_app=host_app, origin=normal)
    except IntegrityError as error:
        owner = HostApp.objects.filter(origins__origin=normal).values_list("name", flat=True).first()
        raise OriginTaken(
            f"origin: {normal} already belongs to the host app “{owner}”; remove it there first, or use another origin."
        ) from error


def issue_api_key(
    *, host_app: HostApp, scopes: Sequence[str], label: str = "", expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown now and never again."""
    text = new_token(API_KEY_PREFIX)
    row = ApiKey.objects.create(
        host_app=host_app,
        label=label,
        prefix=text[:_VISIBLE_CHARACTERS],
        key_hash=token_hash(text),
        scopes=list(scopes),
        expires_at=expires_at,
    )
    return row, text


def revoke_api_key(*, api_key: ApiKey) -> None:
    """Holds from the next request on."""
    ApiKey.objects.filter(pk=api_key.pk, revoked_at=None).update(revoked_at=timezone.now())


def issue_widget_key(*, host_app: HostApp) -> tuple[WidgetKey, str]:
    """A new widget key and its secret, which is shown now and never again."""
    secret = new_token("hb_widget_")
    key = WidgetKey(id=f"wk_{secrets.token_hex(8)}", host_app=host_app)
    key.sealed_secret = key_ring().seal(secret, bound_to=key.binding)
    key.save(force_insert=True)
    return key, secret


def revoke_widget_key(*, widget_key: WidgetKey) -> None:
    """Tokens signed with it, and sessions begun with them, are refused from the next request on."""
    WidgetKey.objects.filter(pk=widget_key.pk, revoked_at=None).update(revoked_at=timezone.now())


def note_use(*, api_key: ApiKey, now: datetime) -> None:
    """Keep the last use, to the minute: one write a minute and key, not one a request."""
    if is_use_due(api_key=api_key, now=now):
        ApiKey.objects.filter(pk=api_key.pk).update(last_used_at=now)
        api_key.last_used_at = now


def is_use_due(*, api_key: ApiKey, now: datetime) -> bool:
    return api_key.last_used_at is None or now - api_key.last_used_at > _LAST_USE_RESOLUTION
