"""Seals audit rows into a chain of digests in the order in which they were committed.

Writers add rows without waiting for each other; whoever seals takes what has come since, under one lock held for a
moment. A web process and a worker do it within a second of each row.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from harvest_bridge.api import locks

from .models import AuditEntry, AuditHead, AuditSeal
from .signatures import digest_of, link, sign_link

_LOCK = "audit sealing"
_BATCH = 1_000
# A row's number is given before its commit, so a long transaction may bring a lower one late.
_LOOKED_BACK = 100_000
BEGINNING = "0" * 64


def unsealed() -> QuerySet[AuditEntry]:
    """Those that wait for their seal, oldest first."""
    newest = AuditSeal.objects.aggregate(newest=Max("entry_id"))["newest"] or 0
    seals = AuditSeal.objects.filter(entry_id=OuterRef("pk"))
    return AuditEntry.objects.filter(~Exists(seals), pk__gt=newest - _LOOKED_BACK).order_by("pk")


def seal() -> int:
    """Seal what waits; returns how many rows. Nothing where somebody else is at it. Errors: DatabaseError."""
    count = 0
    with locks.try_lock(_LOCK) as is_ours:
        while is_ours and (sealed := _seal_batch()):
            count += sealed
            if sealed < _BATCH:
                break
    return count


@transaction.atomic
def _seal_batch() -> int:
    entries = list(unsealed()[:_BATCH])
    if not entries:
        return 0
    last = AuditSeal.objects.order_by("-position").first()
    position, digest = (last.position, last.digest) if last else (0, BEGINNING)
    seals = []
    for entry in entries:
        position, entry_digest = position + 1, digest_of(entry)
        digest, is_ours = link(digest, entry_digest), bool(entry.is_signed)
        signature = sign_link(position, digest, is_ours=is_ours)
        seals.append(AuditSeal(position, entry.pk, entry_digest, digest, signature, is_ours))
    AuditSeal.objects.bulk_create(seals)
    _move_head(position, digest)
    return len(seals)


def _move_head(position: int, digest: str) -> None:
    signature = sign_link(position, digest, is_ours=True)
    AuditHead.objects.update_or_create(pk=1, defaults={"position": position, "digest": digest, "signature": signature})
