"""Which project and task an item goes to by itself: the page's own word, then A8's order."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget.models import ProjectRule
from timer_widget.projects.named_choice import named_choice

from .people import ITEM, click, session

WEB = {
    "id": 1,
    "code": "WEB",
    "name": "Site",
    "tasks": [{"id": 5, "name": "Design"}, {"id": 6, "name": "Development"}],
}
OTHER = {"id": 2, "code": None, "name": "Site", "tasks": [{"id": 5, "name": "Design"}]}


@pytest.mark.parametrize(
    ("defaults", "chosen"),
    [
        ({"project_code": "WEB", "task_name": "Design"}, (1, 5)),
        ({"project_id": "2", "project_code": "WEB", "task_id": "5"}, (2, 5)),
        ({"project_name": "Site"}, None),
        ({"project_code": "web"}, None),
        ({"project_code": "WEB", "task_name": "Nothing"}, (1, None)),
        ({"task_name": "Design"}, None),
        ({"project_code": "None"}, None),
    ],
    ids=str,
)
def test_a_page_names_exactly_one_or_nothing(defaults: dict[str, str], chosen: tuple[int, int | None] | None) -> None:
    assert named_choice([WEB, OTHER], defaults) == (chosen and {"project_id": chosen[0], "task_id": chosen[1]})


def start(widget: APIClient, item: dict[str, Any], pick: dict[str, int]) -> None:
    assert widget.post("/timer/start", click(item=item, **pick), format="json").status_code == 201


def suggested(widget: APIClient, **query: Any) -> Any:
    return widget.get("/timer/suggestion", query).json()["suggested"]


@pytest.fixture
def picks(sandbox: RunningSandbox) -> list[dict[str, int]]:
    return [{"project_id": project.id, "task_id": task.id} for project, task in sandbox.picks("carmen")]


@pytest.mark.django_db
def test_the_item_goes_before_its_group_and_the_group_before_anything_recent(
    carmen: APIClient, picks: list[dict[str, int]]
) -> None:
    first, second, third = picks[:3]
    start(carmen, ITEM, first)
    start(carmen, ITEM | {"id": "T-2"}, second)
    start(carmen, ITEM | {"id": "T-3", "group_id": "other"}, third)
    assert suggested(carmen, item_id="T-1", group_id="web") == {**first, "from": "item"}
    assert suggested(carmen, item_id="T-9", group_id="web") == {**second, "from": "group"}
    assert suggested(carmen, item_id="T-9", group_id="new") == {**third, "from": "recent"}
    assert suggested(carmen, item_id="T-1", group_id="web", project_id=second["project_id"])["from"] == "host"


@pytest.mark.django_db
def test_an_operators_rule_goes_before_anything_recent(
    carmen: APIClient, board: NewHostApp, sandbox: RunningSandbox, picks: list[dict[str, int]]
) -> None:
    start(carmen, ITEM, picks[0])
    project, task = sandbox.picks("carmen")[1]
    ProjectRule.objects.create(
        host_app=board.host_app, match="label", value="ops", project=str(project.id), task=str(task.id)
    )
    assert suggested(carmen, item_id="T-9", group_id="new", label="ops") == {**picks[1], "from": "rule"}
    assert suggested(carmen, item_id="T-9", group_id="web", label="ops")["from"] == "group"


@pytest.mark.django_db
def test_the_pickers_learn_of_recent_choices_newest_first(carmen: APIClient, picks: list[dict[str, int]]) -> None:
    for pick in (picks[0], picks[1], picks[0]):
        start(carmen, ITEM, pick)
    assert carmen.get("/timer/projects").json()["recent"] == [picks[0], picks[1]]


@pytest.mark.django_db
def test_what_harvest_no_longer_offers_is_not_suggested(carmen: APIClient, sandbox: RunningSandbox) -> None:
    project, task = sandbox.pick("carmen")
    start(carmen, ITEM, {"project_id": project.id, "task_id": task.id})
    with sandbox.world.lock:
        project.is_active = False
        sandbox.account.projects.touch(project)
    carmen.get("/timer/projects", {"fresh": "true"})
    assert suggested(carmen, item_id="T-1", group_id="web") is None


@pytest.mark.django_db
def test_one_persons_choices_are_nobody_elses(
    carmen: APIClient, board: NewHostApp, link: Any, picks: list[dict[str, int]]
) -> None:
    start(carmen, ITEM, picks[0])
    link("bruno", board.host_app, user_id="bruno")
    assert suggested(session(board, sub="bruno"), item_id="T-1", group_id="web") is None


@pytest.mark.django_db
def test_many_clicks_ask_harvest_for_the_projects_once(carmen: APIClient, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    for _ in range(3):
        suggested(carmen, item_id="T-1")
    assert len(sandbox.requests("GET", "/v2/users/me/project_assignments")) == 1
