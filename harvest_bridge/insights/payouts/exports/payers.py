"""Files in the columns that payers take, header for header, letter case included.

Sources, read in November 2026: Wise, "How do I fill in my batch template?" and its bank-account template in public
converters; Gusto's contractor template as in public payroll tools; PayPal, "Use Web UI" of Payouts, and the header of
its template.
"""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from harvest_bridge.insights.money import from_micros, plain, rounded
from harvest_bridge.insights.payouts.models import Line, LineKind, Payee, Period, Statement

from .files import File, csv_file
from .payments import Payment, Payments, Wishes

WISE = (
    *("name", "recipientEmail", "paymentReference", "receiverType", "amountCurrency", "amount"),
    *("sourceCurrency", "targetCurrency", "IBAN"),
)
GUSTO = (
    *("contractor_type", "first_name", "last_name", "ssn", "business_name", "ein", "memo"),
    *("hours_worked", "wage", "reimbursement", "bonus", "invoice_number"),
)
PAYPAL = (
    *("Email/Phone", "Amount", "Currency code", "Reference ID (optional)", "Note to recipient", "Recipient wallet"),
    *("Social Feed Privacy (optional)", "Holler URL (deprecated)", "Logo URL (optional)", "Purpose (optional)"),
)


def wise(period: Period, payments: Payments, wishes: Wishes) -> File:
    """Batch payments; `amountCurrency` is the target, so that the person receives the exact sum."""
    rows = [
        [
            *(one.name, one.email, one.reference, str(one.payee.receiver_type), "target"),
            *(_amount(one), wishes.source_currency or one.currency, one.currency, one.payee.iban),
        ]
        for one in payments.due
    ]
    return csv_file(period, "wise", WISE, rows, payments.left_out)


def paypal(period: Period, payments: Payments, wishes: Wishes) -> File:
    """Mass pay; one currency a file. Errors: CannotExport for several currencies, or without an e-mail."""
    due = payments.of_one_currency(wishes)
    payments.require("email", [one for one in due if not one.email])
    note = f"Payout {period.first_day} to {period.last_day}"
    rows = [[one.email, _amount(one), one.currency, one.reference, note, "PAYPAL", "", "", "", ""] for one in due]
    return csv_file(period, "paypal", PAYPAL, rows, payments.left_out)


def gusto(period: Period, payments: Payments, wishes: Wishes) -> File:
    """Contractor hours: Gusto multiplies by its own rate. Expenses go as reimbursement, adjustments as bonus.

    Errors: CannotExport for several currencies, or an adjustment below zero, which Gusto takes none of.
    """
    due = payments.of_one_currency(wishes)
    rows, negative = [], []
    for one in due:
        expenses, adjusted = (_sum(one, kind) for kind in (LineKind.EXPENSE, LineKind.ADJUSTMENT))
        if adjusted < 0:
            negative.append(one)
        is_business = one.payee.receiver_type == Payee.ReceiverType.BUSINESS
        names = ("", "", "", one.name) if is_business else (one.person.first_name, one.person.last_name, "", "")
        kind, memo = ("Business" if is_business else "Individual"), f"{period.first_day} to {period.last_day}"
        sums = (Decimal(_hours(one.statement)), "", expenses, adjusted)
        rows.append([kind, *names, "", memo, *sums, one.reference])
    payments.require("bonus: an adjustment below zero, pay it in another way; a positive bonus", negative)
    return csv_file(period, "gusto", GUSTO, rows, payments.left_out)


def _amount(payment: Payment) -> Decimal:
    return rounded(payment.amount, payment.currency)


def _hours(statement: Statement) -> str:
    return plain(from_micros(statement.hours_micros))


def _sum(payment: Payment, kind: str) -> Decimal:
    rows = Line.objects.filter(statement=payment.statement, kind=kind, currency=payment.currency)
    return rounded(from_micros(rows.aggregate(sum=Sum("amount_micros"))["sum"] or 0), payment.currency)
