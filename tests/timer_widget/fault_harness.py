"""Clicks of several people under faults of one kind, and what Harvest holds in the end, entry by entry.

Each person works through pairs of a start and a stop, on an item of their own for each pair, one after another in the
hours before now. A client sends a click as the loader does: again with the same key until the bridge has taken it.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from harvest_bridge.console.supervisor import ManagedProcess, ProcessDied
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge

# Two hundredths of an hour, or a minute of the clock with one of them: what Harvest itself cannot tell apart.
TOLERANCE_SECONDS = 75.0
_LONGEST_SECONDS = 300.0
_KILLED_EACH_TURN = 0.03  # every second or two

FAULTS: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "500 to writes": [{"kind": "status", "method": "P*", "path": "/v2/time_entries*", "status": 500}],
    "503 to everything": [{"kind": "status", "path": "/v2/*", "status": 503}],
    "429": [{"kind": "status", "path": "/v2/*", "status": 429, "retry_after": 1}],
    "connections reset": [{"kind": "reset", "path": "/v2/*"}],
    "done, answer lost": [{"kind": "lost_answer", "method": "P*", "path": "/v2/time_entries*"}],
    "connections reset, writes arrive late": [
        {"kind": "late_arrival", "method": "P*", "path": "/v2/time_entries*", "seconds": 6.0}
    ],
    "answers cut": [{"kind": kind, "path": "/v2/*"} for kind in ("truncated_json", "cut_body")],
    "time-outs": [{"kind": "latency", "path": "/v2/*", "seconds": 3.0}],
    "clicks sent twice": [],
    "pages reloaded, answers unread": [],
    "browsers offline": [],
}
KILLS: dict[str, list[dict[str, Any]]] = {
    "kill -9 of the web process": [],
    "kill -9 of the worker, answers lost": [*FAULTS["500 to writes"], *FAULTS["done, answer lost"]],
    "kill -9 of both, everything above": [
        *FAULTS["503 to everything"],
        *FAULTS["done, answer lost"],
        *FAULTS["connections reset"],
        *FAULTS["429"],
    ],
}
# What the browser and its network do to clicks, as a share of them.
_SENT_TWICE = {"clicks sent twice": 0.5, "kill -9 of both, everything above": 0.2}
_UNREAD = {"pages reloaded, answers unread": 0.4, "kill -9 of both, everything above": 0.2}
_OFFLINE = {"browsers offline": 0.5, "kill -9 of both, everything above": 0.2}
_READS_FOR_SECONDS = 0.02  # a page that is left reads no answer


Kill = Callable[[Bridge, str], None]


@dataclass
class Sent:
    """One click: when it was sent first, and when it was told as done; units: seconds of one clock."""

    path: str
    body: dict[str, Any]
    began: float
    done: float | None = None
    was_pending: bool = False


@dataclass
class Outcome:
    """A row of the table. `worst_seconds` is of all clicks the longest from sending to done."""

    faults: str
    operations: int = 0
    told_done: int = 0
    told_pending: int = 0
    right: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)
    worst_seconds: float = 0.0


class Clicker:
    """One person's page."""

    def __init__(self, bridge: Bridge, who: str, tenant: str, pick: dict[str, int]) -> None:
        self.bridge, self.who, self.tenant, self.pick = bridge, who, tenant, pick
        self.client_id, self.counter = f"client-{tenant[:8]}-{who}", 0
        self.http = httpx.Client(base_url=bridge.url, trust_env=False, timeout=40)
        self.token = ""
        self.sent: list[Sent] = []
        self.unsent: list[Sent] = []
        self.faults, self.chance = "none", random.Random(1)

    def press(self, path: str, at: datetime, **asked: Any) -> Sent:
        """Sent at once, or kept while the browser is offline."""
        self.counter += 1
        body = {"idempotency_key": f"{self.client_id}.{self.counter}", "clicked_at": at.isoformat(), **asked}
        sent = Sent(path, body, time.monotonic())
        self.sent.append(sent)
        self.unsent.append(sent)
        if not self._meets(_OFFLINE):
            self.deliver()
        return sent

    def deliver(self) -> None:
        """What is kept, in order, each again until the bridge has taken it."""
        for sent in self.unsent:
            sent.began = time.monotonic()
            if self._meets(_UNREAD):
                self._leave_unread(sent)
            if self._meets(_SENT_TWICE):
                twin = threading.Thread(target=self._post, args=[sent])
                twin.start()
            while not self.try_once(sent):
                time.sleep(0.2)
        self.unsent = []

    def try_once(self, sent: Sent) -> bool:
        """Whether the bridge has taken it."""
        try:
            answer = self.http.post(sent.path, json=sent.body, headers={"Authorization": f"Bearer {self.session()}"})
        except httpx.HTTPError:
            return False
        if answer.status_code in (401, 429) or answer.status_code >= 500:
            self.token = "" if answer.status_code == 401 else self.token
            time.sleep(float(answer.headers.get("Retry-After", 0)))
            return False
        assert answer.status_code in (200, 201, 202), answer.text
        if answer.status_code == 202:
            sent.was_pending = True
        elif sent.done is None:
            sent.done = time.monotonic()
        return True

    def wait_until_done(self) -> None:
        waiting = [sent for sent in self.sent if sent.done is None]
        deadline = time.monotonic() + _LONGEST_SECONDS
        while waiting and time.monotonic() < deadline:
            for sent in waiting[:1]:
                self.try_once(sent)
            waiting = [sent for sent in waiting if sent.done is None]
            time.sleep(0.1)

    def _meets(self, shares: dict[str, float]) -> bool:
        return self.chance.random() < shares.get(self.faults, 0.0)

    def _leave_unread(self, sent: Sent) -> None:
        """The page is gone before the answer; the one after it has a session of its own."""
        self._post(sent, timeout=_READS_FOR_SECONDS)
        self.token = ""

    def _post(self, sent: Sent, *, timeout: float = 40) -> None:
        """On a connection of its own; nobody reads what is answered, or hears that nobody does."""
        with suppress(httpx.HTTPError):
            headers = {"Authorization": f"Bearer {self.session()}"}
            url = f"{self.bridge.url}{sent.path}"
            httpx.post(url, json=sent.body, headers=headers, timeout=timeout, trust_env=False)

    def session(self) -> str:
        if not self.token:
            given = {"token": self.bridge.widget_token(sub=self.who, tenant_id=self.tenant)}
            asked = given | {"origin": self.bridge.host_origin}
            self.token = self.http.post("/timer/session", json=asked).json()["session"]
        return self.token


