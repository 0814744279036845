"""A page of the widget as its server sees it: clicks with keys of a client, kept in order until they are taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rest_framework.test import APIClient

TAKEN = (200, 201, 202)


class Killed(BaseException):
    """The process that carried out a click is gone; as nothing but a kill, no code catches it."""


@dataclass(frozen=True)
class Shown:
    """The timer that a page believes to run: by the key of its own start, or as the server told it."""

    item_id: str
    named: dict[str, Any]


@dataclass
class Click:
    method: str
    path: str
    body: dict[str, Any]


@dataclass
class Device:
    """Shape: `unsent` are clicks that the server has not taken yet, oldest first."""

    name: str
    http: APIClient
    is_online: bool = True
    shown: Shown | None = None
    unsent: list[Click] = field(default_factory=list)
    sent: list[Click] = field(default_factory=list)
    counter: int = 0

    def press(self, method: str, path: str, at: datetime, **asked: Any) -> dict[str, Any] | None:
        """The answer, where there is one now. A click behind others that wait is sent after them."""
        self.counter += 1
        body = {"idempotency_key": f"client-{self.name}.{self.counter}", "clicked_at": at.isoformat(), **asked}
        self.unsent.append(Click(method, path, body))
        return self.deliver()

    def deliver(self) -> dict[str, Any] | None:
        """Errors: AssertionError for a click that is refused."""
        answer = None
        while self.is_online and self.unsent:
            answer = self._send(self.unsent[0])
            if answer is None:
                return None
            self.sent.append(self.unsent.pop(0))
        return answer

    def repeat(self, click: Click) -> None:
        """What a network does: the same request arrives once more."""
        self._send(click, is_new=False)

    def look(self) -> dict[str, Any] | None:
        """The state, where it is known."""
        state: dict[str, Any] = self.http.get("/timer/state").json()
        if not state["is_known"]:
            return None
        self._show(state)
        return state

    def _send(self, click: Click, *, is_new: bool = True) -> dict[str, Any] | None:
        try:
            answer = getattr(self.http, click.method)(click.path, click.body, format="json")
        except Killed:
            return None
        if answer.status_code == 429 or answer.status_code >= 500:
            return None
        assert answer.status_code in TAKEN, (click, answer.status_code, answer.content)
        told: dict[str, Any] = answer.json()
        if is_new and answer.status_code != 202 and told["state"] and told["state"]["is_known"]:
            self._show(told["state"])
        return told

    def _show(self, state: dict[str, Any]) -> None:
        """A start of one's own that waits is shown as running, whatever the state says of Harvest."""
        if state["clicks"] or self.unsent[1:]:
            return
        running = state["running"]
        if running is None:
            self.shown = None
        elif running["item"]:
            named = {"entry_id": running["entry_id"], "timer_started_at": running["started_at"]}
            self.shown = Shown(running["item"]["id"], named)
