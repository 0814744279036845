"""Templates in the admin: what an operator types there works for the CRM that posts."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.provisioning.models import Template

from .agency import Agency
from .test_inbox import CONTENT, SECRET, ZAPIER, post

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture
def form(agency: Agency, board: NewHostApp) -> dict[str, Any]:
    """What the browser sends of a filled form."""
    return {
        "name": "Zapier",
        "host_app": str(board.host_app.pk),
        "connection": str(agency.connection.pk),
        "crm": "zapier",
        "is_active": "on",
        "content": json.dumps(CONTENT),
        "sample": json.dumps({"name": "Web shop", "company": "Aurora Foods", "amount": 24000}),
        "mapping": "",
        "secret": SECRET,
        "versions-TOTAL_FORMS": "0",
        "versions-INITIAL_FORMS": "0",
    }


def test_a_secret_that_is_typed_with_a_new_template_is_the_crms_from_then_on(
    client: Client, admin_user: User, form: dict[str, Any]
) -> None:
    client.force_login(admin_user)
    answer = client.post(reverse("admin:provisioning_template_add"), form)
    assert answer.status_code == 302, answer.content.decode()
    template = Template.objects.get()
    assert post(template, ZAPIER).status_code == 202
    assert post(template, ZAPIER, **{"X-Inbox-Secret": "another"}).status_code == 401


def test_each_version_of_a_template_says_who_changed_what(
    client: Client, admin_user: User, form: dict[str, Any]
) -> None:
    client.force_login(admin_user)
    client.post(reverse("admin:provisioning_template_add"), form)
    template = Template.objects.get()
    page = reverse("admin:provisioning_template_change", args=[template.pk])
    changed = json.dumps({**CONTENT, "project": {"name": "{{name}} (won)"}})
    answer = client.post(page, {**form, "secret": "", "content": changed})
    assert answer.status_code == 302, answer.content.decode()
    assert [one.changed_by for one in template.versions.all()] == [f"operator: {admin_user.username}"] * 2
    shown = html.unescape(client.get(page).content.decode())
    assert '+   "name": "{{name}} (won)"' in shown
    assert f"operator: {admin_user.username}" in shown


@pytest.mark.parametrize(
    ("amount", "field", "value"),
    [(24000, "fee", 24000), ("24000.50", "fee", 24000.5), (10000, "bill_by", "Project"), (None, "bill_by", "Project")],
)
def test_the_preview_shows_which_rules_apply(
    client: Client, admin_user: User, amount: object, field: str, value: object
) -> None:
    fixed = {"project.is_fixed_fee": True, "project.fee": "{{amount}}", "project.bill_by": "none"}
    content = {
        "client": {"name": "{{company}}"},
        "project": {"name": "{{name}}", "bill_by": "Project"},
        "rules": [{"when": {"field": "amount", "above": 10000}, "set": fixed}],
    }
    sample = {"name": "Web shop", "company": "Aurora Foods", "amount": amount}
    client.force_login(admin_user)
    body = {"content": json.dumps(content), "sample": json.dumps(sample)}
    shown = client.post(reverse("admin:provisioning_template_preview"), body).json()
    assert shown["wanted"]["project"][field] == value


@pytest.mark.parametrize("rules", [5, {"when": 1}, [5], [{"when": {"field": "amount", "above": 1, "is": 2}}]])
def test_rules_that_are_none_are_told_in_the_preview(client: Client, admin_user: User, rules: object) -> None:
    client.force_login(admin_user)
    body = {"content": json.dumps({**CONTENT, "rules": rules}), "sample": json.dumps({"name": "x"})}
    answer = client.post(reverse("admin:provisioning_template_preview"), body)
    assert answer.json()["problem"].startswith("rules")