@dataclass(frozen=True)
class Worked:
    """A pair that was clicked, and how long it was meant to be."""

    item_id: str
    seconds: float


def work(clicker: Clicker, pairs: int, mark: str, chance: random.Random) -> list[Worked]:
    """Start and stop, again and again, at moments of the last three days; each stop names its start."""
    at, worked = datetime.now(UTC) - timedelta(hours=60), []
    for number in range(pairs):
        at += timedelta(minutes=chance.uniform(2, 6))
        length = timedelta(minutes=chance.uniform(2, 20))
        item = {"id": f"{mark}-{clicker.who}-{number}", "group_id": "faults"}
        start = clicker.press("/timer/start", at, item=item, notes="", **clicker.pick)
        at += length
        clicker.press("/timer/stop", at, start_key=start.body["idempotency_key"], item=item)
        worked.append(Worked(item["id"], length.total_seconds()))
    clicker.deliver()
    return worked


def run(
    bridge: Bridge,
    sandbox: RunningSandbox,
    clickers: list[Clicker],
    faults: str,
    *,
    pairs: int,
    seed: int = 1,
    kill: Kill | None = None,
) -> Outcome:
    """`pairs` for each person. `kill` ends a process of the kind that `faults` names, and sees that another runs."""
    outcome, chance = Outcome(faults), random.Random(seed)
    for number, clicker in enumerate(clickers):
        clicker.sent, clicker.faults, clicker.chance = [], faults, random.Random(seed + number)
    mark = f"{faults.replace(' ', '-')}-{seed}"
    with ThreadPoolExecutor(len(clickers)) as pool:
        done = [pool.submit(work, each, pairs, mark, random.Random(seed + n)) for n, each in enumerate(clickers)]
        # In this thread, as what it starts would end with any other.
        while not all(future.done() for future in done):
            _trouble(bridge, sandbox, faults, chance, kill or kill_one)
        worked = [pair for future in done for pair in future.result()]
        sandbox.clear_faults()
        list(pool.map(Clicker.wait_until_done, clickers))
    _count(outcome, sandbox, [sent for clicker in clickers for sent in clicker.sent], worked)
    return outcome


