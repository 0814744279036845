"""The account of a recording, as it was before its exchanges."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from harvest_bridge.sandbox.account import Account, Ids
from harvest_bridge.sandbox.identities import Identity
from harvest_bridge.sandbox.people import identify
from harvest_bridge.sandbox.records import Company
from harvest_bridge.sandbox.world import World
from tests.sandbox.conformance.cassettes import Cassette, Exchange
from tests.sandbox.conformance.recorded_records import Reader

# The people whose tokens the recordings name.
PEOPLE: dict[str, dict[str, Any]] = {
    "$HARVEST_ACCESS_TOKEN": {"id": 2348607, "name": "Alexander Hamilton", "access_roles": ["administrator"]},
    "$HARVEST_NON_ADMIN_ACCESS_TOKEN": {"id": 2516167, "name": "Aaron Burr", "access_roles": ["member"]},
}


class RecordedIds(Ids):
    """Gives the recorded ids out first."""

    def __init__(self, recorded: dict[str, int]) -> None:
        super().__init__()
        self._recorded = recorded

    def next(self, kind: str) -> int:
        return self._recorded.pop(kind, None) or super().next(kind)


class RecordedWorld:
    """A seed for `World.reset`. Shape: `people` maps the names of tokens in the recording to sign-ins."""

    account_id = 1

    def __init__(self, cassette: Cassette) -> None:
        self._successes = [one for one in cassette.exchanges if one.status < 400]
        self.people: dict[str, Identity] = {}

    def __call__(self, world: World) -> None:
        created = [one for one in self._successes if one.method == "POST"]
        world.ids = RecordedIds({one.resource: one.answer["id"] for one in created})
        company = Company(base_uri="https://recorded.example", full_domain="recorded.example", name="Recorded")
        account = Account(id=self.account_id, name="Recorded", product="harvest", company=company, ids=world.ids)
        world.accounts[account.id] = account
        reader = Reader(account)
        for one in self._successes:
            recall(reader, one)
        for token, shape in PEOPLE.items():
            user = reader.user(shape)
            user.access_roles = shape["access_roles"]
            self.people[token] = identify(world, account, user)


def recall(reader: Reader, exchange: Exchange) -> None:
    """What was read was there; of what was created or deleted only that which it points at."""
    kind, answer = exchange.resource, exchange.answer
    if exchange.method == "GET":
        rows = answer.get(kind, [answer])
        for row in [*rows, *unrecorded(rows, answer)]:
            reader.read(kind, row)
    elif kind == "time_entries":
        reader.entry_links(answer)
    else:
        for link in {"client", "project", "task", "user"} & answer.keys():
            getattr(reader, link)(answer[link])


def unrecorded(rows: list[Any], answer: dict[str, Any]) -> list[Any]:
    """The rows of the pages that were not recorded: as the last one, but of earlier days."""
    missing = answer.get("total_entries", len(rows)) - len(rows)
    last = date.fromisoformat(rows[-1]["spent_date"]) if missing else date.min
    return [
        {**rows[-1], "id": rows[-1]["id"] + back, "spent_date": (last - timedelta(days=back)).isoformat()}
        for back in range(1, missing + 1)
    ]
