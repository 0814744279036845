"""Mappings in the admin: the list, the editor, its preview, and undo."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.models import FieldMapping
from harvest_bridge.unified.overrides import services
from harvest_bridge.unified.overrides.queries import Layer

pytestmark = pytest.mark.django_db
ADD = "/admin/unified/fieldmapping/add/"
PREVIEW, SAMPLE = "/admin/unified/fieldmapping/preview/", "/admin/unified/fieldmapping/sample/"


def signed_in(**what: Any) -> Client:
    user = get_user_model().objects.create_user("olga", "olga@example.com", "a long pass phrase", **what)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def operator(db: None) -> Client:
    return signed_in(is_staff=True, is_superuser=True)


def save(operator: Client, host: NewHostApp, expression: str, **also: Any) -> Any:
    target = {"host_app": host.host_app.pk, "connection": "", "resource": "users", "field": "title"}
    return operator.post(ADD, target | {"action": "save", "based_on": 0, "expression": expression} | also)


def saved() -> FieldMapping:
    return FieldMapping.objects.get(is_current=True)


def change(row: FieldMapping) -> str:
    return f"/admin/unified/fieldmapping/{row.pk}/change/"


def test_an_operator_maps_a_field_and_the_list_shows_it(operator: Client, board: NewHostApp) -> None:
    page = operator.get(ADD, {"host_app": str(board.host_app.pk), "field": "title"}).content.decode()
    assert 'value="title"' in page
    answer = save(operator, board, "remote_data.roles[0]")
    assert answer["Location"] == change(saved())
    assert (saved().expression, saved().changed_by, saved().connection) == (
        "remote_data.roles[0]",
        "operator: olga",
        None,
    )
    shown = operator.get("/admin/unified/fieldmapping/").content.decode()
    assert "users.title" in shown
    assert "remote_data.roles[0]" in shown
    assert "Version 1" in LogEntry.objects.get().change_message


def test_the_api_and_the_admin_change_the_same_data(operator: Client, board: NewHostApp, api: Any) -> None:
    save(operator, board, "'of the admin'")
    assert api.get("/unified/mappings/users/title").json()["changed_by"] == "operator: olga"
    api.put("/unified/mappings/users/title", {"expression": "'of the API'"}, format="json")
    assert "of the API" in operator.get(change(saved())).content.decode()


def test_an_expression_of_several_lines_is_kept_as_it_was_typed(operator: Client, board: NewHostApp) -> None:
    services.set_mapping(layer=Layer(board.host_app), resource="users", field="title", expression="1 +\n2", actor="api")
    operator.post(change(saved()), {"action": "save", "based_on": 1, "expression": "1 +\r\n2"})
    assert (saved().expression, saved().version) == ("1 +\n2", 1)


def test_a_mistake_is_shown_with_its_place_and_nothing_is_lost(operator: Client, board: NewHostApp) -> None:
    answer = save(operator, board, "name &\n  & title")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "name &amp;\n  &amp; title" in page
    assert "  &amp; title\n  ↑" in page
    assert not FieldMapping.objects.exists()


@pytest.mark.parametrize("field", ["", "colour"])
def test_a_field_that_is_none_is_refused(operator: Client, board: NewHostApp, field: str) -> None:
    page = save(operator, board, "'x'", field=field).content.decode()
    assert "mapping-problem" in page
    assert "This field is required" in page or "cannot be mapped" in page


def test_a_connection_of_another_host_app_is_refused(
    operator: Client, stranger: NewHostApp, alices: Connection
) -> None:
    page = save(operator, stranger, "'x'", connection=str(alices.pk)).content.decode()
    assert "This connection is of the host app" in page
    assert not FieldMapping.objects.exists()


def test_a_change_by_somebody_else_in_between_is_told(operator: Client, board: NewHostApp, api: Any) -> None:
    save(operator, board, "'one'")
    api.put("/unified/mappings/users/title", {"expression": "'two'"}, format="json")
    late = save(operator, board, "'three'", based_on=1)
    assert late.status_code == 409
    assert "changed by somebody else" in late.content.decode()
    assert saved().expression == "'two'"


def test_any_version_can_be_brought_back(operator: Client, board: NewHostApp) -> None:
    save(operator, board, "'one'")
    operator.post(change(saved()), {"action": "save", "based_on": 1, "expression": "'two'"})
    operator.post(change(saved()), {"action": "remove", "based_on": 2, "expression": "'two'"})
    page = operator.get(change(saved())).content.decode()
    assert page.count("Restore version") == 2
    operator.post(change(saved()), {"action": "restore", "based_on": 3, "version": 1})
    assert (saved().expression, saved().version, saved().restores) == ("'one'", 4, 1)


def test_a_record_is_fetched_once_and_tried_without_harvest(
    operator: Client, alices: Connection, sandbox: RunningSandbox
) -> None:
    layer = Layer(alices.host_app)
    services.set_mapping(layer=layer, resource="users", field="title", expression="'Boss'", actor="host")
    asked = {"connection": str(alices.pk), "resource": "users", "id": ""}
    record = operator.post(SAMPLE, asked, "application/json").json()["record"]
    assert (record["name"], record["remote_data"]["first_name"]) == ("Alice Okafor", "Alice")
    sandbox.journal.clear()
    trial = asked | {"field": "title", "expression": "remote_data.first_name & '!'", "record": record}
    assert operator.post(PREVIEW, trial, "application/json").json() == {
        "built_in": None,
        "now": "Boss",
        "after": "Alice!",
        "errors": [],
    }
    wrong = operator.post(PREVIEW, trial | {"expression": "name &"}, "application/json")
    assert (wrong.status_code, wrong.json()["position"]) == (400, 6)
    assert (
        operator.post(PREVIEW, trial | {"expression": "1"}, "application/json").json()["errors"][0]["code"]
        == "mapping_type"
    )
    assert sandbox.requests() == []


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", {"connection": ""}, {"connection": "no-id"}, {"connection": 7}, {"connection": "x" * 36, "id": []}],
)
def test_a_preview_of_nonsense_is_refused(operator: Client, alices: Connection, body: Any) -> None:
    for path in (SAMPLE, PREVIEW):
        assert operator.post(path, body, "application/json").status_code in (400, 404)


def test_who_may_only_look_changes_and_fetches_nothing(alices: Connection, board: NewHostApp) -> None:
    row = services.set_mapping(
        layer=Layer(board.host_app), resource="users", field="title", expression="'x'", actor="host"
    )
    client = signed_in(is_staff=True)
    get_user_model().objects.get().user_permissions.add(Permission.objects.get(codename="view_fieldmapping"))
    page = client.get(change(row)).content.decode()
    assert "readonly" in page
    assert "Fetch" not in page
    assert client.post(change(row), {"action": "remove", "based_on": 1}).status_code == 403
    assert (
        client.post(SAMPLE, {"connection": str(alices.pk), "resource": "users"}, "application/json").status_code == 403
    )
    assert client.get(ADD).status_code == 403
    assert signed_out().post(PREVIEW).status_code == 302


def signed_out() -> Client:
    return Client()


def test_the_page_needs_no_inline_script_of_ours(operator: Client, board: NewHostApp) -> None:
    page = operator.get(ADD).content.decode()
    ours = page[page.index('id="mapping-editor"') :]
    assert "<script" not in ours.partition("</section>")[0]
    assert " onclick=" not in ours
    assert " style=" not in ours.partition("mapping-history")[0].partition("</section>")[0]
