"""What tests and developers may turn: each action of the control API and of the console (docs/sandbox.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from harvest_bridge.sandbox.approvals import STATUSES, TimerRuns, set_approval
from harvest_bridge.sandbox.dependents import follow_rates
from harvest_bridge.sandbox.errors import Refusal
from harvest_bridge.sandbox.faults import Fault
from harvest_bridge.sandbox.fields import as_date, as_int
from harvest_bridge.sandbox.identities import Identity
from harvest_bridge.sandbox.overview import account_overview, budget_overview, received_overview
from harvest_bridge.sandbox.people import access_roles_of
from harvest_bridge.sandbox.seed import seed_of
from harvest_bridge.sandbox.world import World

CENTURY_SECONDS = 36525 * 86_400


class Mistake(Exception):
    """What the caller of the control API did wrong."""


class Control:
    """Each method is one action; it gets what was sent and answers what is shown."""

    def __init__(self, world: World) -> None:
        self._world = world

    def switches(self, sent: dict[str, Any]) -> Any:
        return self._world.switches

    def turn(self, sent: dict[str, Any]) -> Any:
        self._world.switches.turn(sent)
        return self._world.switches

    def reset(self, sent: dict[str, Any]) -> Any:
        """`entries`: how many time entries the agency has, about."""
        entries = as_int(sent.get("entries"))
        self._world.reset(seed_of(entries) if entries is not None else None)
        return self.accounts(sent)

    def clock(self, sent: dict[str, Any]) -> Any:
        return {"now": self._world.clock.now(), "offset_seconds": self._world.clock.offset}

    def set_clock(self, sent: dict[str, Any]) -> Any:
        """`offset_seconds` sets, `advance_seconds` adds; a century to either side at most."""
        wanted = msgspec.convert(sent, dict[str, float], strict=False)
        offset = wanted.get("offset_seconds", self._world.clock.offset) + wanted.get("advance_seconds", 0.0)
        if not abs(offset) <= CENTURY_SECONDS:
            raise Mistake("the clock can be moved by a century at most")
        self._world.clock.offset = offset
        return self.clock(sent)

    def faults(self, sent: dict[str, Any]) -> Any:
        return {"faults": self._world.faults.pending()}

    def add_fault(self, sent: dict[str, Any]) -> Any:
        self._world.faults.add(msgspec.convert(sent, Fault, strict=False))
        return self.faults(sent)

    def remove_faults(self, sent: dict[str, Any]) -> Any:
        """The one with this `id`, or all."""
        if "id" not in sent:
            self._world.faults.clear()
        elif not self._world.faults.remove(as_int(sent["id"]) or 0):
            raise Mistake("id: there is no such fault any more")
        return self.faults(sent)

    def journal(self, sent: dict[str, Any]) -> Any:
        """`method`, `path` (exact, or ending in `*`) and `limit` choose; latest last."""
        requests = self._world.journal.requests(sent.get("method"), sent.get("path"))
        return {"requests": [received_overview(one) for one in requests[-(as_int(sent.get("limit")) or 200) :]]}

    def clear_journal(self, sent: dict[str, Any]) -> Any:
        self._world.journal.clear()
        return {"requests": []}

    def mail(self, sent: dict[str, Any]) -> Any:
        return {"mail": list(self._world.outbox)}

    def accounts(self, sent: dict[str, Any]) -> Any:
        return {"accounts": [account_overview(self._world, one) for one in self._world.accounts.values()]}

    def set_company(self, sent: dict[str, Any]) -> Any:
        """`account_id`, and any setting of the company, as in `wants_timestamp_timers`."""
        company = self._account(sent).company
        for name, value in sent.items():
            if name == "account_id":
                continue
            if not isinstance(value, type(getattr(company, name, None))):
                raise Mistake(f"{name}: {value!r} is not a setting of the company")
            if name == "rounding_minutes" and company.rounding_minutes != value:
                follow_rates(self._account(sent), self._world.switches, self._world.clock.stamp())
            setattr(company, name, value)
        return account_overview(self._world, self._account(sent))

    def set_rights(self, sent: dict[str, Any]) -> Any:
        """`account_id`, `user_id`, `access_roles`: what the person may do from the next request on."""
        account = self._account(sent)
        user = account.users.get(as_int(sent.get("user_id")))
        if user is None:
            raise Mistake("user_id: nobody in this account has this id")
        try:
            user.access_roles = access_roles_of(msgspec.convert(sent.get("access_roles"), list[str]))
        except Refusal:
            raise Mistake("access_roles: one base role, and further rights for a manager only") from None
        user.updated_at = self._world.clock.stamp()
        return account_overview(self._world, account)

    def approve(self, sent: dict[str, Any]) -> Any:
        """`account_id`, `user_id`, `from`, `to`, `status` (approved unless said otherwise)."""
        account = self._account(sent)
        user, first, last = (
            account.users.get(as_int(sent.get("user_id"))),
            as_date(sent.get("from")),
            as_date(sent.get("to")),
        )
        status = sent.get("status", "approved")
        if user is None or first is None or last is None or status not in STATUSES:
            raise Mistake(f"needs account_id, user_id, from, to, and a status of {', '.join(STATUSES)}")
        try:
            return {"changed": set_approval(account, user, first, last, status, self._world.clock)}
        except TimerRuns as error:
            raise Mistake(f"{error} has a running timer in these days") from error

    def issue_token(self, sent: dict[str, Any]) -> Any:
        """`email`, `account_ids` (all if left out): the tokens of a new grant, without a consent page."""
        identity = self._identity(sent)
        ids = tuple(msgspec.convert(sent["account_ids"], list[int])) if "account_ids" in sent else None
        return self._world.tokens.issue(identity, self._world.client.client_id, ids)

    def expire_token(self, sent: dict[str, Any]) -> Any:
        """The `token`, or with `email` every access token that applications hold for this person."""
        if "email" in sent:
            self._world.tokens.expire_of(self._identity(sent))
            return {}
        return self._with_token(sent, self._world.tokens.expire)

    def revoke_token(self, sent: dict[str, Any]) -> Any:
        """A `token` alone (a refresh token: its whole grant), or with `email` all that a person granted."""
        if "email" in sent:
            self._world.tokens.revoke_of(self._identity(sent))
            return {}
        return self._with_token(sent, self._world.tokens.revoke)

    def restore_personal_token(self, sent: dict[str, Any]) -> Any:
        """`email`: the person's personal token is good again after it was revoked."""
        return {"personal_token": self._world.tokens.add_personal_token(self._identity(sent)).value}

    def budgets(self, sent: dict[str, Any]) -> Any:
        return {"budgets": budget_overview(self._world)}

    def _with_token(self, sent: dict[str, Any], action: Callable[[str], None]) -> Any:
        try:
            action(str(sent.get("token")))
        except KeyError:
            raise Mistake("token: not known here") from None
        return {}

    def _identity(self, sent: dict[str, Any]) -> Identity:
        for identity in self._world.identities.values():
            if identity.email == sent.get("email"):
                return identity
        raise Mistake("email: nobody signs in with this address")

    def _account(self, sent: dict[str, Any]) -> Any:
        account = self._world.accounts.get(as_int(sent.get("account_id")) or 0)
        if account is None:
            raise Mistake("account_id: there is no such account")
        return account
