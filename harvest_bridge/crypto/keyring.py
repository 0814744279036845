"""Sealing and opening of secrets at rest: AES-256-GCM, bound to the row they belong to."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .errors import BadKey, CannotOpen

_NONCE_BYTES = 12
_VERSION = "hb1"
_KEY_ID_LENGTH = 8
# Of 32 random bytes or characters of base64, fewer than ten distinct ones are not to be expected in this universe.
_LEAST_DISTINCT = 10


class KeyRing:
    """Seals with the newest key, opens with whichever key the sealed text names.

    Shape of sealed text: `hb1.<key id>.<base64 of nonce and ciphertext>`. The key id is a fingerprint, so operators
    list keys and never number them. `bound_to` names the row and field (host app, tenant, id): sealed text copied into
    another row does not open.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` as in ENCRYPTION_KEYS, newest first. Errors: BadKey."""
        decoded = [_decode_key(key) for key in keys]
        ring = [(_key_id(raw), AESGCM(raw)) for raw in decoded]
        if not ring:
            raise BadKey(
                "No encryption key: set ENCRYPTION_KEYS (make one with `openssl rand -base64 32 | tr '+/' '-_'`)."
            )
        self.newest_key_id = ring[0][0]
        self._ciphers = dict(ring)
        self._signing_keys = {_key_id(raw): hmac.digest(raw, b"harvest-bridge signing", "sha256") for raw in decoded}

    @property
    def key_ids(self) -> list[str]:
        return list(self._ciphers)

    def seal(self, secret: str, *, bound_to: str) -> str:
        """Encrypt under the newest key."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        ciphertext = self._ciphers[self.newest_key_id].encrypt(nonce, secret.encode(), bound_to.encode())
        return f"{_VERSION}.{self.newest_key_id}.{base64.urlsafe_b64encode(nonce + ciphertext).decode()}"

    def open(self, sealed: str, *, bound_to: str) -> str:
        """Decrypt. Errors: CannotOpen, which says which key is missing and never what was inside."""
        key_id, body = _parts(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise CannotOpen(f"Encryption key {key_id} is not among ENCRYPTION_KEYS any more; add it back at the end.")
        try:
            return cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], bound_to.encode()).decode()
        except InvalidTag as error:
            raise CannotOpen("A sealed secret does not open: it was altered or moved from another row.") from error

    def sign(self, text: str) -> str:
        """`<key id>.<hex>`: says that whoever wrote `text` had our newest key (HMAC-SHA-256)."""
        return f"{self.newest_key_id}.{self._signature(self.newest_key_id, text)}"

    def is_signed(self, text: str, signature: str) -> bool | None:
        """None where the key that signed is not in the ring any more."""
        key_id, _, given = signature.partition(".")
        if key_id not in self._signing_keys:
            return None if len(key_id) == _KEY_ID_LENGTH and given else False
        return hmac.compare_digest(self._signature(key_id, text).encode(), given.encode())

    def _signature(self, key_id: str, text: str) -> str:
        return hmac.new(self._signing_keys[key_id], text.encode(), "sha256").hexdigest()

    def is_current(self, sealed: str) -> bool:
        """Is it sealed under the newest key?"""
        return _parts(sealed)[0] == self.newest_key_id


def new_key() -> str:
    """A fresh entry for ENCRYPTION_KEYS."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _decode_key(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey("An ENCRYPTION_KEYS entry is not URL-safe base64.") from error
    if len(raw) != 32:
        raise BadKey(f"An ENCRYPTION_KEYS entry has {len(raw)} bytes; it needs 32.")
    if is_guessable(raw, least=32):
        raise BadKey("An ENCRYPTION_KEYS entry can be guessed: its 32 bytes must be random.")
    return raw


def _key_id(raw: bytes) -> str:
    return hashlib.sha256(b"harvest-bridge key id" + raw).hexdigest()[:_KEY_ID_LENGTH]


def _parts(sealed: str) -> tuple[str, bytes]:
    version, _, rest = sealed.partition(".")
    key_id, _, body = rest.partition(".")
    if version != _VERSION:
        raise CannotOpen("A sealed secret has an unknown format.")
    try:
        return key_id, base64.urlsafe_b64decode(body)
    except (binascii.Error, ValueError) as error:
        raise CannotOpen("A sealed secret has an unknown format.") from error


def is_guessable(key: str | bytes, *, least: int) -> bool:
    """Too short, or of so few distinct characters that somebody typed it."""
    return len(key) < least or len(set(key)) < _LEAST_DISTINCT
