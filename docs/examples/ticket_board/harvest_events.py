"""What your back end is told: the bridge's events by long polling, so that nothing has to reach you. Copy this.

Where the bridge can reach you, a webhook with a `target_url` tells the same (../webhooks).
"""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

BRIDGE_URL = os.environ.get("BRIDGE_URL", "http://localhost:8000")
API_KEY = os.environ.get("API_KEY", "")
WAIT_SECONDS = 30
KEPT = 50


class Events:
    """The latest events of one customer, newest first, kept up to date by a thread. Yours go into your database."""

    def __init__(self, *, tenant_id: str, description: str) -> None:
        self.latest: list[dict[str, Any]] = []
        self._wanted = {"tenant_ids": [tenant_id], "description": description}
        self._news = threading.Condition()

    def start(self) -> None:
        threading.Thread(target=self._follow, name="events", daemon=True).start()

    def after(self, sequence: int, *, timeout: float) -> list[dict[str, Any]]:
        """Those with a higher number, newest first; waits for one."""
        with self._news:
            self._news.wait_for(lambda: self.latest and self.latest[0]["sequence"] > sequence, timeout)
            return [event for event in self.latest if event["sequence"] > sequence]

    def _follow(self) -> None:
        webhook_id, after = "", ""
        while True:
            try:
                webhook_id = webhook_id or self._webhook_id()
                after = self._read(webhook_id, after)
            except HTTPError as error:
                answer = json.loads(error.read() or b"{}")
                if answer.get("code") == "events_expired":
                    after = answer["oldest_cursor"]
                    continue
                time.sleep(int(error.headers.get("Retry-After", "5")))
            except (OSError, ValueError):
                time.sleep(2)  # the bridge is away, or starts

    def _read(self, webhook_id: str, after: str) -> str:
        """The next page; answers the cursor of the one that follows. `sequence` would do as well."""
        query = urlencode({"wait": WAIT_SECONDS} | ({"after": after} if after else {}))
        page = call("GET", f"/webhook/{webhook_id}/events?{query}")
        with self._news:
            self.latest = [*reversed(page["result"]), *self.latest][:KEPT]
            self._news.notify_all()
        return str(page["next_cursor"])

    def _webhook_id(self) -> str:
        """One without a `target_url`, which is polled alone; made at the first start."""
        made = call("GET", "/webhook?limit=100")["result"]
        own = [one["id"] for one in made if one["description"] == self._wanted["description"]]
        return str(own[0] if own else call("POST", "/webhook", self._wanted)["id"])


def call(method: str, path: str, body: object = None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
    sent = json.dumps(body).encode() if body is not None else None
    request = Request(BRIDGE_URL + path, sent, headers, method=method)
    with urlopen(request, timeout=WAIT_SECONDS + 10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found
