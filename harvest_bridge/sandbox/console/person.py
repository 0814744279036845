"""One person: tokens that are out, and the weeks that can be approved."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.console.accounts import rights_text
from harvest_bridge.sandbox.console.timers import timer_row
from harvest_bridge.sandbox.identities import Grant, Identity, Token, personal_token_of
from harvest_bridge.sandbox.records import TimeEntry, User
from harvest_bridge.sandbox.text import count_text, hours_text, span_text, week_text
from harvest_bridge.sandbox.timekeeping import ZERO, hours_at
from harvest_bridge.sandbox.timesheet import first_of_week
from harvest_bridge.sandbox.world import World

WEEKS_SHOWN = 8
GRANTS_SHOWN = 8
WEEK_STATES = {"approved": "Approved", "submitted": "Submitted", "unsubmitted": "Not submitted"}


def person_page(world: World, account: Account, user: User) -> dict[str, Any]:
    now = world.clock.now()
    running = account.time_entries.running_of(user.id)
    return {
        "account": account,
        "user": user,
        "rights": rights_text(user.access_roles),
        "timesheet": f"/timesheet/{account.id}/{user.id}",
        "timer": timer_row(account, running, now) if running else None,
        "weeks": _weeks(account, user, now),
        **_access(world, _identity_of(world, account, user)),
    }


def _identity_of(world: World, account: Account, user: User) -> Identity | None:
    return next((one for one in world.identities.values() if one.users.get(account.id) == user.id), None)


def _access(world: World, identity: Identity | None) -> dict[str, Any]:
    """What lets in: the personal token, and what applications were granted, latest first."""
    if identity is None:
        return {"identity": None}
    grants: dict[Grant, list[Token]] = defaultdict(list)
    for token in world.tokens.access_tokens():
        if token.grant.identity is identity and token.grant.client_id is not None:
            grants[token.grant].append(token)
    personal = personal_token_of(identity)
    latest = list(reversed(grants.items()))[:GRANTS_SHOWN]
    return {
        "identity": identity,
        "personal_token": personal,
        "personal_is_good": world.tokens.find(personal) is not None,
        "grants": [_grant_row(world, grant, tokens) for grant, tokens in latest],
        "has_live_grant": any(not grant.is_revoked for grant in grants),
        "places": _places(world, identity),
    }


def _grant_row(world: World, grant: Grant, tokens: list[Token]) -> dict[str, Any]:
    good = [token for token in tokens if world.tokens.is_good(token)]
    ends = max((token.expires_at or 0.0 for token in good), default=0.0)
    state = f"Good for {span_text(ends - world.clock.timestamp())}" if good else "Expired"
    return {
        "application": world.client.name,
        "accounts": ", ".join(world.accounts[one].name for one in grant.accounts()),
        "tokens": count_text(len(tokens), "access token"),
        "state": "Revoked" if grant.is_revoked else state,
        "is_good": bool(good),
    }


def _places(world: World, identity: Identity) -> list[dict[str, Any]]:
    """The person in every Harvest account, to go from one to the other."""
    return [
        {"account": world.accounts[account_id].name, "url": f"/sandbox/people/{account_id}/{user_id}"}
        for account_id, user_id in identity.users.items()
        if user_id is not None
    ]


def _weeks(account: Account, user: User, now: datetime) -> list[dict[str, Any]]:
    """The latest weeks with time in them, latest first."""
    weeks: defaultdict[date, list[TimeEntry]] = defaultdict(list)
    for entry in account.time_entries.of_user(user.id):
        weeks[first_of_week(entry.spent_date, account.company)].append(entry)
    return [_week_row(account, user, first, weeks[first], now) for first in sorted(weeks, reverse=True)[:WEEKS_SHOWN]]


def _week_row(account: Account, user: User, first: date, entries: list[TimeEntry], now: datetime) -> dict[str, Any]:
    states = Counter(entry.approval_status for entry in entries)
    state = next(iter(states)) if len(states) == 1 else "mixed"
    return {
        "text": week_text(first),
        "first": first.isoformat(),
        "last": (first + timedelta(days=6)).isoformat(),
        "timesheet": f"/timesheet/{account.id}/{user.id}?view=week&day={first}",
        "hours": hours_text(sum((hours_at(entry, now, account.company) for entry in entries), ZERO)),
        "entries": len(entries),
        "state": WEEK_STATES.get(state, "Partly approved"),
        "is_approved": state == "approved",
        "is_open": state == "unsubmitted",
    }
