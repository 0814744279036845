"""The signatures of Stripe, GoCardless and PayPal, each as its provider documents it, and how old a body may be.

Nothing is fetched. PayPal names the address of its certificate in a header: that is what a forger would name too, so
the certificates that count are those that the host put into its inbox, and the header is not even read.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from harvest_bridge.invoices.records import Json, list_in, text_in

from .errors import EventTooOld, SignatureInvalid, SignatureMissing

# Stripe signs each try anew.
_STRIPE_TOLERANCE = timedelta(minutes=5)
# The others sign once, and try again for up to three days.
_TRIED_FOR = timedelta(days=3)
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What an inbox checks with: the signing secret, for PayPal the webhook's id and its certificates (PEM)."""

    secret: str
    certificates: str = ""


def check(provider: str, headers: Mapping[str, str], body: bytes, keys: Keys, *, now: datetime) -> None:
    """Errors: SignatureMissing, SignatureInvalid, EventTooOld."""
    {"stripe": _stripe, "gocardless": _gocardless, "paypal": _paypal}[provider](headers, body, keys, now)


def without_old(provider: str, event: Json, *, now: datetime) -> Json:
    """Of what tells its time in the body, one by one: the events that are still taken. Errors: EventTooOld for none."""
    if provider != "gocardless":
        return event
    events, fresh, old = list_in(event, "events"), [], None
    for one in events:
        try:
            _check_age(text_in(one, "created_at"), "created_at", now, _TRIED_FOR)
            fresh.append(one)
        except (EventTooOld, SignatureInvalid) as error:
            old = error
    if old is not None and not fresh:
        raise old
    return {**event, "events": fresh}


def _stripe(headers: Mapping[str, str], body: bytes, keys: Keys, now: datetime) -> None:
    name = "Stripe-Signature"
    parts = [part.partition("=")[::2] for part in _header(headers, name).split(",")]
    stamps = [value for key, value in parts if key.strip() == "t"]
    given = [value for key, value in parts if key.strip() == "v1"]
    if len(stamps) != 1 or not given or not (stamps[0].isascii() and stamps[0].isdigit() and len(stamps[0]) < 12):
        raise SignatureInvalid("has no time `t` and signature `v1`.", field=name)
    expected = _hmac(keys.secret, stamps[0].encode() + b"." + body)
    if not any(hmac.compare_digest(expected, each.strip().encode()) for each in given):
        raise SignatureInvalid("does not fit this body and the inbox's secret.", field=name)
    signed_at = datetime.fromtimestamp(int(stamps[0]), UTC)
    _check_age(signed_at.isoformat(), name, now, _STRIPE_TOLERANCE)


def _gocardless(headers: Mapping[str, str], body: bytes, keys: Keys, now: datetime) -> None:
    name = "Webhook-Signature"
    if not hmac.compare_digest(_hmac(keys.secret, body), _header(headers, name).strip().encode()):
        raise SignatureInvalid("does not fit this body and the inbox's secret.", field=name)


def _paypal(headers: Mapping[str, str], body: bytes, keys: Keys, now: datetime) -> None:
    name = "PAYPAL-TRANSMISSION-SIG"
    signature, moment = _header(headers, name), _header(headers, "PAYPAL-TRANSMISSION-TIME")
    transmission = _header(headers, "PAYPAL-TRANSMISSION-ID")
    if _header(headers, "PAYPAL-AUTH-ALGO") != "SHA256withRSA":
        raise SignatureInvalid("must be SHA256withRSA.", field="PAYPAL-AUTH-ALGO")
    signed = f"{transmission}|{moment}|{keys.secret}|{zlib.crc32(body)}".encode()
    if not any(_is_signed_by(each, signature, signed) for each in _valid(keys.certificates, now)):
        raise SignatureInvalid("does not fit this body, the webhook's id and the inbox's certificates.", field=name)
    _check_age(moment, "PAYPAL-TRANSMISSION-TIME", now, _TRIED_FOR)


def certificates_in(pem: str) -> Sequence[x509.Certificate]:
    """Errors: ValueError for what is no certificate, or has no RSA key."""
    found = x509.load_pem_x509_certificates(pem.encode())
    if not all(isinstance(each.public_key(), rsa.RSAPublicKey) for each in found):
        raise ValueError("these certificates have keys of another kind than RSA")
    return found


def _valid(pem: str, now: datetime) -> list[x509.Certificate]:
    found = certificates_in(pem) if pem else ()
    return [each for each in found if each.not_valid_before_utc <= now <= each.not_valid_after_utc]


def _is_signed_by(certificate: x509.Certificate, signature: str, signed: bytes) -> bool:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(b64decode(signature, validate=True), signed, padding.PKCS1v15(), SHA256())
    except (InvalidSignature, NotBase64, ValueError):
        return False
    return True


def _header(headers: Mapping[str, str], name: str) -> str:
    """Errors: SignatureMissing."""
    value = headers.get(name, "")
    if not value:
        raise SignatureMissing("this header is missing.", field=name)
    return value


def _hmac(secret: str, signed: bytes) -> bytes:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()


def _check_age(moment: str, field: str, now: datetime, most: timedelta) -> None:
    try:
        at = datetime.fromisoformat(moment)
    except ValueError as error:
        raise SignatureInvalid("is no moment.", field=field) from error
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not -_AHEAD <= now - at <= most:
        raise EventTooOld(f"{moment} is not within {most} before now; it is not taken any more.", field=field)
