"""Plain SQL by a model's fields reads and writes what the ORM would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from harvest_bridge.api import plain_sql
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.stored_json import ValueTooLarge
from timer_widget.models import MAX_CLICK, Intent, IntentKind, IntentStatus, Person

pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)
NAMES = ("id", "clicked_at", "settled_at", "asked", "outcome", "harvest_entry_id", "needs_decision", "person_id")


@pytest.fixture
def click(board: NewHostApp) -> Intent:
    person = Person.objects.create(host_app=board.host_app, tenant_id="acme", user_id="carmen")
    return Intent(
        person=person,
        kind=IntentKind.START,
        idempotency_key="a%_b.1",
        clicked_at=MOMENT,
        asked={"notes": "Ä “é” \\ %s"},
        outcome=None,
        harvest_entry_id=2**40,
    )


def by_orm(click: Intent) -> tuple[Any, ...]:
    return tuple(Intent.objects.values_list(*NAMES).get(pk=click.pk))


def by_key(click: Intent, names: tuple[str, ...] = NAMES) -> list[tuple[Any, ...]]:
    return plain_sql.select(Intent, names, "id = %s", [plain_sql.key(Intent, click.pk)])


def test_a_row_is_written_and_read_as_by_the_orm(click: Intent) -> None:
    plain_sql.insert(click)
    expected = (click.pk, MOMENT, None, click.asked, None, 2**40, False, click.person_id)
    assert by_key(click) == [by_orm(click)] == [expected]
    click.refresh_from_db()
    assert (click.kind, click.status, click.position) == ("start", "pending", 0)


def test_a_row_that_is_there_is_not_written_again(click: Intent) -> None:
    plain_sql.insert(click)
    with pytest.raises(IntegrityError), transaction.atomic():
        plain_sql.insert(
            Intent(person=click.person, idempotency_key=click.idempotency_key, clicked_at=MOMENT, asked={})
        )


def test_a_row_gets_the_key_that_the_database_makes(board: NewHostApp) -> None:
    for name in ("first", "second"):
        person = Person(host_app=board.host_app, tenant_id="acme", user_id=name)
        plain_sql.insert(person)
        assert Person.objects.get(pk=person.pk).user_id == name


def test_an_update_changes_the_rows_that_fit_and_counts_them(click: Intent) -> None:
    plain_sql.insert(click)
    fields = {"status": IntentStatus.DONE, "outcome": {"runs": ["x"]}, "settled_at": MOMENT, "harvest_entry_id": None}
    before, at_it = (plain_sql.moment(MOMENT + timedelta(microseconds=late)) for late in (0, 1))
    assert plain_sql.update(Intent, fields, "clicked_at < %s", [before]) == 0
    assert plain_sql.update(Intent, fields, "clicked_at < %s", [at_it]) == 1
    assert by_key(click, ("status", "outcome", "settled_at", "harvest_entry_id")) == [
        ("done", {"runs": ["x"]}, MOMENT, None)
    ]


def test_an_update_gives_back_a_field_of_the_rows_that_it_changed(click: Intent) -> None:
    plain_sql.insert(click)
    where, fields = "idempotency_key = %s", {"outcome": {"runs": ["x"]}, "settled_at": MOMENT}
    assert plain_sql.update_returning(Intent, fields, where, ["another"], returned="settled_at") == []
    assert plain_sql.update_returning(Intent, fields, where, ["a%_b.1"], returned="settled_at") == [MOMENT]
    assert plain_sql.update_returning(Intent, fields, where, ["a%_b.1"], returned="outcome") == [{"runs": ["x"]}]


def test_what_a_field_refuses_is_refused_here_too(click: Intent) -> None:
    plain_sql.insert(click)
    with pytest.raises(ValueTooLarge, match="asked"):
        plain_sql.update(Intent, {"asked": {"notes": "x" * MAX_CLICK}}, "id = %s", [plain_sql.key(Intent, click.pk)])
