"""Invoices as people see them: the list of an account, and one as a document (REFERENCE §8.13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.records import Invoice, LineItem, Payment
from harvest_bridge.sandbox.sums import due_of, line_amount, paid_of, sums_of
from harvest_bridge.sandbox.text import money_text
from harvest_bridge.sandbox.timezones import zone_for
from harvest_bridge.sandbox.world import World

STATES = {"draft": "Draft", "open": "Open", "late": "Late", "paid": "Paid", "closed": "Closed"}
Money = Callable[[Decimal], str]


def find_by_key(world: World, client_key: str) -> tuple[Account, Invoice] | None:
    """By the key of the public page."""
    for account in world.accounts.values():
        for invoice in account.invoices:
            if invoice.client_key == client_key:
                return account, invoice
    return None


def invoice_list(world: World, state: str | None) -> dict[str, Any]:
    """Every account with its invoices, latest first; `state` chooses, and `late` is a part of `open`."""
    tables = [(account, _rows(world, account)) for account in world.accounts.values() if account.product == "harvest"]
    counts = Counter(row["state"] for _, rows in tables for row in rows)
    return {
        "state": state,
        "total": counts.total(),
        "states": [{"key": key, "name": name, "count": counts[key]} for key, name in STATES.items()],
        "tables": [
            {"account": account, "rows": [row for row in rows if state in (None, row["state"])]}
            for account, rows in tables
        ],
    }


def invoice_document(world: World, account: Account, invoice: Invoice) -> dict[str, Any]:
    """Shape: everything is text, ready to be shown."""

    def money(amount: Decimal) -> str:
        return money_text(amount, invoice.currency, account.company)

    state = _state(invoice, _today(world, account))
    return {
        "account": account,
        "invoice": invoice,
        "state": state,
        "state_text": STATES[state],
        "public_url": f"/client/invoices/{invoice.client_key}",
        "issued": _day(invoice.issue_date, account),
        "due": _day(invoice.due_date, account),
        "term": "" if invoice.payment_term == "custom" else invoice.payment_term,
        "period": _period(invoice, account),
        "lines": [_line(item, invoice.currency, money) for item in invoice.line_items],
        "sums": _sums(invoice, money),
        "amount": money(sums_of(invoice).amount),
        "paid": money(paid_of(invoice)) if invoice.payments else "",
        "due_amount": money(due_of(invoice)),
        "payments": [_payment(one, account, money) for one in invoice.payments],
        "sent": _moment_day(invoice.sent_at, account),
    }


def _rows(world: World, account: Account) -> list[dict[str, Any]]:
    today = _today(world, account)
    rows = []
    for invoice in account.invoices.rows():
        state = _state(invoice, today)
        rows.append(
            {
                "number": invoice.number,
                "url": f"/invoice/{account.id}/{invoice.id}",
                "client": invoice.client.name,
                "subject": invoice.subject or "",
                "issued": _day(invoice.issue_date, account),
                "due": _day(invoice.due_date, account),
                "amount": money_text(sums_of(invoice).amount, invoice.currency, account.company),
                "due_amount": money_text(due_of(invoice), invoice.currency, account.company),
                "state": state,
                "state_text": STATES[state],
            }
        )
    return rows


def _sums(invoice: Invoice, money: Money) -> list[dict[str, str]]:
    """The steps from the lines to the amount; nothing to show if there is neither discount nor tax."""
    sums = sums_of(invoice)
    subtotal = sum((line_amount(item, invoice.currency) for item in invoice.line_items), Decimal(0))
    steps = [
        ("Discount", invoice.discount, -sums.discount_amount),
        ("Tax", invoice.tax, sums.tax_amount),
        ("Second tax", invoice.tax2, sums.tax2_amount),
    ]
    shown = [
        {"name": f"{name} ({percent.normalize():f}%)", "amount": money(amount)}
        for name, percent, amount in steps
        if percent
    ]
    return [{"name": "Subtotal", "amount": money(subtotal)}, *shown] if shown else []


def _line(item: LineItem, currency: str, money: Money) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "description": item.description or "",
        "quantity": f"{item.quantity:,.2f}",
        "unit_price": money(item.unit_price),
        "amount": money(line_amount(item, currency)),
        "taxed": item.taxed or item.taxed2,
    }


def _payment(payment: Payment, account: Account, money: Money) -> dict[str, str]:
    return {
        "day": _day(payment.paid_date, account),
        "notes": payment.notes or "",
        "by": payment.recorded_by,
        "amount": money(payment.amount),
    }


def _period(invoice: Invoice, account: Account) -> str:
    if invoice.period_start is None or invoice.period_end is None:
        return ""
    return f"{_day(invoice.period_start, account)} – {_day(invoice.period_end, account)}"


def _state(invoice: Invoice, today: date) -> str:
    return "late" if invoice.state == "open" and invoice.due_date < today else invoice.state


def _today(world: World, account: Account) -> date:
    return world.clock.today(zone_for(account.company.timezone))


def _moment_day(moment: datetime | None, account: Account) -> str:
    return _day(moment.date(), account) if moment else ""


def _day(day: date, account: Account) -> str:
    """As the company writes dates."""
    return day.strftime(account.company.date_format)
