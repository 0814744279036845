"""Built-in < host app < connection, field by field."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from harvest_bridge.unified.overrides.layers import effective

FIELDS = st.sampled_from(["name", "title", "emails", "custom_fields.a", "custom_fields.b"])
LAYERS = st.dictionaries(FIELDS, st.text(min_size=1, max_size=5))


@dataclass(frozen=True)
class Row:
    field: str
    expression: str
    is_of_connection: bool


def rows(host: dict[str, str], connection: dict[str, str]) -> list[Row]:
    return [Row(field, text, False) for field, text in host.items()] + [
        Row(field, text, True) for field, text in connection.items()
    ]


@given(LAYERS, LAYERS, st.randoms())
def test_the_later_layer_wins_field_by_field(host: dict[str, str], connection: dict[str, str], order: object) -> None:
    given_rows = rows(host, connection)
    order.shuffle(given_rows)  # type: ignore[attr-defined]
    assert {field: row.expression for field, row in effective(given_rows).items()} == host | connection


@given(LAYERS, LAYERS, FIELDS, st.text(min_size=1, max_size=5))
def test_adding_one_field_changes_no_other(
    host: dict[str, str], connection: dict[str, str], field: str, text: str
) -> None:
    before = effective(rows(host, connection))
    after = effective(rows(host, connection | {field: text}))
    assert {name: row for name, row in after.items() if name != field} == {
        name: row for name, row in before.items() if name != field
    }
    assert after[field].expression == text


@given(LAYERS, LAYERS)
def test_an_empty_layer_changes_nothing(host: dict[str, str], connection: dict[str, str]) -> None:
    assert effective(rows(host, {})).keys() == host.keys()
    assert effective(rows({}, connection)).keys() == connection.keys()
