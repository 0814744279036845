"""Carries out the payments that wait, in threads of each worker; claims keep several workers apart."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import close_old_connections
from django.utils import timezone

from harvest_bridge.api.outages import log_and_continue
from harvest_bridge.invoices.models import OPEN_STATES, Payment

from . import claims
from .services import attempt

log = structlog.get_logger(__name__)

_AT_ONCE = 8
_LOOK_EVERY_SECONDS = 0.5
_LOOK_FOR_THE_DEAD_EVERY = 4  # looks
_LONGEST_END_SECONDS = 10.0


class Pusher:
    """One per process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_over = threading.Event()
        self._busy: set[int] = set()

    def start(self) -> None:
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="invoice payments", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """What is under way may end, for a few seconds; what does not is looked for by whoever comes next."""
        self._is_over.set()
        if self._thread is not None:
            self._thread.join(_LONGEST_END_SECONDS)

    def _run(self) -> None:
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="invoice-payment")
        looks = 0
        while not self._is_over.is_set():
            with log_and_continue(log, "payments were not looked for"):
                if looks % _LOOK_FOR_THE_DEAD_EVERY == 0:
                    claims.take_over_from_the_dead()
                looks += 1
                self._hand_out(pool)
            close_old_connections()
            self._is_over.wait(_LOOK_EVERY_SECONDS)
        pool.shutdown(wait=False, cancel_futures=True)

    def _hand_out(self, pool: ThreadPoolExecutor) -> None:
        with self._guard:
            busy = set(self._busy)
        if len(busy) >= _AT_ONCE:
            return
        for invoice, pk in due(_AT_ONCE - len(busy), besides=busy).items():
            with self._guard:
                self._busy.add(invoice)
            pool.submit(self._work, invoice, pk)

    def _work(self, invoice: int, pk: int) -> None:
        try:
            with log_and_continue(log, "a payment was interrupted", payment=pk):
                payment = Payment.objects.select_related("connection").filter(pk=pk).first()
                if payment is not None:
                    attempt(payment)
        finally:
            close_old_connections()
            with self._guard:
                self._busy.discard(invoice)


def due(count: int, *, besides: set[int] = frozenset()) -> dict[int, int]:  # type: ignore[assignment]
    """By invoice the payment that has been due longest, of so many invoices."""
    rows = Payment.objects.filter(state__in=OPEN_STATES, next_attempt_at__lte=timezone.now())
    found: dict[int, int] = {}
    for invoice, pk in rows.exclude(invoice_id__in=besides).order_by("next_attempt_at").values_list("invoice_id", "pk"):
        found.setdefault(invoice, pk)
        if len(found) >= count:
            break
    return found


pusher = Pusher()
