"""Nothing goes from one record, page or tenant to the next."""

from __future__ import annotations

from harvest_bridge.unified.overrides.application import mapped
from harvest_bridge.unified.overrides.evaluation import evaluate
from harvest_bridge.unified.overrides.failures import Owner

from .conftest import OWNER, person

ALICE, BOB = Owner("board", "alice"), Owner("board", "bob")


def test_a_variable_lives_for_one_record() -> None:
    """Nothing that one record binds is seen by the next one."""
    records = [{"a": number} for number in range(3)]
    column = evaluate(OWNER, {"x": "$exists($seen) ? $seen : ($seen := a)"}, records)["x"]
    assert column.values == [0, 1, 2]
    bound = evaluate(OWNER, {"x": "$kept := a"}, records)["x"]
    assert bound.values == [0, 1, 2]
    assert evaluate(OWNER, {"x": "$exists($kept)"}, records)["x"].values == [False] * 3


def test_two_tenants_share_nothing_of_an_expression() -> None:
    text = "$secret := a"
    assert evaluate(ALICE, {"x": text}, [{"a": "alice's"}])["x"].values == ["alice's"]
    assert evaluate(BOB, {"x": "$secret"}, [{"a": 1}])["x"].values == [None]
    assert evaluate(BOB, {"x": text}, [{}])["x"].values == [None]


def test_a_function_cannot_be_replaced_for_others() -> None:
    evaluate(ALICE, {"x": "$uppercase := function($s) { 'stolen' }"}, [{}])
    assert evaluate(BOB, {"x": "$uppercase('a')"}, [{}])["x"].values == ["A"]


def test_no_expression_changes_what_another_sees() -> None:
    records = [{"a": [3, 1, 2]}]
    columns = evaluate(OWNER, {"x": "$append($sort(a), 9)", "y": "$ ~> |$|{'a': 0}|", "z": "a[]"}, records)
    assert columns["z"].values == [[3, 1, 2]]
    assert records == [{"a": [3, 1, 2]}]


def test_mappings_see_built_in_values_whatever_their_order() -> None:
    expressions = {"name": "'mapped'", "title": "name & '!'"}
    (answer,) = mapped(OWNER, "users", expressions, [person()])
    (backwards,) = mapped(OWNER, "users", dict(reversed(expressions.items())), [person()])
    assert (answer["name"], answer["title"]) == (backwards["name"], backwards["title"]) == ("mapped", "Zoë!")


def test_now_is_the_time_of_the_page() -> None:
    """It is not that of an earlier page, nor of another tenant's expression."""
    evaluate(OWNER, {"x": "$millis() - 0"}, [{}])
    evaluate(BOB, {"x": "$millis() - 1"}, [{}])
    earlier = evaluate(OWNER, {"x": "$millis() - 0"}, [{}])["x"].values[0]
    later = evaluate(OWNER, {"x": "$millis() - 0"}, [{}, {}])["x"].values
    assert later[0] == later[1] >= earlier
