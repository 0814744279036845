"""What the control API and the console show of a world."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.identities import personal_token_of
from harvest_bridge.sandbox.journal import Received
from harvest_bridge.sandbox.world import World

CREDENTIALS = ("authorization",)


def account_overview(world: World, account: Account) -> dict[str, Any]:
    tokens = {
        one.users[account.id]: personal_token_of(one) for one in world.identities.values() if account.id in one.users
    }
    return {
        "id": account.id,
        "name": account.name,
        "product": account.product,
        "tracks_start_and_end": account.company.wants_timestamp_timers,
        "time_entries": len(account.time_entries),
        "people": [
            {
                "id": user.id,
                "name": user.name,
                "email": user.email,
                "access_roles": user.access_roles,
                "is_active": user.is_active,
                "personal_token": tokens.get(user.id),
                "timesheet": f"/timesheet/{account.id}/{user.id}",
            }
            for user in account.users
        ],
    }


def received_overview(received: Received) -> dict[str, Any]:
    """Tokens in headers are cut short: a journal is something people paste into tickets."""
    headers = {name: f"{value[:20]}…" if name in CREDENTIALS else value for name, value in received.headers.items()}
    return {
        "at": received.at,
        "method": received.method,
        "path": received.path,
        "query": received.query,
        "headers": headers,
        "body": received.body.decode("utf-8", "replace")[:4000],
        "status": received.status,
        "fault": received.fault,
        "seconds": round(received.seconds, 6),
    }


def budget_overview(world: World) -> list[dict[str, Any]]:
    """Every purse that was used, with what is spent of each budget now."""
    return [
        {"of": purse[:20], "budgets": [asdict(budget) for budget in world.limits.budgets(purse)]}
        for purse in world.limits.purses()
    ]
