"""Deals of one linked account, carried out in the test's own thread at a time of the test's own."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.provisioning import claims
from harvest_bridge.provisioning.models import OPEN, Run
from harvest_bridge.provisioning.saga.runner import work_on
from harvest_bridge.sandbox.testing import RunningSandbox

Json = dict[str, Any]
DEAL: Json = {
    "external_id": "deal-1",
    "client": {"name": "Aurora Foods"},
    "project": {"name": "Web shop", "code": "AF-1", "bill_by": "Project", "hourly_rate": 120},
    "tasks": [{"name": name} for name in ("Design", "Development", "Project Management", "Research", "Content")],
    "people": [
        {"email": f"{name}@fennelfinch.example"}
        for name in ("bruno", "carmen", "dev", "elif", "finn", "grace", "hana", "ivan")
    ],
}


def deal(**changes: Any) -> Json:
    """DEAL with other values; `project__code` changes a part of it."""
    found = deepcopy(DEAL)
    for name, value in changes.items():
        part, _, field = name.partition("__")
        if field:
            found[part][field] = value
        else:
            found[part] = value
    return found


class Agency:
    def __init__(self, connection: Connection, sandbox: RunningSandbox) -> None:
        self.connection, self.sandbox = connection, sandbox
        self._since = 0
        self._ahead = timedelta()

    def forget_requests(self) -> None:
        self._since = len(self.sandbox.requests())

    def requests(self) -> list[tuple[str, str]]:
        """Verb and path of what Harvest was asked since."""
        return [(one.method, one.path) for one in self.sandbox.requests()[self._since :]]

    def writes(self) -> list[tuple[str, str]]:
        return [one for one in self.requests() if one[0] != "GET"]

    def now(self) -> datetime:
        return timezone.now() + self._ahead

    def later(self, **time: float) -> Agency:
        self._ahead += timedelta(**time)
        return self

    def work(self, sessions: int = 1) -> None:
        """So many sessions of a worker, each with whatever is due then."""
        for _ in range(sessions):
            run = claims.claim(claims.worker_name(), now=self.now())
            if run is None:
                return
            work_on(run, clock=self.now)

    def work_to_the_end(self) -> None:
        """However often it waits; time passes between."""
        for _ in range(60):
            self.work()
            if not Run.objects.filter(status__in=OPEN).exists():
                return
            self.later(seconds=40)
        raise AssertionError(Run.objects.values_list("status", "error"))

    def names(self, table: str) -> list[str]:
        with self.sandbox.world.lock:
            return sorted(one.name for one in getattr(self.sandbox.account, table))


class Deals:
    """REST, as the host's back end calls it."""

    def __init__(self, api: APIClient, connection: Connection) -> None:
        self._api, self._query = api, f"integrated_account_id={connection.pk}"

    def post(self, body: Json, path: str = "runs") -> Any:
        return self._api.post(f"/provisioning/{path}?{self._query}", body, format="json")

    def get(self, path: str = "runs", query: str = "") -> Any:
        return self._api.get(f"/provisioning/{path}?{self._query}&{query}")

    def run(self, body: Json) -> Json:
        found: Json = self.post(body).json()
        return found

    def dry_run(self, body: Json) -> Json:
        found: Json = self.post({**body, "dry_run": True}).json()
        return found
