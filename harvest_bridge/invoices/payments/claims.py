"""Who works on an invoice, its payments or state: one at a time, by a conditional update; taken over from the dead."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from harvest_bridge.api import locks
from harvest_bridge.invoices.models import Payment, PushQueue

# Longer than a call may take from its beginning until we know that it is over.
_MARGIN = timedelta(seconds=10)
_LOOKED_AT = 20


class ClaimLost(Exception):
    """Somebody else works on this invoice by now."""


class _Process:
    """The name that this process claims by. It holds a lock of that name as long as it lives."""

    def __init__(self) -> None:
        self._guard, self._name = threading.Lock(), ""
        os.register_at_fork(after_in_child=self._start_afresh)

    def name(self) -> str:
        with self._guard:
            if not self._name:
                self._name = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
            locks.acquire(lock_of(self._name))
            return self._name

    def _start_afresh(self) -> None:
        self._guard, self._name = threading.Lock(), ""


_process = _Process()


def lock_of(worker: str) -> str:
    return f"invoice payments of {worker}"


@dataclass
class Claim:
    """An invoice in our hands. `hold` before each call keeps it there for as long as that call may take."""

    queue_id: int
    token: str

    def hold(self) -> float:
        """Seconds that the next call may take. Errors: ClaimLost."""
        longest = float(settings.HARVEST_TIMEOUT_SECONDS)
        until = timezone.now() + timedelta(seconds=longest) + _MARGIN
        if not PushQueue.objects.filter(pk=self.queue_id, claim=self.token).update(claimed_until=until):
            raise ClaimLost
        return longest

    def release(self) -> None:
        PushQueue.objects.filter(pk=self.queue_id, claim=self.token).update(claim="", worker="", claimed_until=None)


def take(payment: Payment) -> Claim | None:
    """None while somebody else has the invoice."""
    return take_invoice(payment.harvest_account_id, payment.invoice_id, connection_id=payment.connection_id)


def take_invoice(harvest_account_id: int, invoice_id: int, *, connection_id: uuid.UUID) -> Claim | None:
    """The same of any invoice. `connection_id` is kept where it is the first claim of this one."""
    queue, _ = PushQueue.objects.get_or_create(
        harvest_account_id=harvest_account_id, invoice_id=invoice_id, defaults={"connection_id": connection_id}
    )
    now, claim = timezone.now(), Claim(queue.pk, uuid.uuid4().hex)
    free = Q(claim="") | Q(claimed_until=None) | Q(claimed_until__lt=now)
    until = now + timedelta(seconds=settings.HARVEST_TIMEOUT_SECONDS) + _MARGIN
    taken = PushQueue.objects.filter(free, pk=queue.pk).update(
        claim=claim.token, worker=_process.name(), claimed_until=until
    )
    return claim if taken else None


def take_over_from_the_dead() -> int:
    """Free what processes hold that are gone. Returns how many invoices that were."""
    held = PushQueue.objects.exclude(worker="").exclude(worker=_process.name()).order_by()
    freed = 0
    for name in list(held.values_list("worker", flat=True).distinct()[:_LOOKED_AT]):
        with locks.try_lock(lock_of(name)) as is_dead:
            if is_dead:
                freed += PushQueue.objects.filter(worker=name).update(claim="", worker="", claimed_until=None)
    return freed
