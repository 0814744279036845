"""Accounts and their people."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.overview import account_overview
from harvest_bridge.sandbox.text import count_text
from harvest_bridge.sandbox.world import World

PEOPLE_SHOWN = 12


def account_cards(world: World) -> dict[str, Any]:
    return {"accounts": [account_card(world, one) for one in world.accounts.values()]}


def account_card(world: World, account: Account, people_shown: int | None = PEOPLE_SHOWN) -> dict[str, Any]:
    """Shape: `people` are the first `people_shown` (None: all); a Forecast account is a name without data."""
    overview = account_overview(world, account)
    people = overview["people"]
    return {
        **overview,
        "is_harvest": account.product == "harvest",
        "mode": "Start and end times" if overview["tracks_start_and_end"] else "Durations",
        "facts": [
            count_text(len(people), "person", "people"),
            count_text(overview["time_entries"], "time entry", "time entries"),
            count_text(len(account.time_entries.running()), "running timer"),
        ],
        "people": [_person_row(account, one) for one in people[:people_shown]],
        "people_count": len(people),
        "people_url": f"/sandbox/people/{account.id}",
        "is_cut": people_shown is not None and len(people) > people_shown,
        "invoices": len(account.invoices),
    }


def rights_text(access_roles: list[str]) -> str:
    """`Administrator`, or `Manager, 5 extra rights`."""
    base, *extra = access_roles
    return base.capitalize() + (f", {count_text(len(extra), 'extra right')}" if extra else "")


def _person_row(account: Account, person: dict[str, Any]) -> dict[str, Any]:
    return {
        **person,
        "rights": rights_text(person["access_roles"]),
        "url": f"/sandbox/people/{account.id}/{person['id']}",
        "is_running": account.time_entries.running_of(person["id"]) is not None,
    }
