"""Finds audit rows that were altered, removed or inserted, by the chain of seals and the signatures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Exists, OuterRef

from .guard import missing_guards
from .models import AuditEntry, AuditHead, AuditSeal
from .sealing import BEGINNING, seal
from .signatures import digest_of, is_link_signed, link

_BATCH = 2_000


@dataclass
class Verification:
    """`findings` name each row that is not as it was written. `unknown_key` counts seals whose key is gone."""

    entries: int = 0
    position: int = 0
    digest: str = BEGINNING
    unknown_key: int = 0
    sealed_now: int = 0
    findings: list[str] = field(default_factory=list)


def verify(*, expected_head: str = "") -> Verification:
    """Seal what waits, then look at everything, a few thousand rows at a time. Errors: DatabaseError.

    `expected_head` is what an earlier run printed, kept where whoever can write to the database cannot.
    """
    expected = expected_head.partition(":")
    found, seen = Verification(sealed_now=seal()), ""
    for seals in _batches():
        rows = AuditEntry.objects.in_bulk([row.entry_id for row in seals])
        for row in seals:
            found.findings += _about_link(found, row, rows.get(row.entry_id))
            if str(row.position) == expected[0]:
                seen = row.digest
    found.findings += [*_about_head(found), *_about_unsealed(), *missing_guards()]
    if expected_head and seen != expected[2]:
        found.findings.append(f"seal {expected[0]}: not the one that --expect names; the chain was made anew")
    return found


def _batches() -> Iterator[list[AuditSeal]]:
    last = 0
    while seals := list(AuditSeal.objects.filter(position__gt=last).order_by("position")[:_BATCH]):
        yield seals
        last = seals[-1].position


def _about_link(found: Verification, row: AuditSeal, entry: AuditEntry | None) -> Iterator[str]:
    """And takes the link into account for those after it."""
    for position in range(found.position + 1, min(row.position, found.position + 1 + _BATCH)):
        yield f"seal {position}: removed, and with it whatever audit entry it was of"
    if row.position == found.position + 1 and row.digest != link(found.digest, row.entry_digest):
        yield f"seal {row.position}, of audit entry {row.entry_id}: altered; it does not follow from the one before"
    is_signed = is_link_signed(row.position, row.digest, row.signature, is_ours=row.is_ours)
    if is_signed is False:
        yield f"seal {row.position}, of audit entry {row.entry_id}: not made by this bridge"
    found.unknown_key += is_signed is None
    yield from _about_entry(row, entry)
    found.position, found.digest = row.position, row.digest
    found.entries += entry is not None


def _about_entry(row: AuditSeal, entry: AuditEntry | None) -> Iterator[str]:
    if entry is None:
        yield f"audit entry {row.entry_id}: removed (sealed {row.sealed_at:%d %b %Y %H:%M:%S} UTC)"
    elif digest_of(entry) != row.entry_digest:
        yield f"audit entry {entry.pk}: altered since it was sealed; it now says: {entry}"
    elif not row.is_ours:
        yield f"audit entry {entry.pk}: inserted past this bridge; it says: {entry}"


def _about_head(found: Verification) -> Iterator[str]:
    """The end of the chain, whose last links might be cut off together with their entries."""
    head = AuditHead.objects.first()
    if head is None:
        if found.position:
            yield "the head of the chain: removed"
        elif written := _numbers_given():
            yield f"every audit entry: removed, or never committed; {written} were written"
        return
    if is_link_signed(head.position, head.digest, head.signature, is_ours=True) is False:
        yield "the head of the chain: not made by this bridge"
    for position in range(found.position + 1, min(head.position, found.position + _BATCH) + 1):
        yield f"seal {position}: removed from the chain's end, and with it whatever audit entry it was of"
    if head.position == found.position and head.digest != found.digest:
        yield "the head of the chain: the chain ends otherwise"
    if head.position < found.position:
        yield f"seals after {head.position}: inserted past this bridge"


def _numbers_given() -> int:
    """How many rows were ever written, which the database remembers although they are gone."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_sequence_last_value(pg_get_serial_sequence('console_auditentry', 'id'))")
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'console_auditentry'")
        return int((cursor.fetchone() or [0])[0] or 0)


def _about_unsealed() -> Iterator[str]:
    """`verify` has sealed what it may: what is left stands far below the newest, where nothing can have come since."""
    is_sealed = Exists(AuditSeal.objects.filter(entry_id=OuterRef("pk")))
    for entry in AuditEntry.objects.filter(~is_sealed).order_by("pk")[:_BATCH]:
        if not entry.is_signed:
            yield f"audit entry {entry.pk}: inserted past this bridge; it says: {entry}"
