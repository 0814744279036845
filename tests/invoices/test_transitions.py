"""Sending and state moves, by explicit verbs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.sandbox.records import Invoice
from harvest_bridge.sandbox.testing import RunningSandbox

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
Verb = Callable[..., Any]


@pytest.fixture
def draft(sandbox: RunningSandbox) -> Invoice:
    return next(one for one in sandbox.account.invoices if one.state == "draft")


@pytest.fixture
def verb(api: APIClient, alices: Connection, draft: Invoice) -> Verb:
    def call(name: str, **body: Any) -> Any:
        return api.post(f"/invoices/{draft.id}/{name}?integrated_account_id={alices.pk}", body, format="json")

    return call


def test_the_verbs_move_the_state_and_email_nobody(verb: Verb, draft: Invoice, sandbox: RunningSandbox) -> None:
    states = []
    for name in ("mark_sent", "close", "reopen", "to_draft"):
        answer = verb(name)
        assert (answer.status_code, answer.json()["is_changed"]) == (200, True), answer.content
        states.append((answer.json()["state"], draft.state))
    assert states == [("open", "open"), ("closed", "closed"), ("open", "open"), ("draft", "draft")]
    assert list(sandbox.world.outbox) == []
    assert all(b"event_type" in one.body for one in sandbox.requests("POST") if one.path.endswith("/messages"))


def test_an_invoice_that_is_there_already_is_left_alone(verb: Verb, sandbox: RunningSandbox) -> None:
    verb("mark_sent")
    again = verb("mark_sent").json()
    assert (again["state"], again["is_changed"]) == ("open", False)
    assert len([one for one in sandbox.requests("POST") if one.path.endswith("/messages")]) == 1


def test_an_unsuitable_state_is_named(verb: Verb) -> None:
    answer = verb("close")
    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (
        409,
        "invoice_state_unsuitable",
        "draft",
    )


def test_a_verb_takes_nothing_and_says_so(verb: Verb, draft: Invoice) -> None:
    answer = verb("mark_sent", notify="nobody")
    assert (answer.status_code, answer.json()["code"], draft.state) == (400, "invalid_request", "draft")


def test_a_lost_answer_is_looked_for(verb: Verb, draft: Invoice, sandbox: RunningSandbox) -> None:
    sandbox.fault("lost_answer", method="POST", path="/v2/invoices/*/messages")
    assert verb("mark_sent").json()["state"] == "open"
    assert len(draft.messages) == 1


def test_an_email_goes_to_those_who_are_named_and_to_nobody_else(
    verb: Verb, draft: Invoice, sandbox: RunningSandbox
) -> None:
    answer = verb("send_email", recipients=[{"name": "Nora", "email": "nora@example.com"}], subject="Your invoice")
    assert (answer.status_code, answer.json()["state"]) == (200, "open")
    assert [mail.to for mail in sandbox.world.outbox] == ["nora@example.com"]


@pytest.mark.parametrize("body", [{}, {"recipients": []}, {"recipients": [{"email": "no address"}]}])
def test_without_a_recipient_nothing_is_sent(verb: Verb, sandbox: RunningSandbox, body: dict[str, Any]) -> None:
    answer = verb("send_email", **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert list(sandbox.world.outbox) == []


def test_an_email_of_which_nobody_knows_is_not_sent_again_under_its_key(
    api: APIClient, alices: Connection, draft: Invoice, sandbox: RunningSandbox
) -> None:
    sandbox.fault("reset", method="POST", path="/v2/invoices/*/messages")
    path = f"/invoices/{draft.id}/send_email?integrated_account_id={alices.pk}"
    body, headers = {"recipients": [{"email": "nora@example.com"}]}, {"Idempotency-Key": "k-1"}
    answers = [api.post(path, body, format="json", headers=headers) for _ in range(2)]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(502, "email_outcome_unknown")] * 2
    assert list(sandbox.world.outbox) == []


def test_an_email_whose_answer_was_lost_is_not_sent_again(verb: Verb, sandbox: RunningSandbox) -> None:
    sandbox.fault("lost_answer", method="POST", path="/v2/invoices/*/messages")
    assert verb("send_email", recipients=[{"email": "nora@example.com"}]).status_code == 200
    assert len(list(sandbox.world.outbox)) == 1
    sandbox.fault("reset", method="POST", path="/v2/invoices/*/messages")
    answer = verb("send_email", recipients=[{"email": "nora@example.com"}])
    assert (answer.status_code, answer.json()["code"]) == (502, "email_outcome_unknown")
    assert len(list(sandbox.world.outbox)) == 1
