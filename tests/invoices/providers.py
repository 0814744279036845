"""Payment providers, as they sign and send their webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import stripe
from django.test import Client

from harvest_bridge.sandbox.records import Invoice

SECRET = "whsec_a_secret_of_the_endpoint"
Json = dict[str, Any]


def stripe_signature(body: bytes, *, at: float | None = None, secret: str = SECRET) -> str:
    """Made by Stripe's own library."""
    stamp = int(time.time() if at is None else at)
    made: str = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, stamp)
    return made


def send(url: str, body: bytes, **headers: str) -> Any:
    return Client().post(url, body, content_type="application/json", headers=headers)


def intent(bill: Invoice, **fields: Any) -> bytes:
    given = {
        "id": "pi_1",
        "object": "payment_intent",
        "amount_received": 2550,
        "currency": bill.currency.lower(),
        "metadata": {"harvest_invoice_id": str(bill.id)},
        **fields,
    }
    event = {"id": "evt_1", "type": "payment_intent.succeeded", "created": 1_795_000_000, "data": {"object": given}}
    return json.dumps(event).encode()


def send_signed(url: str, body: Json) -> Any:
    """As GoCardless does."""
    raw = json.dumps(body).encode()
    return send(url, raw, **{"Webhook-Signature": hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()})
