"""The headers of a delivery: Standard Webhooks 1.0, and Truto's signature beside it for those who asked for it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

from .models import Endpoint, Format, SignatureEncoding

USER_AGENT = "Harvest-Bridge-Webhooks/1"


def headers_for(
    endpoint: Endpoint, *, event_id: str, body: bytes, secrets: Sequence[str], now: datetime
) -> dict[str, str]:
    """Signed with every secret that is valid, the newest first."""
    text = body.decode()
    signatures = [Webhook(secret).sign(event_id, now, text) for secret in secrets]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "truto" if endpoint.format == Format.TRUTO else USER_AGENT,
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return headers | (_truto(endpoint, body, secrets) if endpoint.format == Format.TRUTO else {})


def _truto(endpoint: Endpoint, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Its header has room for one signature, so the one of the secret before has a header of its own."""
    names = ("X-Truto-Signature", "X-Truto-Signature-Previous")
    return {
        name: f"format=sha256,v={_mac(secret, body, SignatureEncoding(endpoint.signature_encoding))}"
        for name, secret in zip(names, secrets, strict=False)
    }


def _mac(secret: str, body: bytes, encoding: SignatureEncoding) -> str:
    """Of the secret's text as it was shown, as Truto's verifiers take theirs."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return digest.hex() if encoding == SignatureEncoding.HEX else base64.b64encode(digest).decode()
