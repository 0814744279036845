"""Contacts, expenses, estimates and invoices of the agency: some paid, some open, one in the drawer."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from harvest_bridge.sandbox.invoice_import import bill, read_import
from harvest_bridge.sandbox.invoice_states import settle
from harvest_bridge.sandbox.records import (
    Client,
    Contact,
    Estimate,
    EstimateItemCategory,
    Expense,
    ExpenseCategory,
    Invoice,
    InvoiceItemCategory,
    LineItem,
    Payment,
    Receipt,
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
CATEGORIES = (
    ("Meals", None, None),
    ("Transportation", None, None),
    ("Mileage", "mile", "0.67"),
    ("Lodging", None, None),
)
EXPENSES = 48
RECEIPT = Receipt(file_name="receipt.txt", content_type="text/plain", content=b"Table for two, 33.35\n")


def seed_money(build: Builder) -> None:
    clients = [client for client in build.account.clients if client.name != build.account.company.name]
    for client, (first_name, last_name, title) in zip(clients, CONTACTS, strict=True):
        _contact(build, client, first_name, last_name, title)
    for name, is_service in (("Service", True), ("Product", False)):
        category = InvoiceItemCategory(
            **build.base("invoice_item_categories"), name=name, use_as_service=is_service, use_as_expense=not is_service
        )
        build.account.invoice_item_categories.add(category)
        build.account.estimate_item_categories.add(
            EstimateItemCategory(**build.base("estimate_item_categories"), name=name)
        )
    _expenses(build)
    for back, is_paid in ((4, True), (3, False)):
        for client in clients:
            _invoice(build, client, _months_back(build.today, back), is_paid=is_paid)
    _draft(build, clients[0])
    for client, state in zip(clients, ("draft", "sent", "accepted"), strict=False):
        _estimate(build, client, state)


def _contact(build: Builder, client: Client, first_name: str, last_name: str, title: str) -> None:
    email = f"{first_name}@{client.name.split()[0]}.example".lower()
    contact = Contact(
        **build.base("contacts"), client=client, first_name=first_name, last_name=last_name, title=title, email=email
    )
    build.account.contacts.add(contact)


def _expenses(build: Builder) -> None:
    categories = []
    for name, unit_name, price in CATEGORIES:
        unit_price = None if price is None else Decimal(price)
        category = ExpenseCategory(
            **build.base("expense_categories"), name=name, unit_name=unit_name, unit_price=unit_price
        )
        categories.append(build.account.expense_categories.add(category))
    pairs = [pair for pair in build.account.user_assignments if pair.project.is_active and pair.user.is_active]
    for number in range(EXPENSES):
        day = build.today - timedelta(days=360 - number * 7)
        category, pair = categories[number % len(categories)], build.dice.choice(pairs)
        units = Decimal(build.dice.randint(5, 80)) if category.unit_price else Decimal(1)
        cost = units * category.unit_price if category.unit_price else Decimal(build.dice.randint(8, 240))
        expense = Expense(
            id=build.world.ids.next("expenses"),
            created_at=build.at(day),
            updated_at=build.at(day),
            user=pair.user,
            user_assignment=pair,
            project=pair.project,
            expense_category=category,
            spent_date=day,
            units=units,
            total_cost=cost.quantize(Decimal("0.01")),
            notes=f"{category.name} for {pair.project.client.name}",
            billable=number % 5 != 0,
            receipt=RECEIPT if number % 6 == 0 else None,
            approval_status="approved" if (build.today - day).days > 35 else "unsubmitted",
        )
        build.account.expenses.add(expense)


def _months_back(today: date, months: int) -> tuple[date, date]:
    """The first and last day of a whole month."""
    first = today.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _invoice(build: Builder, client: Client, month: tuple[date, date], *, is_paid: bool) -> None:
    """A month of a client's tracked time and expenses; a paid one was paid in full three weeks later."""
    account, (first, last) = build.account, month
    days = {"from": first.isoformat(), "to": last.isoformat()}
    imported = read_import(
        account,
        client,
        {
            "project_ids": [project.id for project in account.projects if project.client is client],
            "time": {"summary_type": "task", **days},
            "expenses": {"summary_type": "category", **days},
        },
    )
    issued = last + timedelta(days=2)
    invoice = Invoice(
        id=build.world.ids.next("invoices"),
        created_at=build.at(issued),
        updated_at=build.at(issued),
        client=client,
        client_key=f"{build.dice.getrandbits(160):040x}",
        creator=next(iter(account.users)),
        number=str(1000 + len(account.invoices) + 1),
        currency=client.currency,
        issue_date=issued,
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
        id=build.world.ids.next("invoice_payments"),
        created_at=build.at(day),
        updated_at=build.at(day),
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
    line = LineItem(
        id=build.world.ids.next("invoice_line_items"),
        kind="Service",
        description="Workshop, two days",
        quantity=Decimal(2),
        unit_price=Decimal(1800),
        taxed=True,
    )
    invoice = Invoice(
        id=build.world.ids.next("invoices"),
        created_at=build.at(build.today),
        updated_at=build.at(build.today),
        client=client,
        client_key=f"{build.dice.getrandbits(160):040x}",
        creator=next(iter(build.account.users)),
        number=str(1000 + len(build.account.invoices) + 1),
        currency=client.currency,
        issue_date=build.today,
        due_date=build.today,
        payment_term="upon receipt",
        tax=Decimal(8),
        line_items=[line],
    )
    build.account.invoices.add(invoice)


def _estimate(build: Builder, client: Client, state: str) -> None:
    day = build.today - timedelta(days=40)
    line = LineItem(
        id=build.world.ids.next("estimate_line_items"),
        kind="Service",
        description="Next phase",
        quantity=Decimal(100),
        unit_price=Decimal(120),
    )
    estimate = Estimate(
        id=build.world.ids.next("estimates"),
        created_at=build.at(day),
        updated_at=build.at(day),
        client=client,
        client_key=f"{build.dice.getrandbits(160):040x}",
        creator=next(iter(build.account.users)),
        number=str(500 + len(build.account.estimates) + 1),
        currency=client.currency,
        issue_date=day,
        state=state,
        subject=f"{client.name}, phase 2",
        sent_at=None if state == "draft" else build.at(day),
        accepted_at=build.at(day + timedelta(days=9)) if state == "accepted" else None,
        line_items=[line],
    )
    build.account.estimates.add(estimate)
