"""Estimates and their messages (REFERENCE §8.14)."""

from __future__ import annotations

from .collection import Collection
from .kinds import DATE, FLAG, ID, MOMENT, NUMBER, TEXT, Json, list_of, maybe, named, one_of, said, table

_TIMES = {"created_at": MOMENT, "updated_at": MOMENT}
_PERCENT = said(maybe(NUMBER), "Percent: 10.0 is a tenth.")
_BODY = "number purchase_order tax tax2 discount subject notes currency issue_date line_items"
_LINE: Json = {
    "kind": TEXT,
    "description": maybe(TEXT),
    "quantity": NUMBER,
    "unit_price": NUMBER,
    "taxed": FLAG,
    "taxed2": FLAG,
}

ASIDE: Json = {
    "HarvestEstimateLineItem": table(
        {
            "id": ID,
            "kind": said(TEXT, "The name of an estimate item category."),
            "description": maybe(TEXT),
            "quantity": NUMBER,
            "unit_price": NUMBER,
            "amount": NUMBER,
            "taxed": FLAG,
            "taxed2": FLAG,
        }
    ),
    "HarvestEstimateLineItemCreate": table(_LINE, needed="kind unit_price"),
    "HarvestEstimateLineItemUpdate": table(
        {
            "id": said(ID, "The line to change; without it a line is added."),
            "_destroy": said(FLAG, "True takes the line with this id away."),
            **_LINE,
        },
        needed="",
    ),
}

ESTIMATES = {
    "estimates": Collection(
        "Estimate",
        "What work is going to cost.",
        {
            "id": ID,
            "client_key": said(TEXT, "The end of the address of the client's own page."),
            "number": TEXT,
            "purchase_order": maybe(TEXT),
            "amount": NUMBER,
            "tax": _PERCENT,
            "tax_amount": maybe(NUMBER),
            "tax2": _PERCENT,
            "tax2_amount": maybe(NUMBER),
            "discount": _PERCENT,
            "discount_amount": maybe(NUMBER),
            "subject": maybe(TEXT),
            "notes": maybe(TEXT),
            "state": said(one_of("draft", "sent", "accepted", "declined"), "Messages change it."),
            "issue_date": maybe(DATE),
            "sent_at": maybe(MOMENT),
            **_TIMES,
            "accepted_at": maybe(MOMENT),
            "declined_at": maybe(MOMENT),
            "currency": TEXT,
            "client": named("Reference"),
            "creator": named("Reference"),
            "line_items": list_of(named("EstimateLineItem")),
        },
        create=f"client_id* {_BODY}",
        update=f"client_id {_BODY}",
        written={"client_id": ID, "line_items": list_of(named("EstimateLineItemUpdate"))},
        written_on_create={"line_items": list_of(named("EstimateLineItemCreate"))},
    ),
    "estimate_messages": Collection(
        "EstimateMessage",
        "What was written to a client about an estimate, or a change of its state.",
        {
            "id": ID,
            "sent_by": TEXT,
            "sent_by_email": TEXT,
            "sent_from": TEXT,
            "sent_from_email": TEXT,
            "send_me_a_copy": FLAG,
            **_TIMES,
            "event_type": maybe(one_of("send", "accept", "decline", "re-open", "view", "invoice")),
            "recipients": list_of(named("Recipient")),
            "subject": maybe(TEXT),
            "body": maybe(TEXT),
        },
        create="event_type recipients subject body send_me_a_copy",
        written={
            "recipients": list_of(named("RecipientInput")),
            "event_type": said(
                one_of("send", "accept", "decline", "re-open"),
                "Changes the state and writes to nobody. Without it Harvest sends an e-mail.",
            ),
        },
    ),
    "estimate_item_categories": Collection(
        "EstimateItemCategory",
        "A kind of line on estimates.",
        {"id": ID, "name": TEXT, **_TIMES},
        create="name*",
        update="name",
    ),
}
