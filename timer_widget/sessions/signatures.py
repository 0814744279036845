"""Verifies the signature and claims of tokens that a host's back end signs with its widget secret (DESIGN §4.4)."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import msgspec

from harvest_bridge.api.text_validation import unreadable_at
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts import queries
from harvest_bridge.hosts.models import WidgetKey

MAX_LIFE = timedelta(minutes=5)
LEEWAY = timedelta(seconds=10)  # for hosts whose clock differs from ours
_LATEST = 253_402_300_800  # the year 10000, which neither Python nor a database knows
_REQUIRED = ("iss", "aud", "sub", "tenant_id", "origin", "iat", "exp", "jti")


@dataclass(frozen=True)
class TokenKind:
    """What a token is for: its `aud`, so that none is accepted as another kind, and the errors for it.

    Shape: `required` are claims besides those that every kind has.
    """

    name: str
    audience: str
    invalid: type[BridgeError]
    expired: type[BridgeError]
    replayed: type[BridgeError]
    required: Sequence[str] = ()


@dataclass(frozen=True)
class HostToken:
    """A verified token; `claims` is all that it says."""

    kind: TokenKind
    key: WidgetKey
    user_id: str
    tenant_id: str
    origin: str
    jti: str
    expires_at: datetime
    claims: Mapping[str, Any]

    def text(self, name: str) -> str:
        """An optional claim. Errors: the kind's `invalid`."""
        return _text(self.claims, name, self.kind)


def verified(token: str, kind: TokenKind) -> HostToken:
    """Check signature, algorithm (HS256 alone), issuer, audience, times and the claims of every kind.

    Errors: the kind's `expired`; its `invalid`, which names the claim and the remedy.
    """
    key = _key_of(token, kind)
    try:
        claims = jwt.decode(
            token,
            queries.widget_secret(key),
            algorithms=["HS256"],
            audience=kind.audience,
            issuer=str(key.host_app_id),
            leeway=LEEWAY,
            options={"require": [*_REQUIRED, *kind.required]},
        )
    except jwt.ExpiredSignatureError as error:
        raise kind.expired(f"The {kind.name} has expired; sign a new one for each request.") from error
    except jwt.InvalidTokenError as error:
        raise kind.invalid(f"The {kind.name} is not valid: {error}.") from error
    return _read(key, claims, kind)


def _key_of(token: str, kind: TokenKind) -> WidgetKey:
    """Header and claims are looked at first: PyJWT reads them by Python's own `json`, which takes more than JSON has.

    Errors: the kind's `invalid`.
    """
    header, claims = (_object_in(part) for part in token.split(".")[:2]) if token.count(".") == 2 else (None, None)
    if header is None or claims is None:
        raise kind.invalid(f"The {kind.name} is not a JWT; see README, “Embed”.")
    for name in ("exp", "iat"):
        if not _is_moment(claims.get(name, 0)):
            raise kind.invalid(f"{name}: must be a moment in seconds since 1970, as a number.")
    key_id = header.get("kid")
    key = queries.widget_key(key_id) if isinstance(key_id, str) else None
    if key is None:
        raise kind.invalid("kid: no such widget key, or it was revoked; use the widget_key_id of createhost.")
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


def _read(key: WidgetKey, claims: Mapping[str, Any], kind: TokenKind) -> HostToken:
    if claims["exp"] - claims["iat"] > MAX_LIFE.total_seconds():
        raise kind.invalid(f"exp: {_article(kind)} lives five minutes at most; set exp to iat + 60.")
    texts = {name: _text(claims, name, kind) for name in ("sub", "tenant_id", "origin", "jti")}
    for name, text in texts.items():
        if not text:
            raise kind.invalid(f"{name}: must not be empty.")
    return HostToken(
        kind=kind,
        key=key,
        user_id=texts["sub"],
        tenant_id=texts["tenant_id"],
        origin=texts["origin"],
        jti=texts["jti"],
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        claims=claims,
    )


def _article(kind: TokenKind) -> str:
    return f"{'an' if kind.name[0] in 'aeiou' else 'a'} {kind.name}"


def _text(claims: Mapping[str, Any], name: str, kind: TokenKind) -> str:
    value = "" if claims.get(name) is None else claims[name]
    if not isinstance(value, str) or len(value) > 255:
        raise kind.invalid(f"{name}: must be text of at most 255 characters.")
    return value
