"""The secret that an endpoint's deliveries are signed with: `whsec_` and 32 random bytes, sealed in its row."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from harvest_bridge.crypto.ring import key_ring

from .models import Endpoint

PREFIX = "whsec_"
_SECRET, _PREVIOUS = "secret", "previous secret"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def give_secret(endpoint: Endpoint, text: str) -> None:
    endpoint.sealed_secret = key_ring().seal(text, bound_to=endpoint.binding(_SECRET))


def rotate_secret(endpoint: Endpoint, text: str, *, valid_until: datetime) -> None:
    """`text` signs from now on, and the one before besides until then."""
    [present, *_] = valid_secrets(endpoint, now=valid_until)
    give_secret(endpoint, text)
    endpoint.sealed_previous_secret = key_ring().seal(present, bound_to=endpoint.binding(_PREVIOUS))
    endpoint.previous_secret_expires_at = valid_until


def valid_secrets(endpoint: Endpoint, *, now: datetime) -> list[str]:
    """The newest first. Errors: CannotOpen."""
    found = [key_ring().open(endpoint.sealed_secret, bound_to=endpoint.binding(_SECRET))]
    until = endpoint.previous_secret_expires_at
    if endpoint.sealed_previous_secret and until is not None and now < until:
        found.append(key_ring().open(endpoint.sealed_previous_secret, bound_to=endpoint.binding(_PREVIOUS)))
    return found
