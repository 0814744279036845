"""What a person was told when they linked is all that can be done, whichever way a call goes to Harvest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from harvest_bridge.connections.granted_rights import refusal, wanted_for
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import ApiKey, HostApp, Right, every_right
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.links import ask_link_token
from tests.people import ORIGIN, go_through_consent, rest, widget_token

CHANGES = [
    ("POST", "/v2/time_entries", "time"),
    ("PATCH", "/v2/time_entries/7/stop", "time"),
    ("DELETE", "/v2/time_entries/7/external_reference", "time"),
    ("POST", "/v2/expenses", "time"),
    ("POST", "/v2/users", "people"),
    ("PATCH", "/v2/users/7", "people"),
    ("PATCH", "/v2/users/7/teammates", "people"),
    ("POST", "/v2/users/7/cost_rates", "people"),
    ("DELETE", "/v2/roles/7", "people"),
    ("POST", "/v2/clients", "projects"),
    ("PATCH", "/v2/contacts/7", "projects"),
    ("DELETE", "/v2/projects/7", "projects"),
    ("POST", "/v2/projects/7/task_assignments", "projects"),
    ("POST", "/v2/projects/7/user_assignments", "projects"),
    ("PATCH", "/v2/tasks/7", "projects"),
    ("POST", "/v2/expense_categories", "projects"),
    ("PATCH", "/v2/company", "projects"),
    ("POST", "/v2/invoices", "invoices"),
    ("POST", "/v2/invoices/7/payments", "invoices"),
    ("DELETE", "/v2/invoices/7/messages/8", "invoices"),
    ("POST", "/v2/estimates/7/messages", "invoices"),
    ("PATCH", "/v2/invoice_item_categories/7", "invoices"),
    ("PUT", "/v2/estimate_item_categories/7", "invoices"),
]


def linked_with(*rights: str) -> Connection:
    return Connection(rights=list(rights))


@pytest.mark.parametrize(("verb", "path", "right"), CHANGES)
def test_changing_takes_the_right_of_its_area_and_no_other_will_do(verb: str, path: str, right: str) -> None:
    others = [one for one in every_right() if one != right]
    assert refusal(linked_with(right), verb, path) == ""
    assert f"takes the right “{right}”" in refusal(linked_with(*others), verb, path)


@pytest.mark.parametrize("spelling", ["/v2/invoices", "/api/v2/invoices", "/v2/invoices/", "/v2/invoices.json",
                                      "/v2/%69nvoices", "/v2/invoic%65s"])  # fmt: skip
def test_a_path_has_one_meaning_however_it_is_spelled(spelling: str) -> None:
    assert wanted_for("POST", spelling) == {Right.INVOICES}


@pytest.mark.parametrize("path", ["/v2/payouts", "/v2/Invoices", "/v2/invoices2", "/v2/reports/time", "/v2/x/invoices"])
def test_what_nobody_knows_takes_every_right_to_change(path: str) -> None:
    assert wanted_for("POST", path) == frozenset(Right)
    assert wanted_for("GET", path) == {Right.READ}


def test_reading_takes_read_or_the_right_of_the_area() -> None:
    for path in ("/v2/invoices", "/v2/users", "/v2/clients/7", "/v2/reports/time/team", "/v2/time_entries"):
        assert refusal(linked_with("read"), "GET", path) == ""
    assert refusal(linked_with("invoices"), "GET", "/v2/invoices/7") == ""
    assert "“read”" in refusal(linked_with("time"), "GET", "/v2/invoices")
    assert "“read”" in refusal(linked_with("time"), "HEAD", "/v2/reports/time/team")


@pytest.mark.parametrize(
    "path", ["/v2/users/me", "/v2/users/me/project_assignments", "/v2/users/7/project_assignments", "/v2/users/7",
             "/v2/company", "/v2/time_entries", "/v2/time_entries/7", "/v2/expense_categories"]
)  # fmt: skip
def test_tracking_time_reads_what_it_cannot_do_without(path: str) -> None:
    assert refusal(linked_with("time"), "GET", path) == ""


@pytest.fixture
def timely(api: APIClient, sandbox: RunningSandbox) -> Connection:
    """Linked for reading and for time alone."""
    go_through_consent(sandbox, Client(), ask_link_token(api, rights=["time", "read"]), "alice")
    return Connection.objects.get()


def assert_refused(response: Any, right: str) -> None:
    body = response.json()
    assert (response.status_code, body["code"]) == (403, "right_not_granted"), body
    assert f"takes the right “{right}”" in body["message"]


@pytest.mark.django_db
class TestEveryWay:
    def test_proxy_custom_and_unified_refuse_before_harvest_is_asked(
        self, api: APIClient, timely: Connection, sandbox: RunningSandbox
    ) -> None:
        assert timely.rights == ["read", "time"]
        sandbox.journal.clear()
        name = f"integrated_account_id={timely.pk}"
        assert_refused(api.post(f"/proxy/clients?{name}", {"name": "New"}, format="json"), "projects")
        assert_refused(api.post(f"/proxy/invoices?{name}", {"client_id": 1}, format="json"), "invoices")
        assert_refused(api.post(f"/custom/v2/users?{name}", {"first_name": "N"}, format="json"), "people")
        assert_refused(api.delete(f"/custom/api/v2/invoices/7?{name}"), "invoices")
        assert_refused(api.post(f"/unified/user-directory/roles?{name}", {"name": "New"}, format="json"), "people")
        assert [request for request in sandbox.requests() if request.method != "GET"] == []
        assert api.get(f"/proxy/clients?{name}").status_code == 200
        assert api.get(f"/unified/user-directory/users?{name}").status_code == 200

    def test_capabilities_tell_it(self, api: APIClient, timely: Connection) -> None:
        told = api.get(f"/integrated-account/{timely.pk}/capabilities").json()
        assert told["rights"] == ["read", "time"]
        rows = {(row["resource"], row["method"]): row for row in told["result"]}
        made = rows["user-directory/users", "create"]
        assert (made["is_available"], "takes the right “people”" in made["reason"]) == (False, True)
        assert rows["user-directory/users", "list"]["is_available"]

    def test_the_timer_makes_no_project_without_the_right(
        self, board: NewHostApp, sandbox: RunningSandbox, link: Callable[..., Connection]
    ) -> None:
        connection = link("alice", board.host_app, user_id="alice")
        Connection.objects.filter(pk=connection.pk).update(rights=["time"])
        bought = (
            APIClient()
            .post("/timer/session", {"token": widget_token(board, sub="alice"), "origin": ORIGIN}, format="json")
            .json()
        )
        panel = rest(bought["session"])
        assert bought["state"]["connection"]["status"] == "active"
        listed = panel.get("/timer/projects")
        assert (listed.status_code, listed.json()["may_create_project"]) == (200, False)


@pytest.mark.django_db
class TestConsent:
    WORDS = {
        "read": "see everything that you can see in Harvest",
        "time": "add, change and delete time entries",
        "people": "add, change and archive people",
        "projects": "add, change and delete clients, projects",
        "invoices": "add, change, send and delete invoices",
    }

    def said(self, text: str) -> set[str]:
        page = Client().get("/connect-account", {"link_token": text}).content.decode()
        return {right for right, words in self.WORDS.items() if words in page}

    def test_the_pages_say_what_is_granted_and_that_is_stored(
        self, api: APIClient, board: NewHostApp, sandbox: RunningSandbox
    ) -> None:
        assert self.said(ask_link_token(api)) == set(every_right())
        assert self.said(ask_link_token(api, rights=["time"])) == {"time"}
        HostApp.objects.update(rights=["read", "invoices"])
        text = ask_link_token(api)
        assert self.said(text) == {"read", "invoices"}
        HostApp.objects.update(rights=every_right())
        go_through_consent(sandbox, Client(), text, "alice")
        assert Connection.objects.get().rights == ["read", "invoices"], "what the person was told"
        assert api.get("/integrated-account").json()["result"][0]["rights"] == ["read", "invoices"]

    @pytest.mark.parametrize(
        ("scopes", "rights"),
        [
            (["connections"], {"read", "time"}),
            (["connections", "directory"], {"read", "time", "people"}),
            (["connections", "harvest"], set(every_right())),
        ],
    )
    def test_what_no_key_can_use_is_not_asked_for(self, api: APIClient, scopes: list[str], rights: set[str]) -> None:
        ApiKey.objects.update(scopes=scopes)
        assert self.said(ask_link_token(api)) == rights

    def test_a_link_token_asks_for_no_more_than_its_host_app(self, api: APIClient) -> None:
        HostApp.objects.update(rights=["read", "time"])
        refused = api.post("/link-token", {"tenant_id": "acme", "rights": ["time", "people"]}, format="json")
        assert (refused.status_code, refused.json()["code"]) == (400, "right_not_asked")
        assert "people" in refused.json()["message"]
        for wrong in ([], ["everything"], "time", ["TIME"]):
            refused = api.post("/link-token", {"tenant_id": "acme", "rights": wrong}, format="json")
            assert (refused.status_code, "rights" in refused.json()["message"]) == (400, True), wrong

    def test_linking_again_grants_what_the_page_said_this_time(
        self, api: APIClient, sandbox: RunningSandbox, timely: Connection
    ) -> None:
        again = ask_link_token(api, integrated_account_id=str(timely.pk))
        go_through_consent(sandbox, Client(), again, "alice")
        assert Connection.objects.get().rights == every_right()


def test_what_was_linked_before_may_what_it_could() -> None:
    assert Connection().rights == every_right()
