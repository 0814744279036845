"""A deal is won: planned, carried out, followed and taken back through the bridge. Copy this.

The page never sees the API key: it asks this back end, which asks the bridge.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from harvest_events import API_KEY, BRIDGE_URL, call

Json = dict[str, Any]

# Stand-ins for your CRM's deals. `people` are by e-mail address; `{"role": …}` would be everybody of a job role.
DEALS: dict[str, Json] = {
    "D-104": {
        "title": "Booking app for mountain huts",
        "company": "Alpenhof Cabins",
        "amount": "€ 24,000",
        "wanted": {
            "client": {"name": "Alpenhof Cabins", "currency": "EUR", "external_id": "company-104"},
            "project": {
                "name": "Booking app",
                "code": "AC-BOOK",
                "bill_by": "Project",
                "hourly_rate": 120,
                "budget_by": "project",
                "budget": 200,
            },
            "tasks": [{"name": "Design"}, {"name": "Development"}, {"name": "Usability tests", "billable": True}],
            "people": [
                {"email": "bruno@fennelfinch.example", "is_project_manager": True},
                {"email": "carmen@fennelfinch.example"},
                {"email": "hana@fennelfinch.example"},
            ],
        },
    },
    "D-107": {
        "title": "Loyalty programme",
        "company": "Northwind Outdoor",
        "amount": "$ 9,500",
        "wanted": {
            "client": {"name": "Northwind Outdoor", "external_id": "company-12"},
            "project": {"name": "Loyalty programme", "code": "NW-LOYAL", "is_fixed_fee": True, "fee": 9500},
            "tasks": [{"name": "Research"}, {"name": "Design"}],
            "people": [{"email": "hana@fennelfinch.example", "is_project_manager": True}],
        },
    },
    "D-112": {
        "title": "Ward planning, phase 2",
        "company": "Meridian Heath",
        "amount": "£ 31,000",
        "wanted": {
            "client": {"name": "Meridian Heath"},
            "project": {"name": "Ward planning, phase 2", "code": "MH-WARD2"},
            "tasks": [{"name": "Development"}],
            "people": [{"email": "bruno@fennelfinch.example"}],
        },
    },
}


class NotLinked(Exception):
    """This customer has linked no Harvest account. `url` is the page where they do."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class Deals:
    """The deals of one customer in their Harvest account."""

    def __init__(self, *, tenant_id: str) -> None:
        self._tenant_id = tenant_id

    def plan(self, deal: str) -> Json:
        """What would be done: nothing is written, nobody is e-mailed. Errors: NotLinked, HTTPError."""
        return self._ask("POST", "", self._wanted(deal) | {"dry_run": True})

    def win(self, deal: str) -> Json:
        """Exactly what was planned, by a worker; the same deal twice is one run. Errors: NotLinked, HTTPError."""
        return self._ask("POST", "", self._wanted(deal))

    def run(self, run_id: str) -> Json:
        return self._ask("GET", f"/{run_id}")

    def go_on(self, run_id: str) -> Json:
        return self._ask("POST", f"/{run_id}/continue", {})

    def undo(self, run_id: str, *, dry_run: bool = False) -> Json:
        return self._ask("POST", f"/{run_id}/undo", {"dry_run": dry_run})

    def progress(self, run_id: str) -> Iterator[bytes]:
        """The run's server-sent events, line by line, for the page to read with EventSource."""
        headers = {"Authorization": f"Bearer {API_KEY}", "Accept": "text/event-stream"}
        url = f"{BRIDGE_URL}/provisioning/runs/{run_id}/events?{self._account()}"
        with urlopen(Request(url, headers=headers), timeout=60) as answer:
            yield from answer

    def _wanted(self, deal: str) -> Json:
        wanted: Json = DEALS[deal]["wanted"]
        return {"external_id": deal, **wanted}

    def _ask(self, method: str, path: str, body: Json | None = None) -> Json:
        return call(method, f"/provisioning/runs{path}?{self._account()}", body)

    def _account(self) -> str:
        """The account that their administrator linked for everybody. Errors: NotLinked."""
        listed = call("GET", f"/integrated-account?{urlencode({'tenant_id': self._tenant_id})}")["result"]
        linked = [one["id"] for one in listed if one["status"] == "active"]
        whole = [one["id"] for one in listed if one["status"] == "active" and one["kind"] == "account"]
        if not linked:
            token = call("POST", "/link-token", {"tenant_id": self._tenant_id})["link_token"]
            raise NotLinked(f"{BRIDGE_URL}/connect-account?{urlencode({'link_token': token})}")
        return urlencode({"integrated_account_id": (whole or linked)[0]})


def refusal_of(error: HTTPError) -> Json:
    """The bridge's own words: `code`, `message` and more."""
    try:
        found: Json = json.loads(error.read())
    except ValueError:
        found = {"code": "unavailable", "message": "The bridge is away."}
    return found
