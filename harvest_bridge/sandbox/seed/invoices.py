"""Contacts, estimates and invoices of the agency: some paid, some open, one in the drawer."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.invoice_import import bill, read_import
from harvest_bridge.sandbox.invoice_states import settle
from harvest_bridge.sandbox.records import (
    Client,
    Contact,
    Estimate,
    EstimateItemCategory,
    Invoice,
    InvoiceItemCategory,
    LineItem,
    Payment,
)
from harvest_bridge.sandbox.seed.builder import Builder
from harvest_bridge.sandbox.sums import sums_of

CONTACTS = (
    ("Nora", "Whitfield", "Head of Digital"),
    ("Miguel", "Santos", "Product Owner"),
    ("Claire", "Dubois", "Directrice"),
    ("Fergus", "MacLeod", "Owner"),
    ("Priya", "Raman", "Programme Manager"),
)


def seed_invoices(build: Builder) -> None:
    """The month before the last three is paid, the one after it is still open."""
    clients = [client for client in build.account.clients if client.name != build.account.company.name]
    for client, names in zip(clients, CONTACTS, strict=True):
        _contact(build, client, *names)
    for name in ("Service", "Product"):
        _item_categories(build, name)
    for back, is_paid in ((4, True), (3, False)):
        for client in clients:
            _month(build, client, _months_back(build.today, back), is_paid=is_paid)
    _draft(build, clients[0])
    for client, state in zip(clients, ("draft", "sent", "accepted"), strict=False):
        _estimate(build, client, state)


def _contact(build: Builder, client: Client, first_name: str, last_name: str, title: str) -> None:
    email = f"{first_name}@{client.name.split()[0]}.example".lower()
    contact = Contact(
        **build.base("contacts"), client=client, first_name=first_name, last_name=last_name, title=title, email=email
    )
    build.account.contacts.add(contact)


def _item_categories(build: Builder, name: str) -> None:
    category = InvoiceItemCategory(**build.base("invoice_item_categories"), name=name)
    category.use_as_service, category.use_as_expense = name == "Service", name == "Product"
    build.account.invoice_item_categories.add(category)
    build.account.estimate_item_categories.add(
        EstimateItemCategory(**build.base("estimate_item_categories"), name=name)
    )


def _months_back(today: date, months: int) -> tuple[date, date]:
    """The first and last day of a whole month."""
    first = today.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _month(build: Builder, client: Client, month: tuple[date, date], *, is_paid: bool) -> None:
    """A month of a client's tracked time and expenses; a paid one was paid in full three weeks later."""
    account, (first, last) = build.account, month
    days = {"from": first.isoformat(), "to": last.isoformat()}
    project_ids = [project.id for project in account.projects if project.client is client]
    time, expenses = {"summary_type": "task", **days}, {"summary_type": "category", **days}
    imported = read_import(account, client, {"project_ids": project_ids, "time": time, "expenses": expenses})
    issued = last + timedelta(days=2)
    invoice = Invoice(
        **_document(build, "invoices", client, issued),
        due_date=issued + timedelta(days=30),
        payment_term="net 30",
        state="open",
        subject=f"{first:%B %Y}",
        sent_at=build.at(issued),
        period_start=first,
        period_end=last,
        line_items=imported.lines,
    )
    account.invoices.add(invoice)
    bill(account, invoice, imported)
    if is_paid:
        _pay(build, invoice, issued + timedelta(days=21))


def _pay(build: Builder, invoice: Invoice, day: date) -> None:
    payment = Payment(
        **build.born("invoice_payments", day),
        amount=sums_of(invoice).amount,
        paid_at=build.at(day),
        paid_date=day,
        recorded_by=invoice.creator.name,
        recorded_by_email=invoice.creator.email,
        notes="Bank transfer",
    )
    invoice.payments.append(payment)
    settle(invoice, build.at(day))


def _draft(build: Builder, client: Client) -> None:
    line = _line(build, "invoice_line_items", "Workshop, two days", quantity=2, unit_price=1800)
    line.taxed = True
    invoice = Invoice(
        **_document(build, "invoices", client, build.today),
        due_date=build.today,
        payment_term="upon receipt",
        tax=Decimal(8),
        line_items=[line],
    )
    build.account.invoices.add(invoice)


def _estimate(build: Builder, client: Client, state: str) -> None:
    day = build.today - timedelta(days=40)
    estimate = Estimate(
        **_document(build, "estimates", client, day),
        state=state,
        subject=f"{client.name}, phase 2",
        sent_at=None if state == "draft" else build.at(day),
        accepted_at=build.at(day + timedelta(days=9)) if state == "accepted" else None,
        line_items=[_line(build, "estimate_line_items", "Next phase", quantity=100, unit_price=120)],
    )
    build.account.estimates.add(estimate)


def _document(build: Builder, kind: str, client: Client, day: date) -> dict[str, Any]:
    """Invoices are numbered from 1001, estimates from 501."""
    table, first = (build.account.invoices, 1001) if kind == "invoices" else (build.account.estimates, 501)
    return {
        **build.born(kind, day),
        "client": client,
        "client_key": f"{build.dice.getrandbits(160):040x}",
        "creator": next(iter(build.account.users)),
        "number": str(first + len(table)),
        "currency": client.currency,
        "issue_date": day,
    }


def _line(build: Builder, kind: str, description: str, *, quantity: int, unit_price: int) -> LineItem:
    return LineItem(
        id=build.world.ids.next(kind),
        kind="Service",
        description=description,
        quantity=Decimal(quantity),
        unit_price=Decimal(unit_price),
    )
