"""Payment providers' own webhooks: signed bodies become payments, once; others leave nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import zlib
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import gocardless_pro.webhooks
import pytest
import stripe
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.invoices.models import Payment, PaymentInbox
from harvest_bridge.sandbox.records import Invoice
from harvest_bridge.webhooks.models import Event

from .providers import SECRET, Json, intent, send, send_signed, stripe_signature

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
Post = Callable[..., Any]


def test_a_payment_of_stripe_is_recorded_once_however_often_it_is_sent(make: Callable[..., str], bill: Invoice) -> None:
    url, body = make("stripe"), intent(bill)
    answers = [send(url, body, **{"Stripe-Signature": stripe_signature(body)}) for _ in range(2)]
    assert [one.json()["result"][0]["did"] for one in answers] == ["recorded", "recorded"]
    assert [payment.amount for payment in bill.payments] == [Decimal("25.50")]
    assert Payment.objects.get().source == "stripe"


def test_a_refund_of_all_of_it_takes_it_out_again_and_one_of_a_part_does_not(
    make: Callable[..., str], bill: Invoice
) -> None:
    url, body = make("stripe"), intent(bill)
    send(url, body, **{"Stripe-Signature": stripe_signature(body)})
    for amount, did, left in ((50, "noted", 1), (50, "noted", 1), (2550, "deleted", 0), (2550, "deleted", 0)):
        charge = {"payment_intent": "pi_1", "amount_refunded": amount, "currency": bill.currency.lower()}
        refund = json.dumps({"id": "evt_2", "type": "charge.refunded", "data": {"object": charge}}).encode()
        answer = send(url, refund, **{"Stripe-Signature": stripe_signature(refund)})
        assert answer.json()["result"][0]["did"] == did
        assert len(bill.payments) == left
    told = [event for event in Event.objects.order_by("id") if event.type == "invoice.payment_partly_refunded"]
    assert [event.data["refunded_amount"] for event in told] == ["0.50"]


@pytest.mark.parametrize(
    ("signature", "code"),
    [
        (lambda body: stripe_signature(body, secret="another"), "signature_invalid"),
        (lambda body: stripe_signature(body + b" "), "signature_invalid"),
        (lambda body: stripe_signature(body, at=time.time() - 7 * 86400), "event_too_old"),
        (lambda body: stripe_signature(body, at=time.time() + 3600), "event_too_old"),
        (lambda body: "t=x,v1=", "signature_invalid"),
        (lambda body: "", "signature_missing"),
    ],
)
def test_a_body_whose_signature_does_not_fit_or_is_old_leaves_nothing(
    make: Callable[..., str], bill: Invoice, signature: Callable[[bytes], str], code: str
) -> None:
    url, body = make("stripe"), intent(bill)
    answer = send(url, body, **{"Stripe-Signature": signature(body)})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, code, "Stripe-Signature")
    assert (bill.payments, Payment.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "header", ["{t},{v1}", "{t},v1=00,{v1}", "{t},v0=00,{v1}", "{v1},{t}", "{t},v0=00", "{t}", "{v1}"]
)
def test_what_stripes_own_library_takes_is_taken_and_nothing_else(
    make: Callable[..., str], bill: Invoice, header: str
) -> None:
    body = intent(bill)
    stamp, signed = stripe_signature(body).split(",")
    given = header.format(t=stamp, v1=signed)
    try:
        stripe.Webhook.construct_event(body, given, SECRET)
        is_taken = True
    except stripe.SignatureVerificationError:
        is_taken = False
    assert (send(make("stripe"), body, **{"Stripe-Signature": given}).status_code == 200) is is_taken
    assert len(bill.payments) == is_taken


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"amount_received": 0}, "amount_invalid"),
        ({"currency": "jpy"}, "currency_mismatch"),
        ({"metadata": {"harvest_invoice_id": "999"}}, "invoice_unknown"),
        ({"metadata": {"harvest_invoice_id": "abc"}}, "inbox_expression_failed"),
        ({"amount_received": 10**12}, "amount_exceeds_due"),
    ],
)
def test_bad_payments_are_refused_with_their_code(
    make: Callable[..., str], bill: Invoice, fields: Json, code: str
) -> None:
    url, body = make("stripe"), intent(bill, **fields)
    answer = send(url, body, **{"Stripe-Signature": stripe_signature(body)})
    assert answer.json()["code"] == code
    assert (bill.payments, Payment.objects.count()) == ([], 0)


def test_other_events_are_ignored(make: Callable[..., str], bill: Invoice) -> None:
    body = json.dumps({"id": "evt_9", "type": "customer.created", "data": {"object": {}}}).encode()
    answer = send(make("stripe"), body, **{"Stripe-Signature": stripe_signature(body)})
    assert (answer.status_code, answer.json()) == (200, {"result": []})


def test_gocardless_bodies_of_several_events_are_taken_one_by_one(make: Callable[..., str], bill: Invoice) -> None:
    def event(number: int, invoice: object) -> Json:
        meta = {"harvest_invoice_id": str(invoice), "amount_minor": "1000", "currency": bill.currency}
        links, now = {"payment": f"PM{number}"}, datetime.now(UTC).isoformat()
        return {
            "id": f"EV{number}",
            "created_at": now,
            "resource_type": "payments",
            "action": "confirmed",
            "links": links,
            "resource_metadata": meta,
        }

    body = json.dumps({"events": [event(1, bill.id), event(2, 999), event(3, bill.id)]}).encode()
    signed = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert len(gocardless_pro.webhooks.parse(body, SECRET, signed)) == 3  # GoCardless's own library takes it
    url = make("gocardless")
    answer = send(url, body, **{"Webhook-Signature": signed}).json()["result"]
    assert [(one["external_id"], one["did"]) for one in answer] == [
        ("PM1", "recorded"),
        ("PM2", "refused"),
        ("PM3", "recorded"),
    ]
    assert send(url, body, **{"Webhook-Signature": "0" * 64}).json()["code"] == "signature_invalid"
    old = json.loads(body)
    for one in old["events"]:
        one["created_at"] = (datetime.now(UTC) - timedelta(days=7)).isoformat()
    assert send_signed(url, old).json()["code"] == "event_too_old"
    old["events"].append({**event(4, bill.id), "created_at": datetime.now(UTC).isoformat()})
    assert send_signed(url, old).json()["result"][0] == {
        "external_id": "PM4",
        "did": "recorded",
        "code": None,
        "message": None,
    }


def test_one_of_several_that_is_refused_is_told_once_and_left_to_a_person(
    make: Callable[..., str], bill: Invoice
) -> None:
    def event(number: int, minor: str) -> Json:
        return {
            "id": f"EV{number}",
            "created_at": datetime.now(UTC).isoformat(),
            "resource_type": "payments",
            "action": "confirmed",
            "links": {"payment": f"PM{number}"},
            "resource_metadata": {
                "harvest_invoice_id": str(bill.id),
                "amount_minor": minor,
                "currency": bill.currency,
            },
        }

    url, body = make("gocardless"), {"events": [event(1, "1000"), event(2, "999999999"), event(3, "1e3")]}
    for _ in range(2):
        told = send_signed(url, body).json()["result"]
        assert [(one["did"], one["code"]) for one in told] == [
            ("recorded", None),
            ("refused", "amount_exceeds_due"),
            ("refused", "amount_invalid"),
        ]
    refused = Payment.objects.get(state="refused")
    assert (refused.external_id, (refused.error or {})["code"]) == ("PM2", "amount_exceeds_due")
    assert Event.objects.filter(type="invoice.payment_failed").count() == 1


@pytest.fixture(scope="module")
def paypal() -> tuple[rsa.RSAPrivateKey, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "messageverificationcerts.paypal.com")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    return key, built.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


def test_paypals_signature_is_checked_with_the_certificate_of_the_inbox_and_none_is_fetched(
    make: Callable[..., str], bill: Invoice, paypal: tuple[rsa.RSAPrivateKey, str]
) -> None:
    key, certificate = paypal
    resource = {
        "id": "CAP1",
        "custom_id": str(bill.id),
        "amount": {"value": "12.00", "currency_code": bill.currency},
        "create_time": "2026-11-20T10:00:00Z",
        "links": [],
    }
    body = json.dumps({"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": resource}).encode()

    def headers(moment: str) -> dict[str, str]:
        signed = f"tx-1|{moment}|{SECRET}|{zlib.crc32(body)}".encode()
        return {
            "PAYPAL-TRANSMISSION-ID": "tx-1",
            "PAYPAL-TRANSMISSION-TIME": moment,
            "PAYPAL-AUTH-ALGO": "SHA256withRSA",
            "PAYPAL-CERT-URL": "https://attacker.example/cert.pem",
            "PAYPAL-TRANSMISSION-SIG": b64encode(key.sign(signed, padding.PKCS1v15(), SHA256())).decode(),
        }

    url, now = make("paypal", certificates=certificate), datetime.now(UTC)
    fresh = headers(now.isoformat())
    assert send(url, body, **fresh).json()["result"][0]["did"] == "recorded"
    assert send(url, body + b" ", **fresh).json()["code"] == "signature_invalid"
    assert send(url, body, **headers((now - timedelta(days=7)).isoformat())).json()["code"] == "event_too_old"
    assert [payment.amount for payment in bill.payments] == [Decimal("12.00")]


def test_a_mapping_of_your_own_reads_another_body_and_keeps_no_card(make: Callable[..., str], bill: Invoice) -> None:
    url = make(
        "stripe",
        expression='{"action": "record", "external_id": ref, "invoice_id": $string(inv), "amount": sum, '
        '"currency": cur, "note": memo}',
    )
    plain = {"ref": "X-1", "inv": bill.id, "sum": "3.00", "cur": bill.currency, "memo": "thanks"}
    for memo, expected in (("4111 1111 1111 1111", "card_data_refused"), ("thanks", None)):
        body = json.dumps(plain | {"memo": memo}).encode()
        answer = send(url, body, **{"Stripe-Signature": stripe_signature(body)}).json()
        assert answer.get("code") == expected
    assert [payment.amount for payment in bill.payments] == [Decimal("3.00")]


def test_inboxes_are_set_up_shown_without_their_secret_and_removed(
    api: APIClient, alices: Connection, make: Callable[..., str]
) -> None:
    url = make("stripe")
    path = f"/invoices/inboxes/stripe?integrated_account_id={alices.pk}"
    assert SECRET not in api.get(path).content.decode()
    assert SECRET not in PaymentInbox.objects.get().sealed_secret
    bad = api.put(path, {"secret": SECRET, "expression": "1 +"}, format="json")
    assert (bad.status_code, bad.json()["code"]) == (422, "inbox_expression_failed")
    assert api.delete(path).status_code == 200
    assert send(url, b"{}").json()["code"] == "inbox_unknown"
    unknown = api.put(path.replace("stripe", "square"), {"secret": SECRET}, format="json")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "inbox_unknown")
