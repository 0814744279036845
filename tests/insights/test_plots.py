"""The page of an account's plots: what is drawn, the table behind each, and CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from harvest_bridge.insights.plots.burn_down import burn_down
from harvest_bridge.insights.plots.heat_map import heat_map
from harvest_bridge.insights.plots.margins import margins
from tests.insights.mirrored import Mirrored
from tests.insights.records import client as a_client
from tests.insights.records import entry, person, project

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 30)
FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def account(mirrored: Mirrored) -> Mirrored:
    mirrored.put("company", {"name": "Acme", "currency": "EUR", "timezone": "Berlin"})
    mirrored.put("users", person(1, FORMULA), person(2, "Dev Patel"))
    mirrored.put("clients", a_client(3, name=FORMULA))
    mirrored.put("projects", project(5, budget_by="project", budget=100))
    mirrored.put(
        "time_entries",
        entry(1, "2026-01-05", 1),
        entry(2, "2026-01-05", 1, user=2),
        entry(3, "2026-06-22", 39),
        entry(4, "2026-06-23", 42, user=2, billable_rate=10.0),
    )
    return mirrored


@pytest.fixture
def operator(client: Client) -> Client:
    User.objects.create_superuser("ida", "ida@example.com", "a long pass phrase")
    client.login(username="ida", password="a long pass phrase")
    return client


def test_the_heat_map_colours_each_week_by_its_band(account: Mirrored) -> None:
    plot = heat_map(account.connection, today=TODAY)

    drawn = json.loads(plot.data)
    assert drawn["labels"] == [FORMULA, "Dev Patel"]
    assert len(drawn["datasets"]) == 12
    assert drawn["datasets"][-1]["backgroundColor"] == ["var(--color-orange-500)", "var(--color-red-600)"]
    assert drawn["datasets"][-1]["borderWidth"] == [2, 5]  # not by colour alone
    assert [row[-1].text for row in plot.rows] == ["98%", "105%"]
    assert plot.says == "Last week 2 over and 0 under their target, of 2 people."


def test_margins_are_drawn_by_client_and_currency(account: Mirrored) -> None:
    plot = margins(account.connection, today=TODAY)

    drawn = json.loads(plot.data)
    assert drawn["labels"] == [f"{FORMULA} (EUR)"]
    assert drawn["datasets"][0]["data"] == [39 * 100 + 42 * 10 - 81 * 50.0]


def test_a_burn_down_goes_on_as_a_forecast_from_today(account: Mirrored) -> None:
    plot = burn_down(account.connection, now=datetime(2026, 6, 30, 12, 0, tzinfo=UTC))

    past, forecast = json.loads(plot.data)["datasets"]
    assert past["data"][12:14] == [17.0, None]
    assert forecast["data"][12:14] == [17.0, -3.25]
    assert [cell.text for cell in plot.rows[0]][:4] == ["Project 5", "100 h", "83 h", "17 h"]


def test_cells_that_begin_like_a_formula_are_harmless(account: Mirrored, operator: Client) -> None:
    address = f"/admin/insights/insightaccount/{account.mirror.pk}/utilization.csv"

    answer = operator.get(address)

    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0][0] == "Person"
    assert {row[0] for row in rows[1:]} == {f"'{FORMULA}", "Dev Patel"}


def test_the_page_shows_each_plot_with_its_table(account: Mirrored, operator: Client) -> None:
    account.put("time_entries", entry(9, timezone.now().date().isoformat(), 1))

    page = operator.get(f"/admin/insights/insightaccount/{account.mirror.pk}/change/").content.decode()

    assert page.count('class="chart"') == 3
    assert page.count("<details>") == 3
    assert operator.get("/admin/insights/insightaccount/").status_code == 200


def test_what_cannot_be_drawn_says_why(account: Mirrored, operator: Client) -> None:
    account.say("projects", "forbidden", "rights", "administrator")

    page = operator.get(f"/admin/insights/insightaccount/{account.mirror.pk}/change/").content.decode()

    assert "projects: is forbidden" in page
    assert operator.get(f"/admin/insights/insightaccount/{account.mirror.pk}/budgets.csv").status_code == 409


def test_without_the_permission_there_is_no_csv(account: Mirrored, client: Client) -> None:
    clerk: Any = User.objects.create_user("clerk", password="a long pass phrase", is_staff=True)
    client.login(username="clerk", password="a long pass phrase")
    address = f"/admin/insights/insightaccount/{account.mirror.pk}/margins.csv"
    assert client.get(address).status_code == 403

    clerk.user_permissions.add(Permission.objects.get(codename="view_insightaccount"))

    assert client.get(address).status_code == 200
