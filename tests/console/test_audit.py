"""Invariant 35: what operators do, and each secret that they see, leaves a row that outlives everybody."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.db.models import ProtectedError
from django.test import Client

from harvest_bridge.connections.models import Connection, ConnectionEvent
from harvest_bridge.console.audit.models import AppendOnly
from harvest_bridge.console.models import AuditEntry
from harvest_bridge.hosts.models import ApiKey
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.unified.identities.models import Identity

from .operators import PASS_PHRASE, signed_in, staff, superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(db: None) -> User:
    return superuser()


@pytest.fixture
def browser(root: User) -> Client:
    return signed_in(root)


def told(by: User) -> str:
    return "\n".join(f"{row.action} | {row.detail}" for row in AuditEntry.objects.filter(actor=by.username))


def test_an_operator_cannot_be_removed_with_what_they_did(root: User, browser: Client, board: NewHostApp) -> None:
    browser.post(f"/admin/hosts/hostapp/{board.host_app.pk}/issue-api-key/", {"scopes": ["harvest"]})
    for rows in (User.objects.filter(pk=root.pk), LogEntry.objects.all()):
        with pytest.raises(ProtectedError), transaction.atomic():
            rows.delete()
    assert "Issued the API key" in told(root)


@pytest.mark.parametrize("how", ["save", "delete", "update", "delete of many"])
def test_an_audit_row_is_neither_changed_nor_removed(browser: Client, how: str) -> None:
    row = AuditEntry.objects.all()[0]
    row.actor = "somebody else"
    attempts = {
        "save": row.save,
        "delete": row.delete,
        "update": lambda: AuditEntry.objects.update(actor="x"),
        "delete of many": lambda: AuditEntry.objects.all().delete(),
    }
    with pytest.raises(AppendOnly):
        attempts[how]()


def test_the_admin_shows_the_audit_and_has_no_way_to_change_it(browser: Client) -> None:
    row = AuditEntry.objects.all()[0]
    page = f"/admin/console/auditentry/{row.pk}"
    assert "signed in" in browser.get("/admin/console/auditentry/").content.decode()
    assert 'name="_save"' not in browser.get(f"{page}/change/").content.decode()
    assert browser.post(f"{page}/change/", {"actor": "x"}).status_code == 403
    assert browser.post(f"{page}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("action", ["refresh-now", "test-call", "relink-address", "disconnect"])
def test_every_action_on_a_connection_is_told(root: User, browser: Client, alices: Connection, action: str) -> None:
    browser.post(f"/admin/connections/connection/{alices.pk}/{action}/")
    name = action.replace("-", "_")
    assert f"asked: admin:connections_connection_{name} | object_id={alices.pk}" in told(root)


def test_what_was_asked_is_told_even_where_it_was_refused(board: NewHostApp) -> None:
    small = staff("small", "hosts.view_hostapp")
    signed_in(small).post(f"/admin/hosts/hostapp/{board.host_app.pk}/issue-api-key/", {"scopes": ["harvest"]})
    assert "asked: admin:hosts_hostapp_issue_api_key" in told(small)


def test_decisions_about_people_are_told_without_their_names(root: User, browser: Client, alices: Connection) -> None:
    person = Identity.objects.create(connection=alices, external_id="u-1", name="Carmen Ruiz", email="c@example.com")
    asked = {"ids": [str(person.pk)], "decision": "override", "harvest_user_id": None}
    browser.post("/admin/unified/identity/decide/", json.dumps(asked), content_type="application/json")
    assert "Decided: override" in told(root)
    browser.post(f"/admin/unified/identity/{person.pk}/delete/", {"post": "yes"})
    assert "deleted" in told(root)
    assert "Carmen" not in told(root)
    assert not LogEntry.objects.filter(object_repr__contains="Carmen").exists()


def test_a_key_is_told_whoever_issues_it(root: User, browser: Client, board: NewHostApp) -> None:
    browser.post(f"/admin/hosts/hostapp/{board.host_app.pk}/issue-widget-key/")
    assert "issued a key" in told(root)
    call_command("createhost", "--name", "Other", "--origin", "https://other.example", stdout=StringIO())
    row = AuditEntry.objects.filter(action="issued a key", object_id=str(ApiKey.objects.latest("pk").pk)).get()
    assert "run by" in row.actor


def test_sign_in_and_seeing_recovery_codes_are_told(root: User) -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": root.username, "password": PASS_PHRASE})
    Authenticator.objects.create(user=root, type="totp", data={"secret": "x"})
    Authenticator.objects.create(user=root, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    browser.get("/accounts/2fa/recovery-codes/")
    browser.post("/accounts/logout/")
    for action in ("signed in", "saw: mfa_view_recovery_codes", "signed out"):
        assert action in told(root)


def test_no_secret_reaches_the_audit(root: User, browser: Client, board: NewHostApp) -> None:
    form = {"old_password": PASS_PHRASE, "new_password1": "canary pass phrase", "new_password2": "canary pass phrase"}
    browser.post("/admin/password_change/", form)
    page = browser.post(f"/admin/hosts/hostapp/{board.host_app.pk}/issue-widget-key/").content.decode()
    assert "hb_widget_" in page
    everything = str(list(AuditEntry.objects.values()))
    assert "canary" not in everything
    assert "hb_widget_" not in everything


def test_a_connections_history_outlives_it(browser: Client, alices: Connection) -> None:
    alices.host_app.delete()
    assert not Connection.objects.exists()
    assert ConnectionEvent.objects.filter(connection_id=alices.pk, what="linked").exists()
    assert str(alices.pk) in browser.get("/admin/connections/connectionevent/").content.decode()
    row = ConnectionEvent.objects.all()[0]
    assert browser.get(f"/admin/connections/connectionevent/{row.pk}/change/").status_code == 200
