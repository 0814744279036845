"""From a recorded record back to one of the sandbox's, with whatever it points at."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.records import (
    Client,
    Contact,
    Invoice,
    LineItem,
    Payment,
    Project,
    Record,
    Task,
    TaskAssignment,
    TimeEntry,
    User,
    UserAssignment,
)
from harvest_bridge.sandbox.tables import Table

Shape = dict[str, Any]
R = TypeVar("R", bound=Record)
T = TypeVar("T")
BEFORE = datetime(2018, 1, 1, tzinfo=UTC)


class Reader:
    """Finds or adds records of `account`.

    A record that is only mentioned (`{"id": 7, "name": "Pepe"}`) gets what is not said from `CASTLE` and the like.
    """

    def __init__(self, account: Account) -> None:
        self._account = account

    def read(self, kind: str, shape: Shape) -> Record:
        """`kind` is the resource's name in paths."""
        readers = {
            "clients": self.client,
            "contacts": self.contact,
            "invoices": self.invoice,
            "me": self.user,
            "projects": self.project,
            "task_assignments": self.task_assignment,
            "time_entries": self.time_entry,
            "user_assignments": self.user_assignment,
        }
        return readers[kind](shape)

    def client(self, shape: Shape) -> Client:
        return self._found(
            self._account.clients, Client, shape, statement_key="", currency=shape.get("currency", "USD")
        )

    def contact(self, shape: Shape) -> Contact:
        return self._found(self._account.contacts, Contact, shape, client=self.client(shape["client"]))

    def project(self, shape: Shape) -> Project:
        """The recorded one was billed by task and had person budgets (harvest_data_setup--project_castle_building)."""
        client = self.client(shape.get("client", {"id": 1, "name": "Not recorded"}))
        said = {"bill_by": "Tasks", "budget_by": "person", **shape}
        return self._found(self._account.projects, Project, said, client=client)

    def task(self, shape: Shape) -> Task:
        return self._found(self._account.tasks, Task, shape)

    def user(self, shape: Shape) -> User:
        names = dict(zip(("first_name", "last_name"), shape.get("name", "").split(" ", 1), strict=False))
        email = f"{shape['id']}@recorded.example"
        said = {"email": email, "timezone": "Eastern Time (US & Canada)", **names, **shape}
        return self._found(self._account.users, User, said)

    def task_assignment(self, shape: Shape) -> TaskAssignment:
        links = {"project": self.project(shape["project"]), "task": self.task(shape["task"])}
        return self._found(self._account.task_assignments, TaskAssignment, shape, **links)

    def user_assignment(self, shape: Shape) -> UserAssignment:
        links = {"project": self.project(shape["project"]), "user": self.user(shape["user"])}
        return self._found(self._account.user_assignments, UserAssignment, shape, **links)

    def entry_links(self, shape: Shape) -> Shape:
        """Person, project and task of a time entry, and that they belong together."""
        project, task, user = {**shape["project"], "client": shape["client"]}, shape["task"], shape["user"]
        return {
            "project": self.project(project),
            "task": self.task(task),
            "user": self.user(user),
            "user_assignment": self.user_assignment({**shape["user_assignment"], "project": project, "user": user}),
            "task_assignment": self.task_assignment({**shape["task_assignment"], "project": project, "task": task}),
        }

    def time_entry(self, shape: Shape) -> TimeEntry:
        return self._found(self._account.time_entries, TimeEntry, shape, **self.entry_links(shape))

    def invoice(self, shape: Shape) -> Invoice:
        """What is no longer due was paid."""
        links = {"client": self.client(shape["client"]), "creator": self.user(shape["creator"])}
        invoice = self._found(self._account.invoices, Invoice, shape, **links)
        invoice.line_items = [self._line(one, invoice) for one in shape["line_items"]]
        if paid := Decimal(str(shape["amount"])) - Decimal(str(shape["due_amount"])):
            who = {"recorded_by": "", "recorded_by_email": "", "created_at": BEFORE, "updated_at": BEFORE}
            day, moment = shape["paid_date"], shape["paid_at"]
            invoice.payments = [fill(Payment, {"id": 1, "paid_date": day, "paid_at": moment}, amount=paid, **who)]
        return invoice

    def _line(self, shape: Shape, invoice: Invoice) -> LineItem:
        client = {"id": invoice.client.id, "name": invoice.client.name}
        return fill(LineItem, shape, project=self.project({**shape["project"], "client": client}))

    def _found(self, table: Table[R], kind: type[R], shape: Shape, **links: Any) -> R:
        said = {"created_at": BEFORE.isoformat(), "updated_at": BEFORE.isoformat(), **shape}
        return table.get(shape["id"]) or table.add(fill(kind, said, **links))


def fill(kind: type[T], shape: Shape, **links: Any) -> T:
    """A record of `kind` with those of its fields that `shape` has, and `links` to others."""
    fields = {field.name: str(field.type) for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    told = {name: parsed(fields[name], value) for name, value in shape.items() if name in fields and name not in links}
    return kind(**{**told, **links})


def parsed(kind: str, value: Any) -> Any:
    """By the annotation of the field."""
    if value is None or not kind.startswith(("Decimal", "date")):
        return value
    if kind.startswith("Decimal"):
        return Decimal(str(value)).quantize(Decimal("0.01"))
    return datetime.fromisoformat(value) if kind.startswith("datetime") else date.fromisoformat(value)
