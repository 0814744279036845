"""A few of the pushes of `make payment-faults`, with real processes that are killed; on each database."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from harvest_bridge.sandbox.records import Invoice
from harvest_bridge.sandbox.sums import due_of

from .payment_faults import Run, carry_out, invoice_of, running

pytestmark = pytest.mark.django_db
_PUSHES = 12


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with running(tmp_path_factory.mktemp("payments"), _PUSHES) as run:
        yield run


@pytest.fixture
def invoice(run: Run) -> Invoice:
    return invoice_of(run.sandbox)


def push(run: Run, invoice: Invoice, external_id: str, *, max_wait: int = 12) -> int:
    body = {"external_id": external_id, "amount": "1.25", "currency": invoice.currency}
    headers = {"Prefer": f"wait={max_wait}"}
    query = {"integrated_account_id": run.account}
    return run.bridge.api.post(f"/invoices/{invoice.id}/payments", json=body, params=query, headers=headers).status_code


def move(run: Run, invoice: Invoice, verb: str) -> httpx.Response:
    return run.bridge.api.post(f"/invoices/{invoice.id}/{verb}", params={"integrated_account_id": run.account})


def test_through_lost_answers_doubles_and_kills_every_payment_stands_in_harvest_once(run: Run) -> None:
    outcome = carry_out(run, clients=4, kill_every=25)
    assert outcome.kills > 0
    assert (outcome.doubled, outcome.lost, outcome.mails, outcome.uneven) == ([], set(), 0, 0)


def test_one_payment_sent_ten_times_at_the_same_moment_stands_in_harvest_once(run: Run, invoice: Invoice) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: push(run, invoice, "pi_of_ten"), range(10)))
    run.settle_one(invoice)
    assert set(answers) <= {200, 201, 202}
    assert answers.count(201) <= 1
    assert len(invoice.payments) == 1


def test_what_a_killed_worker_was_sending_is_taken_over_and_stands_in_harvest_once(run: Run, invoice: Invoice) -> None:
    path = f"/v2/invoices/{invoice.id}"
    run.sandbox.fault("status", path=path, status=503, times=None)
    assert push(run, invoice, "pi_of_a_killed_worker", max_wait=0) == 202
    run.sandbox.meanwhile(lambda: os.kill(run.bridge.worker.pid, signal.SIGKILL), f"{path}/payments", after=1)
    run.sandbox.clear_faults()
    run.until_worker_is_gone()
    run.bridge.worker.start()
    run.settle_one(invoice)
    assert len(invoice.payments) == 1
    assert [row["status"] for row in run.rows_of(invoice)] == ["recorded"]


def test_of_the_same_verb_four_times_at_the_same_moment_one_moves_the_invoice(run: Run) -> None:
    draft = next(one for one in run.sandbox.account.invoices if one.state == "draft")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: move(run, draft, "mark_sent"), range(4)))
    assert [one.status_code for one in answers] == [200] * 4, [one.text for one in answers]
    assert sorted(one.json()["is_changed"] for one in answers) == [False, False, False, True]
    assert len(draft.messages) == 1


def test_an_invoice_is_not_written_off_while_it_is_paid(run: Run, invoice: Invoice) -> None:
    """Whichever comes first: the other finds what that has left."""
    body = {"external_id": "pi_and_close", "amount": f"{due_of(invoice):f}", "currency": invoice.currency}
    path, query = f"/invoices/{invoice.id}/payments", {"integrated_account_id": run.account}
    with ThreadPoolExecutor(2) as pool:
        paying = pool.submit(run.bridge.api.post, path, json=body, params=query, headers={"Prefer": "wait=20"})
        closing = pool.submit(move, run, invoice, "close")
    is_paid = paying.result().status_code == 201
    outcome = (paying.result().status_code, closing.result().status_code, invoice.state, len(invoice.payments))
    assert outcome == ((201, 409, "paid", 1) if is_paid else (422, 200, "closed", 0))
