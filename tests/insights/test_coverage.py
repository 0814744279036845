"""No mirror, or a stream that is not whole, is a refusal that names it; never a smaller number."""

from __future__ import annotations

from datetime import date

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.coverage import coverage_of
from harvest_bridge.insights.errors import MirrorRequired, RangeNotMirrored, StreamNotComplete
from harvest_bridge.mirror.models import Mirror, Stream

from .mirrored import Mirrored

NEEDS = ("time_entries", "users")


def test_without_a_mirror_it_is_said_how_to_begin_one(linked: Connection) -> None:
    with pytest.raises(MirrorRequired, match="POST /mirror/sync"):
        coverage_of(linked, needs=NEEDS)


@pytest.mark.parametrize(
    ("state", "reason", "needs"),
    [("forbidden", "rights", "administrator"), ("partial", "loading", ""), ("failing", "counts", "")],
)
def test_a_stream_that_is_not_whole_is_named_with_its_right(
    mirrored: Mirrored, state: str, reason: str, needs: str
) -> None:
    mirrored.say("users", state, reason, needs)
    with pytest.raises(StreamNotComplete, match=f"users: is {state}.*{needs}") as refusal:
        coverage_of(mirrored.connection, needs=NEEDS)
    assert list(refusal.value.extra["streams"]) == ["users"]


@pytest.mark.parametrize("reason", ["harvest_unavailable", "needs_reauth"])
def test_while_harvest_is_away_answers_stand_as_of_the_last_pass(mirrored: Mirrored, reason: str) -> None:
    mirrored.say("users", "failing", reason)

    found = coverage_of(mirrored.connection, needs=NEEDS)

    assert not found.is_complete
    assert found.as_of == mirrored.as_of


def test_what_was_never_read_whole_is_refused_while_harvest_is_away(mirrored: Mirrored) -> None:
    mirrored.say("users", "failing", "harvest_unavailable")
    Stream.objects.filter(resource="users").update(swept_at=None)

    with pytest.raises(StreamNotComplete, match="users: is failing"):
        coverage_of(mirrored.connection, needs=NEEDS)


def test_what_is_off_in_harvest_is_whole_and_what_the_mirror_leaves_out_is_not(mirrored: Mirrored) -> None:
    mirrored.say("expenses", "off", "feature_off")
    assert coverage_of(mirrored.connection, needs=("expenses",)).is_complete
    mirrored.say("expenses", "off", "resource_off")
    with pytest.raises(StreamNotComplete, match=r"expenses: .*PATCH /mirror/settings"):
        coverage_of(mirrored.connection, needs=("expenses",))


def test_a_stream_that_is_only_of_use_makes_the_answer_incomplete(mirrored: Mirrored) -> None:
    mirrored.say("expenses", "forbidden", "rights")
    found = coverage_of(mirrored.connection, needs=NEEDS, uses=("expenses",))
    assert not found.is_complete
    assert found.serialize()["streams"]["expenses"]["state"] == "forbidden"


def test_days_that_the_mirror_leaves_out_are_refused(mirrored: Mirrored) -> None:
    Mirror.objects.update(history_days=30)
    with pytest.raises(RangeNotMirrored, match="30 days"):
        coverage_of(mirrored.connection, needs=NEEDS, first_day=date(2020, 1, 1))


def test_every_definition_says_what_keeps_this_account_from_it(api: APIClient, mirrored: Mirrored) -> None:
    mirrored.say("time_entries", "forbidden", "rights")
    answer = api.get("/insights/definitions", {"integrated_account_id": str(mirrored.connection.pk)})
    assert answer.status_code == 200, answer.content
    assert {row["blocked_by"]["code"] for row in answer.json()["result"]} == {"stream_not_complete"}
