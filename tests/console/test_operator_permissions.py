"""Each thing that the admin does wants the right of what it does, and nobody gives rights that they do not hold."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from harvest_bridge.connections.models import Connection, LinkToken
from harvest_bridge.hosts.models import ApiKey, WidgetKey
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.unified.overrides.models import FieldMapping

from .operators import PASS_PHRASE, signed_in, staff, superuser

pytestmark = pytest.mark.django_db
NEW = "another long pass phrase"


def test_no_action_of_the_admin_is_without_a_right() -> None:
    for model, page in admin.site._registry.items():
        own = (getattr(page, "actions_detail", ()), page.actions or ())
        for name in [name for names in own for name in names if isinstance(name, str)]:
            assert getattr(page, name).allowed_permissions, f"{model.__name__}: {name}"


@pytest.mark.parametrize(("kind", "right"), [("api", "hosts.add_apikey"), ("widget", "hosts.add_widgetkey")])
def test_issuing_a_key_takes_the_right_to_add_keys(board: NewHostApp, kind: str, right: str) -> None:
    path = f"/admin/hosts/hostapp/{board.host_app.pk}/issue-{kind}-key/"
    small = signed_in(staff("small", "hosts.view_hostapp", "hosts.change_hostapp", "hosts.change_apikey"))
    page = small.get(f"/admin/hosts/hostapp/{board.host_app.pk}/change/").content.decode()
    assert f"issue-{kind}-key" not in page
    for answer in (small.get(path), small.post(path, {"scopes": ["harvest"]})):
        assert answer.status_code == 403
    assert (ApiKey.objects.count(), WidgetKey.objects.count()) == (1, 1)
    right_one = signed_in(staff("right", "hosts.view_hostapp", right))
    assert "shown again" in right_one.post(path, {"scopes": ["harvest"]}).content.decode()


def test_a_key_is_revoked_by_who_may_change_it(board: NewHostApp) -> None:
    row = ApiKey.objects.get()
    form = {"action": "revoke_selected", "_selected_action": [row.pk], "confirmed": "yes"}
    looking = signed_in(staff("looking", "hosts.view_apikey"))
    looking.post("/admin/hosts/apikey/", form)
    assert looking.post(f"/admin/hosts/apikey/{row.pk}/revoke/").status_code == 403
    row.refresh_from_db()
    assert row.revoked_at is None
    signed_in(staff("changing", "hosts.change_apikey")).post("/admin/hosts/apikey/", form)
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_who_may_change_a_key_makes_it_neither_wider_nor_longer_lived(board: NewHostApp) -> None:
    ApiKey.objects.update(scopes=["connections"], expires_at="2026-01-01T00:00Z")
    row = ApiKey.objects.get()
    form = {"label": "x", "scopes": '["harvest"]', "expires_at_0": "2099-01-01", "expires_at_1": "00:00:00"}
    small = signed_in(staff("small", "hosts.change_apikey"))
    page = small.post(f"/admin/hosts/apikey/{row.pk}/change/", form)
    assert "Only who may add API keys" in page.content.decode()
    signed_in(staff("right", "hosts.change_apikey", "hosts.add_apikey")).post(
        f"/admin/hosts/apikey/{row.pk}/change/", form
    )
    row.refresh_from_db()
    assert row.expires_at is not None
    assert (row.scopes, row.expires_at.year) == (["connections"], 2099)


@pytest.mark.parametrize(
    ("action", "rights"),
    [
        ("refresh-now", ["connections.change_connection"]),
        ("test-call", ["connections.change_connection"]),
        ("relink-address", ["connections.change_connection", "connections.add_linktoken"]),
        ("disconnect", ["connections.view_connection", "connections.delete_connection"]),
    ],
)
def test_a_connections_action_takes_its_own_right(alices: Connection, action: str, rights: list[str]) -> None:
    path = f"/admin/connections/connection/{alices.pk}/{action}/"
    every = {"view_connection", "change_connection", "delete_connection", "add_linktoken"}
    named = {right.partition(".")[2] for right in rights}
    small = signed_in(staff("small", *(f"connections.{right}" for right in sorted(every - {rights[-1][12:]}))))
    assert small.post(path).status_code == 403
    assert not LinkToken.objects.filter(relinks=alices).exists()
    alices.refresh_from_db()
    assert alices.disconnected_at is None
    right_one = signed_in(staff("right", *(f"connections.{right}" for right in named)))
    assert right_one.post(path).status_code in (200, 302)


def change_user(client: Client, user: User, **form: Any) -> Any:
    given = {"username": user.username, "email": user.email, "is_active": "on"} | form
    return client.post(f"/admin/auth/user/{user.pk}/change/", given)


def test_only_superusers_change_superusers() -> None:
    root = superuser()
    small = signed_in(staff("small", "auth.view_user", "auth.change_user", "auth.add_user"))
    form = {"usable_password": "true", "password1": NEW, "password2": NEW}
    assert small.post(f"/admin/auth/user/{root.pk}/password/", form).status_code == 403
    assert change_user(small, root, email="mine@example.com").status_code == 403
    root.refresh_from_db()
    assert (root.email, root.check_password(PASS_PHRASE)) == ("root@example.com", True)
    assert signed_in(superuser("second")).post(f"/admin/auth/user/{root.pk}/password/", form).status_code == 302


@pytest.mark.parametrize("is_active", [True, False])
def test_whose_rights_go_beyond_mine_i_cannot_become(is_active: bool) -> None:
    other = staff("other", "hosts.add_apikey")
    User.objects.filter(pk=other.pk).update(is_active=is_active)
    small = signed_in(staff("small", "auth.change_user"))
    form = {"usable_password": "true", "password1": NEW, "password2": NEW}
    assert small.post(f"/admin/auth/user/{other.pk}/password/", form).status_code == 403
    assert change_user(small, other).status_code == 403
    equal = signed_in(staff("equal", "auth.change_user", "hosts.add_apikey"))
    assert equal.post(f"/admin/auth/user/{other.pk}/password/", form).status_code == 302


def test_nobody_gives_themself_or_others_more_than_they_hold() -> None:
    me = staff("small", "auth.change_user", "auth.view_user")
    high, low = Group.objects.create(name="high"), Group.objects.create(name="low")
    key = Permission.objects.get(codename="add_apikey")
    high.permissions.add(key)
    small, held = signed_in(me), list(me.user_permissions.values_list("pk", flat=True))
    change_user(small, me, is_superuser="on", is_staff="on", user_permissions=held)
    change_user(small, me, user_permissions=[*held, key.pk], is_staff="on")
    change_user(small, me, groups=[high.pk], is_staff="on", user_permissions=held)
    mine = User.objects.get(pk=me.pk)
    assert (mine.is_superuser, mine.has_perm("hosts.add_apikey")) == (False, False)
    change_user(small, me, groups=[low.pk], is_staff="on", user_permissions=held)
    assert list(User.objects.get(pk=me.pk).groups.all()) == [low]


def test_a_group_is_not_widened_beyond_what_its_editor_holds() -> None:
    me = staff("small", "auth.change_group", "auth.add_group", "auth.delete_group")
    key = Permission.objects.get(codename="add_apikey")
    mine, high = Group.objects.create(name="mine"), Group.objects.create(name="high")
    me.groups.add(mine)
    high.permissions.add(key)
    small = signed_in(me)
    small.post(f"/admin/auth/group/{mine.pk}/change/", {"name": "mine", "permissions": [key.pk]})
    assert not mine.permissions.exists()
    assert small.post(f"/admin/auth/group/{high.pk}/change/", {"name": "high"}).status_code == 403
    assert small.post(f"/admin/auth/group/{high.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_second_factor_is_shown_to_nobody_and_taken_only_from_equals() -> None:
    root = superuser()
    factor = Authenticator.objects.create(user=root, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    small = signed_in(staff("small", "mfa.view_authenticator", "mfa.change_authenticator", "mfa.delete_authenticator"))
    page = f"/admin/mfa/authenticator/{factor.pk}"
    assert "JBSWY3DPEHPK3PXP" not in small.get(f"{page}/change/").content.decode()
    guess = small.get("/admin/mfa/authenticator/", {"data__secret__startswith": "J"}, follow=True)
    assert f"/{factor.pk}/change/" not in guess.content.decode() or guess.redirect_chain
    assert small.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert small.get("/admin/mfa/authenticator/add/").status_code == 403
    signed_in(root).post(f"{page}/delete/", {"post": "yes"})
    assert not Authenticator.objects.exists()


def test_a_mapping_is_changed_by_who_may_change_not_by_who_may_add(alices: Connection) -> None:
    def post(client: Client, **form: Any) -> Any:
        layer = {"host_app": alices.host_app_id, "resource": "users", "field": "title"}
        return client.post("/admin/unified/fieldmapping/add/", layer | {"action": "save", "based_on": 0} | form)

    adding = signed_in(staff("adding", "unified.add_fieldmapping"))
    post(adding, expression="'one'")
    assert post(adding, expression="'two'", based_on=1).status_code == 403
    assert post(adding, action="remove", based_on=1).status_code == 403
    assert [row.expression for row in FieldMapping.objects.all()] == ["'one'"]


def test_trying_a_mapping_takes_the_right_to_see_accounts(alices: Connection) -> None:
    asked = {"connection": str(alices.pk), "resource": "users", "id": ""}
    for name, rights, status in [
        ("small", ["unified.change_fieldmapping"], 403),
        ("right", ["unified.change_fieldmapping", "connections.view_connection"], 200),
    ]:
        client = signed_in(staff(name, *rights))
        answer = client.post("/admin/unified/fieldmapping/sample/", asked, content_type="application/json")
        assert answer.status_code == status


@pytest.mark.parametrize("view", ["decide", "match"])
def test_deciding_who_is_who_takes_the_right_to_change_identities(alices: Connection, view: str) -> None:
    small = signed_in(staff("small", "unified.view_identity"))
    assert small.post(f"/admin/unified/identity/{view}/", {"connection": str(alices.pk)}).status_code == 403


def test_the_preview_of_a_host_apps_timer_takes_the_right_to_see_host_apps(board: NewHostApp) -> None:
    path = f"/platform/preview/{board.host_app.pk}"
    assert signed_in(staff("small")).get(path).status_code == 403
    assert signed_in(staff("right", "hosts.view_hostapp")).get(path).status_code == 200


def test_nobody_deletes_an_operator() -> None:
    other = staff("other")
    root = signed_in(superuser())
    assert root.post(f"/admin/auth/user/{other.pk}/delete/", {"post": "yes"}).status_code == 403
    root.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"})
    assert User.objects.filter(pk=other.pk).exists()
