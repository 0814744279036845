"""How an operation of the file becomes a request to the sandbox."""

from __future__ import annotations

from typing import Any

import httpx

from harvest_bridge.sandbox.testing import USER_AGENT, RunningSandbox
from tests.sandbox.conformance.bodies import body_of
from tests.sandbox.conformance.full_account import FullAccount
from tests.sandbox.conformance.openapi import Operation

# Reports need both days (REFERENCE §9).
PERIOD = {"from": "2026-11-01", "to": "2026-11-30"}


class Caller:
    """Asks the sandbox as somebody, over one kept connection."""

    def __init__(self, harvest: RunningSandbox, client: httpx.Client, full: FullAccount) -> None:
        self.harvest = harvest
        self.full = full
        self._client = client

    def ask(self, method: str, url: str, who: str = "alice", **options: Any) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.harvest.personal_token(who)}",
            "Harvest-Account-Id": str(self.harvest.account.id),
            "User-Agent": USER_AGENT,
        }
        return self._client.request(method, url, headers=headers, **options)

    def call(self, operation: Operation, who: str = "alice", **options: Any) -> httpx.Response:
        """The operation with a full body, on a record that allows it; `options` go to httpx instead of these."""
        sent = {"json": body_of(operation, self.full.ids, self.full.spare), "params": self.params(operation), **options}
        return self.ask(operation.method, self.path(operation), who, **sent)

    def path(self, operation: Operation) -> str:
        """The path with ids put in: spare records are deleted, running timers stopped."""
        ids = dict(self.full.ids)
        if operation.method == "DELETE":
            ids |= self.full.spare
        if operation.path.endswith("/stop"):
            ids["timeEntryId"] = ids["running"]
        if operation.path.startswith("/estimates"):
            ids["messageId"] = ids["estimateMessageId"]
        if operation.path.startswith("/invoices"):
            ids["messageId"] = ids["invoiceMessageId"]
        return "/v2" + operation.path.format_map(ids)

    def params(self, operation: Operation) -> dict[str, str]:
        return PERIOD if {"from", "to"} <= set(operation.query) and operation.path.startswith("/reports") else {}
