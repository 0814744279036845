"""SEPA credit transfers, `pain.001.001.03`, by the optional library sepaxml, valid against the schema it ships."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from harvest_bridge.insights.payouts.errors import CannotExport
from harvest_bridge.insights.payouts.models import Period

from .files import File, name_of
from .payments import Payment, Payments, Wishes

SCHEMA = "pain.001.001.03"


def sepa(period: Period, payments: Payments, wishes: Wishes) -> File:
    """Euros alone. Errors: CannotExport without the library, the debtor's account, or a payee's IBAN."""
    due = [one for one in payments.due if one.currency == "EUR"]
    if wishes.debtor is None:
        raise CannotExport("debtor: name the account that pays: name, iban and, for some banks, bic.")
    if not due:
        raise CannotExport("currency: nothing is due in EUR, and SEPA transfers nothing else.")
    payments.require("iban", [one for one in due if not one.payee.sealed_iban])
    body = _document(due, wishes.debtor, wishes.execution_date or timezone.now().date(), period)
    left_out = payments.left_out + len(payments.due) - len(due)
    return File(name_of(period, "sepa", "xml"), "application/xml", body, left_out)


def _document(due: list[Payment], debtor: dict[str, Any], day: date, period: Period) -> bytes:
    """Errors: CannotExport."""
    try:
        from sepaxml import SepaTransfer
    except ImportError:
        raise CannotExport("format: sepa needs the optional library sepaxml: install harvest-bridge[sepa].") from None
    config = {"name": debtor["name"], "IBAN": debtor["iban"], "batch": True, "currency": "EUR"}
    if debtor["bic"]:
        config["BIC"] = debtor["bic"]
    document = SepaTransfer(config, schema=SCHEMA, clean=True)
    for one in due:
        document.add_payment(_payment(one, day, period))
    body: bytes = document.export(validate=True)
    return body


def _payment(one: Payment, day: date, period: Period) -> dict[str, Any]:
    """Cents, as whole numbers."""
    found = {
        "name": one.name[:70],
        "IBAN": one.payee.iban,
        "amount": int(one.amount * 100),
        "execution_date": day,
        "description": f"{one.reference} {period.first_day} to {period.last_day}"[:140],
        "endtoend_id": one.reference,
    }
    return found | ({"BIC": one.payee.bic} if one.payee.bic else {})
