"""What invoices and estimates share: their forms, numbers and line items (REFERENCE §8.13, §8.14)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.currencies import CURRENCIES
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.fields import as_bool, as_int
from harvest_bridge.sandbox.forms import Field, Form, choice, day, flag, number, reference, text
from harvest_bridge.sandbox.records import Document, LineItem

DOCUMENT: tuple[Field, ...] = (
    reference("client_id", lambda account: account.clients),
    text("number", empty=""),
    text("purchase_order"),
    number("tax"),
    number("tax2"),
    number("discount"),
    text("subject"),
    text("notes"),
    choice("currency", CURRENCIES),
    day("issue_date"),
)
LINE = Form(
    text("kind", required=True),
    text("description"),
    number("quantity", empty=Decimal(1)),
    number("unit_price", required=True),
    flag("taxed"),
    flag("taxed2"),
    reference("project_id", lambda account: account.projects, required=False),
)


def birth(call: Call, values: dict[str, Any], others: Iterable[Document]) -> dict[str, Any]:
    """What a new document has besides what was sent: creator, key, and the next number if none was given."""
    return {
        "creator": call.person,
        "client_key": secrets.token_hex(20),
        **values,
        "number": values.get("number") or next_number(others),
        "issue_date": values.get("issue_date") or call.today(),
        "currency": values.get("currency") or values["client"].currency,
    }


def next_number(others: Iterable[Document]) -> str:
    return str(max((int(one.number) for one in others if one.number.isdigit()), default=0) + 1)


def changed_lines(call: Call, lines: list[LineItem], kind: str) -> list[LineItem]:
    """The lines after `line_items` of the body: without `id` adds, with `id` edits, with `_destroy` removes.

    Errors: 422; `lines` itself is left as it is, and so are its items.
    """
    sent = call.body.get("line_items") or []
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        raise unprocessable("Line items is invalid")
    result = {line.id: line for line in lines}
    for one in sent:
        line_id = as_int(one.get("id"))
        if line_id is None:
            fresh = LineItem(id=call.account.ids.next(kind), **LINE.new(one, call.account))
            result[fresh.id] = fresh
        elif line_id not in result:
            raise unprocessable("Line items is invalid")
        elif as_bool(one.get("_destroy")):
            del result[line_id]
        else:
            result[line_id] = _edited(result[line_id], LINE.changes(one, call.account))
    return list(result.values())


def _edited(line: LineItem, values: dict[str, Any]) -> LineItem:
    current = {name: getattr(line, name) for name in LineItem.__slots__}
    return LineItem(**{**current, **values})
