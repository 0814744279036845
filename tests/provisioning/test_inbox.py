"""Won deals straight from a CRM's own webhook bodies, with made-up values."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.provisioning.crm import inbox, templates
from harvest_bridge.provisioning.models import InboxEvent, Run, RunStatus, Template
from harvest_bridge.webhooks.models import Event

from .agency import Agency

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "the secret of the CRM's app"
CONTENT = {
    "client": {"name": "{{company}}", "external_id": "{{company_id|}}"},
    "project": {"name": "{{name}}", "notes": "Sold for {{amount}} {{currency|USD}}"},
    "tasks": [{"name": "Design"}],
    "people": [{"role": "Design"}],
    "rules": [
        {
            "when": {"field": "amount", "above": 10000},
            "set": {"project.is_fixed_fee": True, "project.fee": "{{amount}}"},
        }
    ],
}
HUBSPOT = {
    "objectId": 901,
    "properties": {
        "dealname": {"value": "Web shop"},
        "amount": {"value": "24000"},
        "dealstage": {"value": "closedwon"},
    },
    "associatedCompany": {"company-id": 77, "properties": {"name": {"value": "Aurora Foods"}}},
}
PIPEDRIVE = {
    "data": {
        "id": 901,
        "title": "Web shop",
        "value": 24000,
        "currency": "EUR",
        "status": "won",
        "org_id": 77,
        "org_name": "Aurora Foods",
    },
    "previous": {"status": "open"},
    "meta": {
        "action": "change",
        "entity": "deal",
        "entity_id": 901,
        "webhook_id": 5,
        "timestamp": "2026-11-24T09:00:00Z",
        "version": "2.0",
    },
}
SALESFORCE = {
    "Id": "006Ab0000001",
    "Name": "Web shop",
    "StageName": "Closed Won",
    "IsWon": True,
    "Amount": 24000.0,
    "CurrencyIsoCode": "EUR",
    "AccountId": "001Ab77",
    "Account": {"Name": "Aurora Foods"},
    "SystemModstamp": "2026-11-24T09:00:00.000+0000",
}
ZAPIER = {
    "event_id": "z-1",
    "deal_id": 901,
    "deal_name": "Web shop",
    "company": "Aurora Foods",
    "amount": 24000,
    "status": "Won",
}
BODIES: dict[str, Any] = {"hubspot": HUBSPOT, "pipedrive": PIPEDRIVE, "salesforce": SALESFORCE, "zapier": ZAPIER}


def a_template(agency: Agency, board: NewHostApp, crm: str) -> Template:
    row = Template(host_app=board.host_app, name=crm, crm=crm, connection=agency.connection, content=CONTENT)
    return templates.save(row, changed_by="operator: ida", secret=SECRET)


def post(template: Template, body: Any, **headers: str) -> Any:
    given = headers or {"X-Inbox-Secret": SECRET}
    path = f"/provisioning/inbox/{template.pk}"
    return Client().post(path, json.dumps(body), content_type="application/json", headers=given)


def work() -> list[Any]:
    for minutes in range(8):  # on a busy machine a mapping may not end in its time, and is tried again
        inbox.work_on_due(now=timezone.now() + timedelta(minutes=10 * minutes))
    assert not InboxEvent.objects.filter(status="pending").exists()
    return [row.outcome for row in InboxEvent.objects.order_by("pk")]


@pytest.mark.parametrize("crm", BODIES)
def test_a_crms_own_body_becomes_a_project(agency: Agency, board: NewHostApp, crm: str) -> None:
    template = a_template(agency, board, crm)
    assert post(template, BODIES[crm]).status_code == 202
    assert post(template, BODIES[crm]).status_code == 202
    work()
    agency.work()
    [run] = Run.objects.all()
    assert run.status == RunStatus.COMPLETED, (run.error, InboxEvent.objects.first().outcome)
    with agency.sandbox.world.lock:
        [project] = [one for one in agency.sandbox.account.projects if one.name == "Web shop"]
        assert (project.client.name, project.is_fixed_fee, float(project.fee)) == ("Aurora Foods", True, 24000.0)


def test_a_body_without_signature_or_secret_is_refused(agency: Agency, board: NewHostApp) -> None:
    template = a_template(agency, board, "hubspot")
    assert post(template, HUBSPOT, **{"X-Inbox-Secret": "guessed"}).status_code == 401
    assert not InboxEvent.objects.exists()


def test_hubspots_signature_is_checked_and_an_old_one_is_refused(
    agency: Agency, board: NewHostApp, settings: Any
) -> None:
    template = a_template(agency, board, "hubspot")

    def signed(moment: int, body: str) -> dict[str, str]:
        text = f"POST{settings.PUBLIC_URL.rstrip('/')}/provisioning/inbox/{template.pk}{body}{moment}"
        digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
        given = base64.b64encode(digest).decode()
        return {"X-HubSpot-Signature-v3": given, "X-HubSpot-Request-Timestamp": str(moment)}

    now = int(time.time() * 1000)
    assert post(template, HUBSPOT, **signed(now, json.dumps(HUBSPOT))).status_code == 202
    assert post(template, HUBSPOT, **signed(now - 400_000, json.dumps(HUBSPOT))).status_code == 401
    assert post(template, HUBSPOT, **signed(now, "{}")).status_code == 401


def test_a_deal_that_is_reopened_is_not_begun_and_won_again_is_the_same_run(agency: Agency, board: NewHostApp) -> None:
    template = a_template(agency, board, "zapier")
    for number, status in enumerate(("won", "open", "won")):
        body = {**ZAPIER, "event_id": f"z-{number}", "status": status}
        assert post(template, body).status_code == 202
        work()
        if status == "open":
            assert Run.objects.get().status == RunStatus.CANCELLED
    agency.work()
    assert Run.objects.get().status == RunStatus.COMPLETED
    assert agency.names("clients").count("Aurora Foods") == 1


@pytest.mark.parametrize("named", [{}, {"event_id": "z-again"}], ids=["without ids", "with the same id"])
@pytest.mark.parametrize("is_worked_on_between", [True, False])
def test_a_body_that_comes_again_after_another_is_the_deal_won_again_unless_its_event_is_the_same(
    agency: Agency, board: NewHostApp, named: dict[str, str], is_worked_on_between: bool
) -> None:
    template = a_template(agency, board, "zapier")
    won = {name: value for name, value in ZAPIER.items() if name not in ("event_id", "occurred_at")} | named
    opened = {**won, "status": "open", "event_id": "z-open"}
    for body in (won, won, opened, won):
        assert post(template, body).status_code == 202
        if is_worked_on_between:
            work()
    work()
    assert Run.objects.get().status == (RunStatus.CANCELLED if named else RunStatus.QUEUED)


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"a": NaN}', r'{"deal_id": "\u0000"}', r'{"a": "\ud800"}', "", "5", '{"a": 1e999}', "\xff"]
)
def test_a_body_that_cannot_be_kept_is_refused(agency: Agency, board: NewHostApp, body: str) -> None:
    template = a_template(agency, board, "zapier")
    path, headers = f"/provisioning/inbox/{template.pk}", {"X-Inbox-Secret": SECRET}
    answer = Client().post(path, body.encode("latin-1"), content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("moment", ["9" * 5000, "9" * 400, "-5", "½"])
def test_a_moment_that_is_none_is_refused(agency: Agency, board: NewHostApp, moment: str) -> None:
    template = a_template(agency, board, "hubspot")
    headers = {"X-HubSpot-Signature-v3": "x", "X-HubSpot-Request-Timestamp": moment}
    assert post(template, HUBSPOT, **headers).status_code == 401


def test_the_survivor_of_two_merged_deals_keeps_the_run_that_is_there(agency: Agency, board: NewHostApp) -> None:
    template = a_template(agency, board, "zapier")
    post(template, ZAPIER)
    work()
    agency.work()
    post(template, {**ZAPIER, "event_id": "z-2", "deal_id": 902, "merged": [901]})
    assert work()[-1][0]["did"] == "kept"
    assert Run.objects.count() == 1


def test_deals_of_two_crms_with_the_same_number_are_two(agency: Agency, board: NewHostApp) -> None:
    zapier, pipedrive = (a_template(agency, board, crm) for crm in ("zapier", "pipedrive"))
    post(zapier, ZAPIER)
    post(pipedrive, {**PIPEDRIVE, "data": {**PIPEDRIVE["data"], "title": "Another", "org_name": "Borealis Ltd"}})
    work()
    names = dict(Run.objects.values_list("client_name", "external_id"))
    assert names == {"Aurora Foods": "901", "Borealis Ltd": f"pipedrive-{str(pipedrive.pk)[:8]}:901"}


STAGE, NAME, AMOUNT = (
    {"eventId": number, "occurredAt": 1_764_000_000_000 + number, "subscriptionType": "deal.propertyChange"}
    | {"objectId": 920, "propertyName": name, "propertyValue": value}
    for number, (name, value) in enumerate(
        [("dealstage", "closedwon"), ("dealname", "Stage first"), ("amount", "25000")]
    )
)


def of_named_client(agency: Agency, board: NewHostApp) -> Template:
    """Subscriptions of HubSpot tell nothing of the company."""
    template = a_template(agency, board, "hubspot")
    content = {**CONTENT, "client": {"name": "Aurora Foods"}, "project": {"name": "{{name}}", "notes": "{{amount|?}}"}}
    template.content = content
    return templates.save(template, changed_by="operator: ida")


@pytest.mark.parametrize(
    "bodies", [[[STAGE, AMOUNT, NAME]], [[STAGE], [NAME], [AMOUNT]], [[NAME, STAGE], [AMOUNT]]], ids=str
)
def test_a_deal_is_made_of_all_that_is_told_of_it_in_whatever_order(
    agency: Agency, board: NewHostApp, bodies: list[list[Any]]
) -> None:
    template = of_named_client(agency, board)
    for body in bodies:
        assert post(template, body, **{"X-Inbox-Secret": SECRET}).status_code == 202
        work()
    [run] = Run.objects.all()
    assert (run.external_id, run.status, run.wanted["project"]["notes"]) == ("920", RunStatus.QUEUED, "25000")
    assert not InboxEvent.objects.filter(status="failed").exists()


def test_of_several_deals_in_a_body_one_that_fails_holds_up_no_other(agency: Agency, board: NewHostApp) -> None:
    template = of_named_client(agency, board)
    nameless = {**STAGE, "objectId": 919, "eventId": 90, "occurredAt": STAGE["occurredAt"] - 5}
    post(template, [nameless, STAGE, NAME], **{"X-Inbox-Secret": SECRET})
    work()
    assert [run.external_id for run in Run.objects.all()] == ["920"]
    assert InboxEvent.objects.get().outcome[0]["deal"] == "919"


def test_what_is_told_of_a_deal_after_its_run_is_proposed(agency: Agency, board: NewHostApp) -> None:
    template = of_named_client(agency, board)
    post(template, [NAME, STAGE], **{"X-Inbox-Secret": SECRET})
    work()
    agency.work()
    post(template, [AMOUNT], **{"X-Inbox-Secret": SECRET})
    assert [one["did"] for one in work()[-1]] == ["noted", "kept"]
    run = Run.objects.get()
    assert (run.status, run.proposal["wanted"]["project"]["notes"]) == (RunStatus.COMPLETED, "25000")


def test_what_a_deal_lacks_is_named(agency: Agency, board: NewHostApp) -> None:
    template = a_template(agency, board, "zapier")
    post(template, {"deal_id": 5, "deal_name": "Web shop", "status": "won"})
    [outcome] = work()
    assert outcome[0]["code"] == "placeholder_missing"
    assert "client.name" in outcome[0]["why"]


def test_a_deal_that_its_template_cannot_carry_is_told_and_needs_somebody_until_it_is_tried_again(
    agency: Agency, board: NewHostApp, client: Client, admin_user: User
) -> None:
    template = a_template(agency, board, "zapier")
    post(template, {**ZAPIER, "deal_name": "n" * 400})
    [[outcome]] = work()
    assert (outcome["did"], outcome["code"]) == ("failed", "invalid_request")
    assert outcome["why"].startswith("project.name: ")
    assert "ErrorDetail" not in outcome["why"]
    [told] = Event.objects.filter(type="provisioning.blocked")
    assert told.data["external_id"] == "901"
    assert told.data["error"]["field"] == "project.name"
    client.force_login(admin_user)
    assert "1 event of a CRM was not taken" in client.get("/admin/").content.decode()
    row = InboxEvent.objects.get()
    Template.objects.update(content={**CONTENT, "project": {"name": "Made of {{company}}"}})
    client.post(reverse("admin:provisioning_inboxevent_try_again", args=[row.pk]))
    assert work()[0][0]["did"] == "begun"
