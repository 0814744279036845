"""Widget tokens: what a host's back end signs so that its page may act for one person (DESIGN §4.4)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import msgspec

from harvest_bridge.api.text_validation import unreadable_at
from harvest_bridge.hosts import queries
from harvest_bridge.hosts.models import WidgetKey
from timer_widget.errors import WidgetTokenExpired, WidgetTokenInvalid
from timer_widget.normal_form import normal_id

AUDIENCE = "timer"
MAX_LIFE = timedelta(minutes=5)
LEEWAY = timedelta(seconds=10)  # for hosts whose clock differs from ours
_LATEST = 253_402_300_800  # the year 10000, which neither Python nor a database knows
_REQUIRED = ["iss", "aud", "sub", "tenant_id", "origin", "iat", "exp", "jti"]


@dataclass(frozen=True)
class WidgetClaims:
    """A verified widget token. `items` lists the only items it may time; None allows all of the page's."""

    key: WidgetKey
    user_id: str
    tenant_id: str
    origin: str
    jti: str
    expires_at: datetime
    email: str
    name: str
    items: list[str] | None


def verify(token: str) -> WidgetClaims:
    """Check signature, algorithm (HS256 alone), issuer, audience, times and claims.

    Errors: WidgetTokenExpired; WidgetTokenInvalid, which names the claim and the remedy.
    """
    key = _key_of(token)
    try:
        claims = jwt.decode(
            token,
            queries.widget_secret(key),
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=str(key.host_app_id),
            leeway=LEEWAY,
            options={"require": _REQUIRED},
        )
    except jwt.ExpiredSignatureError as error:
        raise WidgetTokenExpired("The widget token has expired; sign a new one for each request.") from error
    except jwt.InvalidTokenError as error:
        raise WidgetTokenInvalid(f"The widget token is not valid: {error}.") from error
    return _read(key, claims)


def _key_of(token: str) -> WidgetKey:
    """Header and claims are looked at first: PyJWT reads them by Python's own `json`, which takes more than JSON has.

    Errors: WidgetTokenInvalid.
    """
    header, claims = (_object_in(part) for part in token.split(".")[:2]) if token.count(".") == 2 else (None, None)
    if header is None or claims is None:
        raise WidgetTokenInvalid("The widget token is not a JWT; see README, “Embed”.")
    for name in ("exp", "iat"):
        if not _is_moment(claims.get(name, 0)):
            raise WidgetTokenInvalid(f"{name}: must be a moment in seconds since 1970, as a number.")
    key_id = header.get("kid")
    key = queries.widget_key(key_id) if isinstance(key_id, str) else None
    if key is None:
        raise WidgetTokenInvalid("kid: no such widget key, or it was revoked; use the widget_key_id of createhost.")
    return key


def _is_moment(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _LATEST


def _object_in(part: str) -> dict[str, Any] | None:
    """A JSON object of readable text in base64url; None for anything else."""
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=dict[str, Any])
    except (ValueError, RecursionError):
        return None
    return found if unreadable_at(found) is None else None


def _read(key: WidgetKey, claims: dict[str, Any]) -> WidgetClaims:
    if claims["exp"] - claims["iat"] > MAX_LIFE.total_seconds():
        raise WidgetTokenInvalid("exp: a widget token lives five minutes at most; set exp to iat + 60.")
    texts = {name: _text(claims, name) for name in ("sub", "tenant_id", "origin", "jti", "email", "name")}
    for name in ("sub", "tenant_id", "origin", "jti"):
        if not texts[name]:
            raise WidgetTokenInvalid(f"{name}: must not be empty.")
    return WidgetClaims(
        key=key,
        user_id=texts["sub"],
        tenant_id=texts["tenant_id"],
        origin=texts["origin"],
        jti=texts["jti"],
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        email=texts["email"],
        name=texts["name"],
        items=_items(claims.get("items")),
    )


def _text(claims: dict[str, Any], name: str) -> str:
    value = "" if claims.get(name) is None else claims[name]
    if not isinstance(value, str) or len(value) > 255:
        raise WidgetTokenInvalid(f"{name}: must be text of at most 255 characters.")
    return value


def _items(value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(type(item) in (str, int) for item in value):
        raise WidgetTokenInvalid("items: must be a list of item ids, as text or whole numbers.")
    return [normal_id(item) for item in value]
