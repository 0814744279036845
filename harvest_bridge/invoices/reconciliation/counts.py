"""How much differs in each account, counted by the worker, so that the dashboard need not compare anything."""

from __future__ import annotations

from collections.abc import Iterator

import structlog

from harvest_bridge.api.outages import log_and_continue
from harvest_bridge.invoices.errors import InvoicesNotComplete
from harvest_bridge.invoices.models import AccountSettings, Payment
from harvest_bridge.mirror.models import Mirror, Stream

from .completeness import refuse_incomplete
from .differences import Comparison

log = structlog.get_logger(__name__)


def accounts_with_payments() -> Iterator[Mirror]:
    """Mirrors of accounts that we recorded payments of."""
    recorded = Payment.objects.values("harvest_account_id").distinct()
    rows = Mirror.objects.filter(is_on=True, connection__harvest_account_id__in=recorded)
    return rows.select_related("connection").order_by("pk").iterator()


def refuse_incomplete_mirror(mirror: Mirror) -> None:
    """Errors: InvoicesNotComplete."""
    refuse_incomplete(Stream.objects.filter(mirror=mirror, resource__in=("invoices", "invoice_payments")))


def count_all() -> None:
    for mirror in accounts_with_payments():
        with log_and_continue(log, "an account's payments were not compared", mirror_id=mirror.pk):
            _count(mirror)


def _count(mirror: Mirror) -> None:
    """What cannot be compared keeps its last count."""
    try:
        refuse_incomplete_mirror(mirror)
    except InvoicesNotComplete:
        return
    found = sum(one.kind != "doubtful" for one in Comparison(mirror.connection, mirror).differences())
    held, _ = AccountSettings.objects.get_or_create(connection=mirror.connection)
    if held.differences != found:
        AccountSettings.objects.filter(pk=held.pk).update(differences=found)
