"""Messages of invoices and estimates: an e-mail, or an event without one (REFERENCE §8.13, §8.14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.errors import not_found, unprocessable
from harvest_bridge.sandbox.fields import as_text
from harvest_bridge.sandbox.forms import Form, flag, text
from harvest_bridge.sandbox.records import Document, Message

FORM = Form(
    text("event_type"),
    text("subject"),
    text("body"),
    flag("attach_pdf"),
    flag("send_me_a_copy"),
    flag("thank_you"),
)


def add_message(call: Call, document: Document, kind: str, move: Callable[[str], None]) -> Message:
    """With an event the state moves and nothing is sent; without one a mail goes out, which marks a draft as sent.

    Errors: 422 for an event in the wrong state, or a mail to nobody.
    """
    values = FORM.new(call.body, call.account)
    recipients = _recipients(call)
    event = values.get("event_type")
    if event:
        move(event)
    else:
        recipients = _addressed(call, recipients, copy=bool(values.get("send_me_a_copy")))
        for one in recipients:
            call.world.outbox.send(
                call.account, to=str(one["email"]), subject=values.get("subject"), body=values.get("body")
            )
        if document.state == "draft":
            move("send")
    message = Message(**call.fresh(kind), **_sender(call), recipients=recipients, **_complete(values))
    document.messages.insert(0, message)
    return message


def remove_message(document: Document, message_id: int) -> Message:
    """Errors: 404."""
    for message in document.messages:
        if message.id == message_id:
            document.messages.remove(message)
            return message
    raise not_found()


def _complete(values: dict[str, Any]) -> dict[str, Any]:
    return {"subject": None, "body": None, **values, "event_type": values.get("event_type") or None}


def _sender(call: Call) -> dict[str, Any]:
    name, email = call.person.name, call.person.email
    return {"sent_by": name, "sent_by_email": email, "sent_from": name, "sent_from_email": email}


def _recipients(call: Call) -> list[dict[str, str | None]]:
    sent = call.body.get("recipients") or []
    if not isinstance(sent, list) or not all(isinstance(one, dict) for one in sent):
        raise unprocessable("Recipients is invalid")
    if not all(one.get("email") for one in sent):
        raise unprocessable("Recipients email can't be blank")
    return [{"name": as_text(one.get("name")), "email": as_text(one["email"])} for one in sent]


def _addressed(call: Call, recipients: list[dict[str, str | None]], *, copy: bool) -> list[dict[str, str | None]]:
    if copy:
        recipients = [*recipients, {"name": call.person.name, "email": call.person.email}]
    if not recipients:
        raise unprocessable("Recipients can't be blank")
    return recipients
