"""Three roles whose rights follow from a rule: what each may look at and do, by walking the whole admin as each."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.console import roles
from harvest_bridge.hosts.models import ApiKey, WidgetKey
from harvest_bridge.hosts.services import NewHostApp
from timer_widget.models import Intent, IntentKind, IntentStatus, Person

from .operators import PASS_PHRASE, signed_in

pytestmark = pytest.mark.django_db

READS = {"view", "mirror"}
RETRIES = {"retry", "compare"}


@pytest.fixture
def click(board: NewHostApp) -> Intent:
    """One that failed."""
    person = Person.objects.create(host_app=board.host_app, tenant_id="acme", user_id="u-1")
    kind, status = IntentKind.START, IntentStatus.FAILED
    now = timezone.now()
    return Intent.objects.create(
        person=person, kind=kind, status=status, clicked_at=now, idempotency_key="k-1", asked={"item": {"id": "T-1"}}
    )


def holder(role: str) -> User:
    user = User.objects.create_user(role.lower(), f"{role}@example.com", PASS_PHRASE, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def address(model: type[models.Model], rest: str = "") -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{rest}"


def _names(actions: Iterable[str | dict[str, Any]]) -> Iterator[str]:
    """Those in drop-downs too."""
    for one in actions:
        yield from [one] if isinstance(one, str) else one["items"]


def actions() -> Iterator[tuple[str, set[str]]]:
    """Address and named rights of every action that a page of one row offers."""
    for model, page in admin.site._registry.items():
        pk: Any = uuid4() if isinstance(model._meta.pk, models.UUIDField) else 987654321
        for name in _names(getattr(page, "actions_detail", ())):
            action = getattr(page, name)
            yield address(model, f"{pk}/{action.url_path}/"), set(action.allowed_permissions)


@pytest.mark.parametrize("role", [roles.SUPPORT, roles.AUDITOR])
def test_support_and_auditors_read_every_list_and_add_delete_and_change_nothing(role: str) -> None:
    client = signed_in(holder(role))
    for model in admin.site._registry:
        assert client.get(address(model)).status_code == 200, model
        assert client.get(address(model, "add/")).status_code == 403, model
        chosen = {"action": "delete_selected", "_selected_action": ["1"], "post": "yes"}
        assert b"Are you sure" not in client.post(address(model), chosen, follow=True).content, model


@pytest.mark.parametrize(
    ("role", "may"), [(roles.AUDITOR, READS), (roles.SUPPORT, READS | RETRIES)], ids=["auditor", "support"]
)
def test_of_all_actions_auditors_get_those_that_read_and_support_those_that_retry(role: str, may: set[str]) -> None:
    """Of a row that is not there; some actions are offered only in some states of a row."""
    client, refused, given = signed_in(holder(role)), 0, 0
    for path, rights in actions():
        answers = {client.get(path).status_code, client.post(path).status_code}
        if rights <= may:
            given += answers != {403}
        else:
            assert answers == {403}, (path, rights)
            refused += 1
    assert refused > 10
    assert given >= len(may)


def test_support_retries_and_never_takes_a_key_or_a_secret_or_ends_anything(
    board: NewHostApp, alices: Connection, click: Intent
) -> None:
    support = signed_in(holder(roles.SUPPORT))
    support.post("/admin/timer_widget/intent/", {"action": "retry_selected", "_selected_action": [click.pk]})
    click.refresh_from_db()
    assert click.status == IntentStatus.PENDING
    support.post(f"/admin/connections/connection/{alices.pk}/test-call/")
    assert alices.events.filter(what="tested").exists()
    for path in (
        f"hosts/hostapp/{board.host_app.pk}/issue-api-key/",
        f"hosts/hostapp/{board.host_app.pk}/issue-widget-key/",
        f"hosts/apikey/{ApiKey.objects.get().pk}/revoke/",
        f"hosts/widgetkey/{WidgetKey.objects.get().pk}/revoke/",
        f"connections/connection/{alices.pk}/relink-address/",
        f"connections/connection/{alices.pk}/disconnect/",
        f"hosts/hostapp/{board.host_app.pk}/delete/",
    ):
        assert support.post(f"/admin/{path}", {"scopes": ["harvest"], "post": "yes"}).status_code == 403, path
    support.post("/admin/timer_widget/intent/", {"action": "discard_selected", "_selected_action": [click.pk]})
    click.refresh_from_db()
    assert click.status == IntentStatus.PENDING
    assert (ApiKey.objects.count(), WidgetKey.objects.count()) == (1, 1)
    assert not ApiKey.objects.exclude(revoked_at=None).exists()


def test_an_auditor_retries_nothing(click: Intent) -> None:
    auditor = signed_in(holder(roles.AUDITOR))
    auditor.post("/admin/timer_widget/intent/", {"action": "retry_selected", "_selected_action": [click.pk]})
    click.refresh_from_db()
    assert click.status == IntentStatus.FAILED


def test_an_administrator_does_it_all_but_is_no_superuser(board: NewHostApp) -> None:
    administrator = signed_in(holder(roles.ADMINISTRATOR))
    for model in admin.site._registry:
        assert administrator.get(address(model)).status_code == 200, model
    issue = administrator.post(f"/admin/hosts/hostapp/{board.host_app.pk}/issue-api-key/", {"scopes": ["harvest"]})
    assert "hb_live_" in issue.content.decode()
    root = User.objects.create_superuser("root", "root@example.com", PASS_PHRASE)
    assert administrator.post(f"/admin/auth/user/{root.pk}/password/").status_code == 403


@pytest.mark.parametrize("name", ["view_newthing", "retry_newthing", "delete_newthing"])
def test_a_new_models_rights_are_given_with_the_next_migration(name: str) -> None:
    kind = ContentType.objects.get_for_model(Connection)
    right = Permission.objects.create(content_type=kind, codename=name, name=name)
    roles.bring_up_to_date()
    given = set(right.group_set.values_list("name", flat=True))
    expected = {"Administrator"} | ({"Support"} if "delete" not in name else set())
    assert given == (expected | {"Auditor"} if "view" in name else expected)


def test_what_was_given_by_hand_is_taken_again_and_no_page_gives_it() -> None:
    auditors = Group.objects.get(name=roles.AUDITOR)
    auditors.permissions.add(Permission.objects.get(codename="delete_hostapp"))
    roles.bring_up_to_date()
    assert not auditors.permissions.filter(codename="delete_hostapp").exists()
    root = Client()
    root.force_login(User.objects.create_superuser("root", "root@example.com", PASS_PHRASE))
    assert root.post(address(Group, f"{auditors.pk}/change/"), {"name": "x"}).status_code == 403
    assert root.post(address(Group, f"{auditors.pk}/delete/"), {"post": "yes"}).status_code == 403


def test_whoever_was_in_a_group_of_such_a_name_gains_nothing() -> None:
    Group.objects.filter(name__in=roles.ROLES).delete()
    own = Group.objects.create(name=roles.ADMINISTRATOR)
    migration = importlib.import_module("harvest_bridge.console.migrations.0002_roles")
    migration.make_roles(apps, SimpleNamespace(connection=connection))
    roles.bring_up_to_date()
    own.refresh_from_db()
    assert own.name == "Administrator (before roles)"
    assert not own.permissions.exists()
