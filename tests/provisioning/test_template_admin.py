"""Templates in the admin: what an operator types there works for the CRM that posts."""

from __future__ import annotations

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
