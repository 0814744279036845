"""REFERENCE §8.7."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.filters import int_filter, updated_since
from harvest_bridge.sandbox.forms import Form, choice, reference, text
from harvest_bridge.sandbox.records import Contact
from harvest_bridge.sandbox.rights import client_managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.work import contact_shape

routes = Routes()
FORM = Form(
    reference("client_id", lambda account: account.clients),
    text("title"),
    text("first_name", required=True),
    text("last_name", empty=""),
    text("email", empty=""),
    text("phone_office", empty=""),
    text("phone_mobile", empty=""),
    text("fax", empty=""),
    choice("invoice_recipient_status", ("none", "recipient", "cc", "bcc")),
)


@routes.get("/contacts", may=client_managers)
def list_contacts(call: Call) -> Answer:
    rows = call.account.contacts.rows()
    client_id = int_filter(call.query, "client_id")
    if client_id is not None:
        rows = [contact for contact in rows if contact.client.id == client_id]
    return call.listing("contacts", updated_since(rows, call.query), contact_shape)


@routes.get("/contacts/{id}", may=client_managers)
def get_contact(call: Call, contact_id: int) -> Answer:
    return Answer(contact_shape(call.find(call.account.contacts, contact_id)))


@routes.post("/contacts", may=client_managers)
def create_contact(call: Call) -> Answer:
    contact = Contact(**call.fresh("contacts"), **FORM.new(call.body, call.account))
    call.account.contacts.add(contact)
    return call.created(contact_shape(contact), contact)


@routes.patch("/contacts/{id}", may=client_managers)
def update_contact(call: Call, contact_id: int) -> Answer:
    contact = call.find(call.account.contacts, contact_id)
    call.change(call.account.contacts, contact, FORM.changes(call.body, call.account))
    return Answer(contact_shape(contact))


@routes.delete("/contacts/{id}", may=client_managers)
def delete_contact(call: Call, contact_id: int) -> Answer:
    contact = call.find(call.account.contacts, contact_id)
    call.account.contacts.remove(contact)
    return call.deleted(contact_shape(contact))
