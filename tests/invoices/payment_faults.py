"""Payments pushed through faults: lost answers, resets, errors, doubles, payments by hand, kills of web and worker.

What Harvest holds in the end is counted payment by payment: each external id stands there once, or a person was told.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from harvest_bridge.console.supervisor import ManagedProcess, ProcessDied
from harvest_bridge.sandbox.journal import Journal
from harvest_bridge.sandbox.records import Invoice, LineItem
from harvest_bridge.sandbox.records import Payment as HarvestPayment
from harvest_bridge.sandbox.sums import due_of, paid_of, sums_of
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.processes import Bridge, running_bridge
from tests.timer_widget.fault_harness import link

START = {"INVOICES_QUIET_SECONDS": "3", "HARVEST_REQUESTS_PER_WINDOW": "1000000", "HARVEST_TIMEOUT_SECONDS": "5"}
PAYMENTS = "/v2/invoices/*/payments*"
KINDS: list[dict[str, Any]] = [
    {"kind": "lost_answer", "method": "POST", "path": PAYMENTS},
    {"kind": "reset", "method": "POST", "path": PAYMENTS},
    {"kind": "cut_body", "method": "POST", "path": PAYMENTS},
    {"kind": "truncated_json", "method": "POST", "path": PAYMENTS},
    {"kind": "status", "method": "POST", "path": PAYMENTS, "status": 500},
    {"kind": "status", "method": "GET", "path": "/v2/invoices/*", "status": 503},
    {"kind": "html_error", "path": "/v2/invoices/*"},
    {"kind": "latency", "path": PAYMENTS, "seconds": 0.5},
    {"kind": "latency", "method": "POST", "path": PAYMENTS, "seconds": 6},  # after the bridge has given up
]
# About one request in six.
_PENDING_FAULTS, _WITHIN = 5, 60
_A_PUSH = Decimal("1.25")
_PUSHES_OF_AN_INVOICE = 20
_LONGEST_SECONDS = 600.0


@dataclass
class Outcome:
    """What Harvest and the bridge hold once everything has settled."""

    pushes: int
    requests: int = 0
    faults: int = 0
    kills: int = 0
    by_hand: int = 0
    mails: int = 0
    recorded: Counter[str] = field(default_factory=Counter)
    to_a_person: set[str] = field(default_factory=set)
    wanted: set[str] = field(default_factory=set)
    uneven: int = 0
    hledger: str = ""
    minutes: int = 0

    @property
    def is_wrong(self) -> bool:
        return bool(self.doubled or self.lost or self.mails or self.uneven or self.hledger != "hold")

    @property
    def doubled(self) -> list[str]:
        return [name for name, count in self.recorded.items() if count > 1]

    @property
    def lost(self) -> set[str]:
        return self.wanted - set(self.recorded) - self.to_a_person


@dataclass
class Run:
    bridge: Bridge
    sandbox: RunningSandbox
    outcome: Outcome
    random: random.Random
    tenant: str
    account: str = ""
    invoices: list[Invoice] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    calm: threading.Event = field(default_factory=threading.Event)

    def push_all(self, clients: int) -> None:
        jobs = [
            (invoice, f"pi_{number}_{place}")
            for number, invoice in enumerate(self.invoices)
            for place in range(_PUSHES_OF_AN_INVOICE)
        ][: self.outcome.pushes]
        self.outcome.wanted = {name for _, name in jobs}
        self.random.shuffle(jobs)
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(lambda job: self.push(*job), jobs))

    def push(self, invoice: Invoice, name: str) -> None:
        """As a host does: until it has an answer; a third of them twice, beside each other."""
        if random.random() < 0.33:
            beside = threading.Thread(target=self._until_taken, args=(invoice, name))
            beside.start()
            self._until_taken(invoice, name)
            beside.join()
        else:
            self._until_taken(invoice, name)

    def _until_taken(self, invoice: Invoice, name: str) -> None:
        body = {"external_id": name, "amount": str(_A_PUSH), "currency": invoice.currency}
        path = f"/invoices/{invoice.id}/payments"
        until = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                self.outcome.requests += 1
                answer = self.bridge.api.post(path, json=body, params={"integrated_account_id": self.account})
                if answer.status_code in (200, 201, 202):
                    return
                if answer.status_code < 500 and answer.status_code not in (401, 409, 429):
                    raise AssertionError(f"{answer.status_code} {answer.text}")
            time.sleep(0.2)
        raise AssertionError(f"{name}: was never taken")

    def spoil(self) -> None:
        """Now and then the next request of some kind goes wrong, or somebody pays by hand."""
        while not self.is_over.wait(0.03):
            if self.calm.is_set():
                continue
            if len(self.sandbox.world.faults.pending()) < _PENDING_FAULTS:
                self.sandbox.fault(**self.random.choice(KINDS), after=self.random.randrange(_WITHIN))
            if self.random.random() < 0.1:
                self.pay_by_hand(self.random.choice(self.invoices))

    def pay_by_hand(self, invoice: Invoice) -> None:
        """Another amount than ours, so that nobody need wonder."""
        with self.sandbox.world.lock:
            now = self.sandbox.world.clock.stamp()
            number = self.sandbox.account.ids.next("invoice_payments")
            times = {"created_at": now, "updated_at": now, "paid_at": now, "paid_date": now.date()}
            who = {"recorded_by": "Alice", "recorded_by_email": "alice@example.com"}
            invoice.payments.insert(0, HarvestPayment(id=number, amount=Decimal("0.75"), **times, **who))
        self.outcome.by_hand += 1

    def kill_now_and_then(self, pushing: Future[None], every: int) -> None:
        """After so many requests to Harvest, about; in the main thread, as its child would end with another.

        Whoever was killed serves again before the next one goes, so that there is always somebody to push to.
        """
        next_kill = len(self.sandbox.requests()) + every
        while not pushing.done():
            if (received := len(self.sandbox.requests())) >= next_kill:
                self.kill(self.random.choice([self.bridge.worker, self.bridge.web]))
                next_kill = received + self.random.randrange(every // 2, every * 2)
            time.sleep(0.02)

    def kill(self, process: ManagedProcess) -> None:
        """By kill -9. One that cannot start yet, since its port is not free, is started again."""
        process.kill()
        self.outcome.kills += 1
        while True:
            process.start()
            with suppress(TimeoutError, ProcessDied):
                return process.wait_until_ready(timeout=300)
            time.sleep(0.5)

    def settle(self) -> None:
        """Without further faults, until nothing waits."""
        self.calm.set()
        self.sandbox.clear_faults()
        until = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < until:
            waiting = sum(self._waiting(invoice) for invoice in self.invoices)
            if not waiting:
                return
            time.sleep(0.5)
        raise AssertionError("payments wait for ever")

    def settle_one(self, invoice: Invoice) -> None:
        while self._waiting(invoice):
            time.sleep(0.05)

    def until_worker_is_gone(self) -> None:
        while self.bridge.worker.is_alive:
            time.sleep(0.05)

    def _waiting(self, invoice: Invoice) -> int:
        rows = self.rows_of(invoice)
        self.outcome.to_a_person |= {row["external_id"] for row in rows if row["status"] in ("doubtful", "refused")}
        return sum(row["status"] in ("pending", "deleting") for row in rows)

    def rows_of(self, invoice: Invoice) -> list[dict[str, Any]]:
        path = f"/invoices/{invoice.id}/payments"
        answer = self.bridge.api.get(path, params={"integrated_account_id": self.account})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["result"]
        return found

    def count(self) -> None:
        """In Harvest, by what stands in the notes; every invoice even to the cent."""
        for invoice in self.invoices:
            for payment in invoice.payments:
                words = (payment.notes or "").split(" · ")
                if len(words) > 1:
                    self.outcome.recorded[words[1]] += 1
            self.outcome.uneven += sums_of(invoice).amount - paid_of(invoice) != due_of(invoice)
        self.outcome.faults = sum(one.fault is not None for one in self.sandbox.requests())
        self.outcome.mails = len(list(self.sandbox.world.outbox))

    def journal(self) -> str:
        """For hledger: every payment of Harvest, and what the bridge says it recorded as balance assertions."""
        lines = []
        for invoice in self.invoices:
            ours = [row for row in self.rows_of(invoice) if row["status"] == "recorded"]
            for payment in invoice.payments:
                side = "bridge" if payment.notes else "hand"
                lines += [
                    f"2026-11-29 payment {payment.id}",
                    f"    paid:{side}:{invoice.id}  {payment.amount} {invoice.currency}",
                    "    bank",
                    "",
                ]
            total = sum((Decimal(row["amount"]) for row in ours), Decimal(0))
            lines += [
                "2026-11-30 what the bridge recorded",
                f"    paid:bridge:{invoice.id}  0 {invoice.currency} = {total} {invoice.currency}",
                "    bank",
                "",
            ]
        return "\n".join(lines)


@contextmanager
def running(folder: Path, pushes: int, *, seed: int = 1, database_url: str = "") -> Iterator[Run]:
    with (
        running_sandbox(entries=50) as sandbox,
        running_bridge(folder, harvest_url=sandbox.url, with_worker=True, database_url=database_url, **START) as bridge,
    ):
        sandbox.world.journal = Journal(size=1_000_000)
        sandbox.switch(requests_per_window=1_000_000)
        run = Run(bridge, sandbox, Outcome(pushes), random.Random(seed), uuid.uuid4().hex)
        link(bridge, sandbox, run.tenant, "alice", is_account=True)
        listed = bridge.api.get("/integrated-account", params={"tenant_id": run.tenant}).json()["result"]
        run.account = listed[0]["id"]
        run.invoices = [invoice_of(sandbox) for _ in range(-(-pushes // _PUSHES_OF_AN_INVOICE))]
        yield run


def carry_out(run: Run, *, clients: int = 8, kill_every: int = 300) -> Outcome:
    spoiling = threading.Thread(target=run.spoil)
    spoiling.start()
    try:
        with ThreadPoolExecutor(1) as pool:
            pushing = pool.submit(run.push_all, clients)
            run.kill_now_and_then(pushing, kill_every)
        pushing.result()
        run.settle()
    finally:
        run.is_over.set()
        spoiling.join()
    run.count()
    return run.outcome


def invoice_of(sandbox: RunningSandbox) -> Invoice:
    """Open, and large enough for everything."""
    account = sandbox.account
    with sandbox.world.lock:
        like = next(one for one in account.invoices if one.state == "open")
        now = sandbox.world.clock.stamp()
        line = LineItem(
            id=sandbox.world.ids.next("invoice_line_items"),
            kind="Service",
            description="Work",
            quantity=Decimal(1),
            unit_price=Decimal(100_000),
        )
        invoice = Invoice(
            id=account.ids.next("invoices"),
            created_at=now,
            updated_at=now,
            client=like.client,
            client_key=uuid.uuid4().hex,
            creator=like.creator,
            number=uuid.uuid4().hex[:8],
            currency=like.currency,
            issue_date=now.date(),
            due_date=now.date(),
            state="open",
            sent_at=now,
            line_items=[line],
        )
        account.invoices.add(invoice)
    return invoice
