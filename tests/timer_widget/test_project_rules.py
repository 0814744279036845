"""Project rules: the operator's own mapping from groups and labels to a project and a task (widget.md A8)."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.hosts.services import NewHostApp
from timer_widget.models import ProjectRule
from timer_widget.projects.rules import rule_for

pytestmark = pytest.mark.django_db

PROJECTS = [
    {
        "id": 1,
        "code": "WEB",
        "name": "Website",
        "tasks": [{"id": 5, "name": "Design"}, {"id": 6, "name": "Development"}],
    },
    {"id": 2, "code": None, "name": "Website", "tasks": [{"id": 5, "name": "Design"}]},
]


def rule(board: NewHostApp, **more: Any) -> ProjectRule:
    return ProjectRule.objects.create(
        host_app=board.host_app, **{"value": "web", "project": "WEB", "task": "Design", **more}
    )


@pytest.mark.parametrize(
    ("match", "item", "fits"),
    [
        ("group", {"group_id": "WEB"}, True),
        ("group", {"group_id": "7", "group_name": "Web "}, True),
        ("group", {"group_id": "web-2"}, False),
        ("group", {"group_id": None, "labels": ["web"]}, False),
        ("label", {"labels": ["bug", "Web"]}, True),
        ("label", {"group_id": "web"}, False),
    ],
)
def test_a_rule_fits_a_whole_group_or_label(board: NewHostApp, match: str, item: dict[str, Any], fits: bool) -> None:
    row = rule(board, match=match)
    assert rule_for(board.host_app, item) == (row if fits else None)


def test_a_rule_of_another_host_app_or_customer_is_not_looked_at(board: NewHostApp, stranger: NewHostApp) -> None:
    rule(board, tenant_id="other")
    rule(stranger)
    assert rule_for(board.host_app, {"group_id": "web"}, tenant_id="acme") is None


def test_a_customers_own_rule_goes_first_then_the_position(board: NewHostApp) -> None:
    rule(board, position=1, match="label")
    general = rule(board, position=0)
    own = rule(board, tenant_id="acme", position=9)
    item = {"group_id": "web", "labels": ["web"]}
    assert rule_for(board.host_app, item, tenant_id="acme") == own
    assert rule_for(board.host_app, item) == general


@pytest.mark.parametrize(
    ("project", "task", "chosen"),
    [
        ("WEB", "Design", (1, 5)),
        ("1", "6", (1, 6)),
        ("Website", "Design", None),
        ("WEB", "Nothing", None),
        ("None", "Design", None),
    ],
)
def test_it_chooses_only_what_it_names_without_doubt(
    board: NewHostApp, project: str, task: str, chosen: tuple[int, int] | None
) -> None:
    choice = rule(board, project=project, task=task).choice_among(PROJECTS)
    assert choice == (chosen and {"project_id": chosen[0], "task_id": chosen[1]})
