"""The one thing that your back end adds for the timer: it says who is signed in. Copy this."""

from __future__ import annotations

import os
import time
import uuid

import jwt  # the package is called PyJWT


def widget_token(*, user_id: str, tenant_id: str, email: str, origin: str) -> str:
    """A token that the timer may use once, within a minute, on `origin`, for this person of this customer of yours."""
    now = int(time.time())
    claims = {
        "iss": os.environ["HOST_APP_ID"],  # these three come from `manage.py createhost`
        "aud": "timer",
        "sub": user_id,  # your own id of the person; it must never change
        "tenant_id": tenant_id,  # your own id of the customer whose page this is
        "email": email,
        "origin": origin,  # scheme, host and port of the page
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
    }
    return jwt.encode(claims, os.environ["WIDGET_SECRET"], "HS256", headers={"kid": os.environ["WIDGET_KEY_ID"]})
