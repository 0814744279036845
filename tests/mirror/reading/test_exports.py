"""Files of the mirror: harmless to spreadsheets, up to their limits, in constant memory."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.mirror.errors import TooManyRows
from harvest_bridge.mirror.models import Mirror, Record
from harvest_bridge.mirror.reading import export_rows
from harvest_bridge.mirror.reading.csv_export import csv_parts, harmless
from harvest_bridge.mirror.reading.export_job import begin_export
from harvest_bridge.mirror.reading.export_rows import Row, Table
from harvest_bridge.mirror.reading.table_columns import COLUMNS
from harvest_bridge.mirror.reading.xlsx_export import MOST_CHARACTERS, MOST_ROWS, require_fitting, write_xlsx
from harvest_bridge.mirror.resources import BY_NAME
from tests.mirror.reading.filling import TIMES, bury, entry, fill


@pytest.fixture
def exported(board: NewHostApp, mirror: Mirror) -> Any:
    def call(resource: str, query: str = "") -> bytes:
        job = begin_export(board.api_key, resource, f"integrated_account_id={mirror.connection_id}&{query}")
        try:
            return b"".join(job.parts)
        finally:
            job.close()

    return call


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1", "'+49 30 1"),
        ("-lunch", "'-lunch"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1", "'＝1"),
        ("a=b", "a=b"),
        ("", ""),
        (Decimal("-1.50"), Decimal("-1.50")),
        (-7, -7),
        (True, "true"),
        (None, None),
    ],
)
def test_no_cell_of_text_is_a_formula_and_numbers_are_numbers(cell: Any, shown: Any) -> None:
    assert harmless(cell) == shown


@pytest.mark.django_db
def test_csv_keeps_what_harvest_sent_through_quotes_and_line_breaks(exported: Any, mirror: Mirror) -> None:
    fill(mirror, "time_entries", entry(1, hours=1.10, notes='a,"b"\r\n=c'), entry(2, notes="=HYPERLINK()"))
    first, second = rows_of(exported("time_entries", "format=csv"))
    assert (first["hours"], first["notes"], first["project_name"], first["is_billed"]) == (
        "1.1",
        'a,"b"\r\n=c',
        "Website",
        "false",
    )
    assert second["notes"] == "'=HYPERLINK()"
    assert list(first) == [*(column.name for column in COLUMNS["time_entries"]), "other_fields"]


@pytest.mark.django_db
def test_a_range_and_filters_narrow_an_export(exported: Any, mirror: Mirror) -> None:
    days = ("2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01")
    fill(mirror, "time_entries", *(entry(n, spent_date=day) for n, day in enumerate(days, 1)))
    found = rows_of(exported("time_entries", "format=csv&from=2026-11-01&to=2026-11-30"))
    assert [row["id"] for row in found] == ["2", "3"]


@pytest.mark.django_db
def test_tombstones_and_parents_have_columns_of_their_own(exported: Any, mirror: Mirror) -> None:
    fill(mirror, "cost_rates", {"id": 1, "amount": 50.0, **TIMES}, {"id": 2, "amount": 60.0, **TIMES}, parent_id=7)
    bury(mirror, "cost_rates", 2)
    lines = [json.loads(line) for line in exported("cost_rates", "deleted=include").splitlines()]
    assert [line["user_id"] for line in lines] == [7, 7]
    alive, gone = rows_of(exported("cost_rates", "format=csv&deleted=include"))
    assert (alive["user_id"], alive["deleted_at"]) == ("7", "")
    assert (gone["deleted_cause"], gone["amount"]) == ("deleted", "60.0")


@pytest.mark.django_db
def test_a_row_that_moves_between_batches_is_neither_lost_nor_met_twice(
    exported: Any, board: NewHostApp, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_rows, "BATCH", 2)
    fill(mirror, "time_entries", *(entry(n) for n in range(1, 7)))
    job = begin_export(board.api_key, "time_entries", f"integrated_account_id={mirror.connection_id}")
    read = next(job.parts)
    fill(mirror, "time_entries", entry(1, notes="moved"), entry(6, spent_date="2020-01-01"))
    read += b"".join(job.parts)
    assert [line.split(b",")[0] for line in read.splitlines()] == [b'{"id":%d' % n for n in range(1, 7)]


@pytest.mark.django_db
@pytest.mark.parametrize("resource", list(BY_NAME))
def test_every_resource_can_be_exported(exported: Any, mirror: Mirror, resource: str) -> None:
    fill(mirror, resource, {"id": 1, "project_id": 1, "name": "x", **TIMES}, parent_id=7)
    [row] = rows_of(exported(resource, "format=csv"))
    assert "1" in row.values() or row["name"] == "x"
    assert exported(resource, "format=xlsx").startswith(b"PK")


def test_xlsx_writes_text_as_text_and_days_as_days(tmp_path: Path) -> None:
    raw = '{"id":2600000001,"spent_date":"2026-11-02","hours":1.25,"notes":"=1+1","is_billed":true,"updated_at":"x"}'
    table = Table("time_entries", with_deleted=False)
    write_xlsx(tmp_path / "x.xlsx", "time_entries", table, [[Row(1, None, None, "", raw)]])
    with ZipFile(tmp_path / "x.xlsx") as file:
        sheet = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    for shown in ("<t>=1+1</t>", "<v>2600000001</v>", "<v>1.25</v>", "<v>46328</v>", "<t>x</t>"):
        assert shown in sheet
    assert [path.name for path in tmp_path.iterdir()] == ["x.xlsx"]


def test_beyond_what_a_sheet_holds_is_refused_with_the_remedy(tmp_path: Path) -> None:
    require_fitting(MOST_ROWS - 1, "time_entries")
    with pytest.raises(TooManyRows) as refused:
        require_fitting(MOST_ROWS, "time_entries")
    assert refused.value.status == 422
    assert "format=csv" in refused.value.message
    assert "from" in refused.value.message
    long = f'{{"id":1,"notes":"{"x" * (MOST_CHARACTERS + 1)}"}}'
    with pytest.raises(TooManyRows, match="format=csv"):
        write_xlsx(
            tmp_path / "x.xlsx", "tasks", Table("time_entries", with_deleted=False), [[Row(1, None, None, "", long)]]
        )


def test_memory_does_not_grow_with_the_rows() -> None:
    """As many batches again take no more memory than the first ones."""
    raw = '{"id":1,"notes":"' + "x" * 2000 + '"}'

    def peak(count: int) -> int:
        batches = ([Row(number, None, None, "", raw) for _ in range(100)] for number in range(count))
        tracemalloc.start()
        for _ in csv_parts(Table("time_entries", with_deleted=False), batches):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(40) < 1.5 * peak(10)


@pytest.mark.django_db
def test_half_a_surrogate_pair_or_a_nul_ends_no_export_and_no_filter(exported: Any, mirror: Mirror, ask: Any) -> None:
    """JSON allows both; UTF-8, msgspec and PostgreSQL's jsonb do not."""
    fill(mirror, "invoices", {"id": 1, "issue_date": "2026-11-01", **TIMES})
    odd = '{"id":1,"amount":1.50,"subject":"a \\ud83d","notes":"n\\u0000","line_items":[{"project":{"id":5}}]}'
    Record.objects.update(raw=odd)
    [row] = rows_of(exported("invoices", "format=csv&project_id=5"))
    assert (row["subject"], row["id"]) == ("a ?", "1")
    assert exported("invoices") == odd.encode() + b"\n"
    assert [odd in ask("invoices", project_id=5).content.decode()] == [True]


@pytest.mark.django_db
def test_what_has_no_column_stands_in_other_fields(exported: Any, mirror: Mirror) -> None:
    new = {"mood": [1.50], "client": {"id": 3, "name": "Acme", "currency": "EUR", "vip": True}, "project": None}
    fill(mirror, "time_entries", entry(1, **new), entry(2))
    first, second = rows_of(exported("time_entries", "format=csv"))
    assert json.loads(first["other_fields"]) == {"mood": [1.5], "client": {"vip": True}}
    assert second["other_fields"] == ""
