"""REFERENCE §8.7."""

from __future__ import annotations

import secrets

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.currencies import CURRENCIES
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.filters import bool_filter, updated_since
from harvest_bridge.sandbox.forms import Form, choice, flag, text
from harvest_bridge.sandbox.names import refuse_taken_name
from harvest_bridge.sandbox.records import Client
from harvest_bridge.sandbox.rights import client_managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.work import client_shape

routes = Routes()
FORM = Form(text("name", required=True), flag("is_active"), text("address"), choice("currency", CURRENCIES))


@routes.get("/clients", may=client_managers)
def list_clients(call: Call) -> Answer:
    rows = call.account.clients.rows()
    is_active = bool_filter(call.query, "is_active")
    if is_active is not None:
        rows = [client for client in rows if client.is_active is is_active]
    return call.listing("clients", updated_since(rows, call.query), client_shape)


@routes.get("/clients/{id}", may=client_managers)
def get_client(call: Call, client_id: int) -> Answer:
    return Answer(client_shape(call.find(call.account.clients, client_id)))


@routes.post("/clients", may=client_managers)
def create_client(call: Call) -> Answer:
    values = {"currency": call.account.company.currency, **FORM.new(call.body, call.account)}
    refuse_taken_name(call.switches, call.account.clients, values["name"], None)
    client = Client(**call.fresh("clients"), statement_key=secrets.token_hex(16), **values)
    call.account.clients.add(client)
    return call.created(client_shape(client), client)


@routes.patch("/clients/{id}", may=client_managers)
def update_client(call: Call, client_id: int) -> Answer:
    client = call.find(call.account.clients, client_id)
    values = FORM.changes(call.body, call.account)
    refuse_taken_name(call.switches, call.account.clients, values.get("name"), client)
    if values.get("is_active") is False and any(
        one.project.client is client for one in call.account.time_entries.running()
    ):
        raise unprocessable("Client can't be archived while a timer is running")
    call.change(call.account.clients, client, values)
    return Answer(client_shape(client))


@routes.delete("/clients/{id}", may=client_managers)
def delete_client(call: Call, client_id: int) -> Answer:
    """Only without projects, invoices and estimates; contacts go along."""
    client, account = call.find(call.account.clients, client_id), call.account
    if any(one.client is client for table in (account.projects, account.invoices) for one in table):
        raise unprocessable("This client is not removable. It still has projects and/or invoices.")
    if any(estimate.client is client for estimate in account.estimates):
        raise unprocessable("This client is not removable. It still has estimates.")
    for contact in [contact for contact in account.contacts if contact.client is client]:
        account.contacts.remove(contact)
    account.clients.remove(client)
    return call.deleted(client_shape(client))
