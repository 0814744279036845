"""What of an audit row is signed, and by which key."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING

from harvest_bridge.crypto.ring import key_ring

if TYPE_CHECKING:
    from .models import AuditEntry

_SIGNED = (
    *("source", "actor", "actor_id", "action", "object_type", "object_id", "detail", "address"),
    *("request_id", "host_app_id", "tenant_id", "connection_id", "uid"),
)


def text_of(entry: AuditEntry) -> str:
    """Every column but the row's own number, which is not known before it is written."""
    values = [getattr(entry, name) for name in _SIGNED]
    shown = [value if value is None or isinstance(value, int) else str(value) for value in values]
    return json.dumps([entry.at.astimezone(UTC).isoformat(timespec="microseconds"), *shown], ensure_ascii=True)


def signature_of(entry: AuditEntry) -> str:
    return key_ring().sign(text_of(entry))


def is_signed(entry: AuditEntry) -> bool | None:
    """None where the key that signed it is gone."""
    return key_ring().is_signed(text_of(entry), entry.signature)


def digest_of(entry: AuditEntry) -> str:
    """With its number and its signature."""
    return _digest(f"{entry.pk} {entry.signature} {text_of(entry)}")


def link(previous: str, entry_digest: str) -> str:
    """The chain's digest after one more entry."""
    return _digest(f"{previous} {entry_digest}")


def sign_link(position: int, digest: str, *, is_ours: bool) -> str:
    return key_ring().sign(_link_text(position, digest, is_ours))


def is_link_signed(position: int, digest: str, signature: str, *, is_ours: bool) -> bool | None:
    return key_ring().is_signed(_link_text(position, digest, is_ours), signature)


def _link_text(position: int, digest: str, is_ours: bool) -> str:
    return f"audit link {position} {digest} {is_ours}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