def _trouble(bridge: Bridge, sandbox: RunningSandbox, faults: str, chance: random.Random, kill: Kill) -> None:
    """About every third call meets a fault; or a process is killed every few seconds."""
    if len(sandbox.world.faults.pending()) < 3:
        for fault in (FAULTS | KILLS)[faults]:
            sandbox.fault(**fault, after=chance.randrange(5))
    if faults in KILLS and chance.random() < _KILLED_EACH_TURN:
        kill(bridge, faults)
    time.sleep(0.05)


def kill_one(bridge: Bridge, faults: str) -> None:
    """One that cannot start, since its port is not free yet, is started again."""
    process = random.choice([bridge.web, bridge.worker]) if "both" in faults else _named_in(bridge, faults)
    process.kill()
    while True:
        process.start()
        with suppress(TimeoutError, ProcessDied):
            return process.wait_until_ready(timeout=300)
        time.sleep(0.5)


def _named_in(bridge: Bridge, faults: str) -> ManagedProcess:
    return bridge.web if "web" in faults else bridge.worker


def _count(outcome: Outcome, sandbox: RunningSandbox, sent: list[Sent], worked: list[Worked]) -> None:
    outcome.operations = len(sent)
    outcome.told_pending = sum(each.was_pending for each in sent)
    outcome.told_done = sum(each.done is not None and not each.was_pending for each in sent)
    outcome.worst_seconds = max((each.done or float("inf")) - each.began for each in sent)
    for pair in worked:
        entries = sandbox.entries_on(pair.item_id)
        if not entries:
            outcome.lost += 1
        elif len(entries) > 1:
            outcome.doubled += 1
        elif entries[0].is_running or abs(float(entries[0].hours) * 3600 - pair.seconds) > TOLERANCE_SECONDS:
            outcome.wrong.append(f"{pair.item_id}: {float(entries[0].hours) * 3600:.0f} s, not {pair.seconds:.0f}")
        else:
            outcome.right += 1


@contextmanager
def clickers_of(
    bridge: Bridge, sandbox: RunningSandbox, people: list[str], tenant: str, link: Callable[[str], None]
) -> Iterator[list[Clicker]]:
    """Linked by `link`, each with a project and a task to track to."""
    with ExitStack() as at_the_end:
        found = []
        for who in people:
            link(who)
            project, task = sandbox.pick(who)
            found.append(Clicker(bridge, who, tenant, {"project_id": project.id, "task_id": task.id}))
            at_the_end.enter_context(found[-1].http)
        yield found


def link(
    bridge: Bridge, sandbox: RunningSandbox, tenant: str, who: str = "carmen", *, is_account: bool = False
) -> None:
    """A person's own Harvest account, or the account for all, by the real flow of real requests."""
    asked = {"tenant_id": tenant} if is_account else {"tenant_id": tenant, "user_id": who}
    text = bridge.api.post("/link-token", json=asked).json()["link_token"]
    with httpx.Client(base_url=bridge.url, trust_env=False, timeout=30) as browser:
        away = browser.get("/connect-account/authorize", params={"link_token": text})
        back = sandbox.consent(away.headers["Location"], who, accounts=[sandbox.account])
        page = browser.get(httpx.URL(back).raw_path.decode(), follow_redirects=True).text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        done = browser.post("/connect-account/account", data=fields | {"account": str(sandbox.account.id)})
        assert done.status_code in (200, 302), done.text
