"""Which client a deal is for: one that is there, for sure, or a new one."""

from __future__ import annotations

from typing import Any

from harvest_bridge.provisioning.models import Action

from .account import Account
from .links import Kept
from .matching import Match, match
from .names import exact, normal
from .plan import Call, Draft, Problem
from .rights import refusal
from .values import changes

Json = dict[str, Any]
_PATH = "/v2/clients"


def plan_client(account: Account, wanted: Json, kept: Kept) -> list[Draft]:
    found = match("client", account.clients, wanted, kept=kept.client, field="client")
    draft = Draft("client", "client", str(wanted.get("name") or ""), Action.CREATE, field="client", why=found.why)
    if found.problem is not None:
        draft.action, draft.problem = Action.BLOCKED, found.problem
    elif found.record is None:
        _create(account, wanted, draft)
    else:
        _use(account, wanted, found, draft)
    return [draft, *_contacts(account, wanted, draft, kept)]


def _create(account: Account, wanted: Json, draft: Draft) -> None:
    body = {name: wanted[name] for name in ("name", "currency", "address") if wanted.get(name)}
    draft.call = Call("POST", _PATH, body)
    draft.known = [int(row["id"]) for row in exact(wanted["name"], account.clients)]
    draft.problem = refusal(account, "POST", _PATH, "client")


def _use(account: Account, wanted: Json, found: Match, draft: Draft) -> None:
    record = found.record or {}
    draft.title, draft.harvest_id = str(record.get("name") or ""), int(record["id"])
    path = f"{_PATH}/{record['id']}"
    draft.problem = _currency(wanted, record)
    restored: Json = {} if record.get("is_active", True) else {"is_active": True}
    given = {name: wanted[name] for name in ("address",) if wanted.get(name)} | restored
    draft.fields = changes(given, record, "client.")
    draft.action = Action.CHANGE if draft.fields else Action.REUSE
    if draft.fields:
        draft.call = Call("PATCH", path, {change["field"].partition(".")[2]: change["to"] for change in draft.fields})
        draft.problem = draft.problem or refusal(account, "PATCH", path, "client")


def _currency(wanted: Json, record: Json) -> Problem | None:
    asked = wanted.get("currency")
    if not asked or asked == record.get("currency"):
        return None
    return Problem(
        "currency_differs",
        "client.currency",
        f"client.currency: is {asked}, and {record.get('name')} is invoiced in {record.get('currency')}. A client has "
        "one currency: leave it out, or name another client.",
    )


def _contacts(account: Account, wanted: Json, client: Draft, kept: Kept) -> list[Draft]:
    asked = wanted.get("contacts") or []
    if not asked or client.action == Action.BLOCKED:
        return []
    there = account.listed("/v2/contacts", "contacts", client_id=client.harvest_id) if client.harvest_id else []
    return [_contact(account, one, place, there, kept) for place, one in enumerate(asked)]


def _contact(account: Account, wanted: Json, place: int, there: list[Json], kept: Kept) -> Draft:
    key, field = f"contact:{contact_key(wanted)}", f"client.contacts[{place}]"
    title = " ".join(filter(None, (wanted.get("first_name"), wanted.get("last_name"))))
    found = next((one for one in there if one["id"] == kept.by_key.get(key) or is_contact(wanted, one)), None)
    if found is not None:
        why = "a contact of this e-mail or name is there"
        return Draft("contact", key, title, Action.REUSE, field, why, harvest_id=int(found["id"]))
    call = Call("POST", "/v2/contacts", {"client_id": "{client}", **wanted})
    problem = refusal(account, "POST", "/v2/contacts", field)
    return Draft("contact", key, title, Action.CREATE, field, call=call, problem=problem)


def contact_key(wanted: Json) -> str:
    return str(wanted.get("email") or f"{wanted.get('first_name')} {wanted.get('last_name') or ''}").strip().casefold()


def is_contact(wanted: Json, found: Json) -> bool:
    """By e-mail where it is given, else by name."""
    if wanted.get("email"):
        return bool(str(found.get("email") or "").casefold() == str(wanted["email"]).casefold())
    mine, theirs = (normal(f"{one.get('first_name') or ''} {one.get('last_name') or ''}") for one in (wanted, found))
    return mine == theirs
