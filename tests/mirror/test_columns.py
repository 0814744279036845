"""What stands in columns is read out of a record's bytes; what cannot is left out, and the record is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import Raw

from harvest_bridge.mirror.columns import record_row, seen
from harvest_bridge.mirror.resources import BY_NAME
from harvest_bridge.mirror.typed_rows import TABLES

ENTRIES = BY_NAME["time_entries"]
PLAIN = (
    b'{"id":7,"spent_date":"2026-11-02","hours":%s,"updated_at":"2026-11-02T10:00:00Z",'
    b'"user":{"id":1},"client":{"id":2},"project":{"id":3},"task":{"id":4}}'
)


def hours_of(text: bytes) -> int:
    row = TABLES["time_entries"].row(seen(ENTRIES, Raw(PLAIN % text)))
    assert row is not None
    return int(row[TABLES["time_entries"].columns.index("hours_micros")])


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        (b"2.11", 2_110_000),
        (b"0.0000005", 0),
        (b"0.0000015", 2),
        (b"9223372036854.775807", 2**63 - 1),
        (b"9223372036854.775808", 0),
        (b"1e999999", 0),
        (b'"NaN"', 0),
        (b'"sNaN"', 0),
    ],
)
def test_hours_are_exact_and_what_no_column_holds_is_none(text: bytes, micros: int) -> None:
    assert hours_of(text) == micros


def test_an_id_beyond_what_a_column_holds_is_left_out_and_the_bytes_are_kept() -> None:
    body = PLAIN.replace(b'"id":1}', b'"id":9223372036854775808}') % b"1"
    one = seen(ENTRIES, Raw(body))
    row = record_row(ENTRIES, one, lambda moment: moment)
    assert (one.raw.encode(), row[2], row[3]) == (body, None, 2)
    assert row[0] == datetime(2026, 11, 2, 10, tzinfo=UTC)
