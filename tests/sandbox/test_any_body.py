"""Whatever is sent, the sandbox refuses it as Harvest would: it never falls over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvest_bridge.sandbox.routes import MODULES
from harvest_bridge.sandbox.routing import Route
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox

# Something that would be taken, for every field that any resource reads.
PLAUSIBLE: dict[str, Any] = {
    "name": "New",
    "first_name": "Jon",
    "last_name": "Snow",
    "email": "jon@example.com",
    "telephone": "1",
    "timezone": "Berlin",
    "roles": ["Design"],
    "access_roles": ["manager"],
    "is_active": True,
    "weekly_capacity": 126000,
    "default_hourly_rate": 100,
    "user_ids": [4000103],
    "teammate_ids": [4000103],
    "amount": 10,
    "start_date": "2020-01-01",
    "client_id": 10000101,
    "project_id": 11000101,
    "task_id": 9000101,
    "user_id": 4000103,
    "currency": "EUR",
    "bill_by": "Project",
    "budget_by": "project",
    "budget": 10,
    "hourly_rate": 10,
    "spent_date": "2026-11-02",
    "hours": 1,
    "started_time": "8:00am",
    "ended_time": "9:00am",
    "notes": "x",
    "external_reference": {"id": "7", "permalink": "https://tickets.example/7"},
    "expense_category_id": 16000101,
    "units": 3,
    "total_cost": 3,
    "receipt": "x",
    "number": "7",
    "tax": 5,
    "discount": 5,
    "issue_date": "2026-11-02",
    "due_date": "2026-12-02",
    "payment_term": "custom",
    "payment_options": ["ach"],
    "line_items": [{"kind": "Service", "unit_price": 1}],
    "line_items_import": {"project_ids": [11000101], "time": {"summary_type": "task"}},
    "estimate_id": 1,
    "retainer_id": 1,
    "event_type": "send",
    "recipients": [{"email": "a@example.com"}],
    "subject": "x",
    "paid_at": "2026-11-02T00:00:00Z",
    "paid_date": "2026-11-02",
    "use_default_rates": False,
}
KEYS = [
    "id",
    "kind",
    "unit_price",
    "quantity",
    "project_id",
    "project_ids",
    "time",
    "summary_type",
    "email",
    "_destroy",
]
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.dates().map(str)
    | st.sampled_from([10**30, -1, "9" * 5000, "1e999999", "NaN", "-0", "2026-02-30", "25:00", 1e308])
)
wild = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=5,
)
bodies = st.fixed_dictionaries({}, optional={name: st.just(value) | wild for name, value in PLAUSIBLE.items()})
WRITES = [route for module in MODULES for route in module.routes.routes if route.method in ("POST", "PATCH")]


@pytest.fixture(scope="module")
def world() -> Iterator[RunningSandbox]:
    with running_sandbox(entries=200) as harvest:
        harvest.switch(requests_per_window=1_000_000)
        yield harvest


def path_of(route: Route, harvest: RunningSandbox) -> str:
    """With ids of records that exist, where there are any."""
    parts, table = [], ""
    for part in route.segments:
        if part is None:
            records = list(getattr(harvest.account, table, []))
            parts.append(str(records[0].id) if records else "1")
        else:
            table = part
            parts.append(part)
    return "/v2/" + "/".join(parts)


@pytest.mark.parametrize(
    "route", WRITES, ids=lambda route: f"{route.method} {'/'.join(p or 'id' for p in route.segments)}"
)
def test_no_body_makes_it_fall_over(world: RunningSandbox, route: Route) -> None:
    world.world.reset()
    path = path_of(route, world)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(body=bodies)
    def send(body: dict[str, Any]) -> None:
        answer = world.request(route.method, path, content=encoded(body), headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 201, 400, 403, 404, 422), answer.text

    send()


def encoded(body: dict[str, Any]) -> bytes:
    """Not-a-number included, which is no JSON."""
    return json.dumps(body).encode("utf-8", "surrogatepass")


LISTS = [
    "time_entries",
    "expenses",
    "invoices",
    "projects",
    "user_assignments",
    "reports/time/team",
    "reports/uninvoiced",
]
PARAMETERS = ["page", "per_page", "cursor", "from", "to", "updated_since", "user_id", "client_id", "is_active", "state"]
questions = st.dictionaries(st.sampled_from(PARAMETERS), st.text(max_size=12) | leaves.map(str), max_size=4)


@pytest.mark.parametrize("path", LISTS)
def test_no_query_makes_it_fall_over(world: RunningSandbox, path: str) -> None:
    world.switch(report_requests_per_window=1_000_000)
    world.world.reset()

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(query=questions)
    def ask(query: dict[str, str]) -> None:
        assert world.get(f"/v2/{path}", params=query).status_code in (200, 422)

    ask()
