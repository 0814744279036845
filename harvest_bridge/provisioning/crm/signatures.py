"""Whether a webhook comes from the CRM: by its signature where it signs, else by the password that it was given."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from harvest_bridge.errors import BridgeError

_MAX_AGE_SECONDS = 300.0
_LONGEST_MOMENT = 16  # digits
_SECRET_HEADER = "X-Inbox-Secret"  # noqa: S105
# What HubSpot decodes of an address before it signs it.
_DECODED = {"%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'", "%28": "(", "%29": ")"}


class InboxRefused(BridgeError):
    """Neither a signature nor a password of this template."""

    status = 401
    code = "inbox_refused"


def check(request: HttpRequest, secret: str, *, now: datetime) -> None:
    """Errors: InboxRefused."""
    headers = request.headers
    if signature := headers.get("X-HubSpot-Signature-v3"):
        _require(_is_hubspots(request, signature, secret, now))
    elif given := headers.get("Authorization", ""):
        _require(given.startswith("Basic ") and _same(_password(given), secret))
    else:
        _require(_same(headers.get(_SECRET_HEADER, ""), secret))


def _require(is_good: bool) -> None:
    if not is_good:
        raise InboxRefused(
            "Authorization: sign this request as HubSpot does, or send the template's secret as the password of Basic "
            f"authentication, or in {_SECRET_HEADER}."
        )


def _is_hubspots(request: HttpRequest, signature: str, secret: str, now: datetime) -> bool:
    """HMAC-SHA256 of method, address, body and moment, in base64; none that is older than five minutes."""
    moment = request.headers.get("X-HubSpot-Request-Timestamp", "")
    is_moment = moment.isdecimal() and len(moment) <= _LONGEST_MOMENT
    if not secret or not is_moment or abs(now.timestamp() - int(moment) / 1000) > _MAX_AGE_SECONDS:
        return False
    address = f"{settings.PUBLIC_URL.rstrip('/')}{request.get_full_path()}"
    for encoded, plain in _DECODED.items():
        address = address.replace(encoded, plain)
    text = f"{request.method}{address}".encode() + request.body + moment.encode()
    wanted = base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()).decode()
    return _same(signature, wanted)


def _password(header: str) -> str:
    try:
        return base64.b64decode(header[6:]).decode().partition(":")[2]
    except ValueError:
        return ""


def _same(given: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
