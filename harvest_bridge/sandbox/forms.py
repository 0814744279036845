"""What a body may set, said once per resource: names, kinds, what is required, and Rails' complaints."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.fields import Params, as_bool, as_date, as_decimal, as_int, as_text
from harvest_bridge.sandbox.tables import Table

ABSENT = object()


class Complaint(Exception):
    """What is wrong with one value; `Form` puts the name of the field in front."""


@dataclass(frozen=True, slots=True)
class Field:
    """Shape: `name` is the key on the wire, `attribute` that of the record; `read` may raise Complaint.

    A null where the record knows none (`skips_null`) changes nothing.
    """

    name: str
    read: Callable[[Account, Any], Any]
    is_required: bool = False
    attribute: str = ""
    blank: str = "can't be blank"
    skips_null: bool = False

    @property
    def label(self) -> str:
        return self.name.removesuffix("_id").replace("_", " ").capitalize()


class Form:
    """Fields in the order in which complaints are listed. Unknown fields are nobody's business (REFERENCE §1)."""

    def __init__(self, *fields: Field) -> None:
        self._fields = fields

    def new(self, body: Params, account: Account) -> dict[str, Any]:
        """Attributes for a new record. Errors: 422, also for every required field that is absent."""
        return self._read(body, account, required={field.name for field in self._fields if field.is_required})

    def changes(self, body: Params, account: Account) -> dict[str, Any]:
        """Attributes to change: those that were sent. Errors: 422."""
        return self._read(body, account, required=set())

    def _read(self, body: Params, account: Account, *, required: Collection[str]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        complaints: list[str] = []
        for field in self._fields:
            value = body.get(field.name, ABSENT)
            if value is ABSENT and field.name not in required:
                continue
            if value is None and field.skips_null:
                continue
            if field.is_required and (value is ABSENT or value is None or not str(value).strip()):
                complaints.append(f"{field.label} {field.blank}")
                continue
            try:
                values[field.attribute or field.name] = field.read(account, value)
            except Complaint as complaint:
                complaints.append(f"{field.label} {complaint}")
        if complaints:
            raise unprocessable(*complaints)
        return values


def text(name: str, *, required: bool = False, empty: str | None = None) -> Field:
    """`empty` is what null becomes: some texts are never null on the wire."""
    return Field(name, lambda _, value: empty if value is None else as_text(value), required)


def flag(name: str) -> Field:
    return Field(name, lambda _, value: as_bool(value), skips_null=True)


def number(name: str, *, required: bool = False, empty: Decimal | None = None) -> Field:
    def read(_: Account, value: Any) -> Decimal | None:
        decimal = as_decimal(value)
        if decimal is None and value not in (None, ""):
            raise Complaint("is not a number")
        return empty if decimal is None else decimal

    return Field(name, read, required)


def whole(name: str) -> Field:
    def read(_: Account, value: Any) -> int:
        number = as_int(value)
        if number is None:
            raise Complaint("is not a number")
        return number

    return Field(name, read, skips_null=True)


def day(name: str, *, required: bool = False) -> Field:
    def read(_: Account, value: Any) -> Any:
        found = as_date(value)
        if found is None and value not in (None, ""):
            raise Complaint("is not a valid date")
        return found

    return Field(name, read, required)


def choice(name: str, options: Collection[str]) -> Field:
    def read(_: Account, value: Any) -> str:
        if not isinstance(value, str) or value not in options:
            raise Complaint("is not included in the list")
        return str(value)

    return Field(name, read, skips_null=True)


def reference(name: str, table: Callable[[Account], Table[Any]], *, required: bool = True) -> Field:
    """The record that an id names, under the name without `_id`."""

    def read(account: Account, value: Any) -> Any:
        record = table(account).get(as_int(value))
        if record is None and (required or value not in (None, "")):
            raise Complaint("must exist")
        return record

    return Field(name, read, required, name.removesuffix("_id"), "must exist")


def items(name: str, read_all: Callable[[Account, list[Any]], Any], *, to: str = "") -> Field:
    """A list; a single value counts as a list of one, as in forms."""

    def read(account: Account, value: Any) -> Any:
        values = value if isinstance(value, list) else [] if value in (None, "") else [value]
        return read_all(account, values)

    return Field(name, read, attribute=to)
