"""Files are read back by parsers that are not ours: Ruby's, SQLite's, hledger's and openpyxl."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from harvest_bridge.insights.payouts.exports import file_of
from harvest_bridge.insights.payouts.models import Period, Statement

from .account import DANA, EMIL, Account

AWKWARD = ('O"Hara, Ünal', "Zoë\nvan Øst; 東京")
RUBY = "require 'csv'; require 'json'; puts JSON.dump(CSV.read(ARGV[0], headers: true, encoding: 'utf-8').map(&:to_h))"
RULES = """skip 1
fields statement, period_from, period_to, user_id, person, line, kind, resource, entry_id, date, client, project, \
task, hours, rate, rate_of, currency_, amount_
date-format %Y-%m-%d
account1 assets
account2 payouts
amount1 %amount_ %currency_
"""


@pytest.fixture
def closed(account: Account) -> Period:
    """Two people with awkward names, paid in EUR and JPY, a client that looks like a formula, an expense."""
    for user_id, name in zip((DANA, EMIL), AWKWARD, strict=True):
        account.change("users", user_id, first_name=name, last_name='"')
    account.change("clients", 1, name="=HYPERLINK(1)")
    account.entry(1, "2026-11-02", "1.33", "77.77")
    account.entry(2, "2026-11-03", "2.005", "5012", client_id=2)
    account.entry(3, "2026-11-04", 2, 50, user_id=EMIL)
    account.expense(1, "2026-11-04", "19.99")
    account.sync()
    return account.pay(cost_currency="client", with_expenses=True)


def written(period: Period, form: str, folder: Path, **wishes: str) -> Path:
    path = folder / f"file.{form}"
    path.write_bytes(file_of(period, form, **wishes).body)
    return path


def ours(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


def ran(*words: str | Path) -> str:
    given = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True, env=given).stdout


def totals(period: Period) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for statement in Statement.objects.filter(period=period):
        for one in statement.totals:
            found[one["currency"]] += Decimal(one["amount"])
    return dict(found)


@pytest.mark.parametrize("form", ["csv", "wise", "gusto", "paypal"])
def test_ruby_and_sqlite_read_what_was_written(closed: Period, tmp_path: Path, form: str) -> None:
    wishes = {"currency": "EUR"} if form in ("gusto", "paypal") else {}
    path = written(closed, form, tmp_path, **wishes)
    expected = ours(path)

    assert json.loads(ran("ruby", "-e", RUBY, path)) == [
        {name: value or None for name, value in row.items()} for row in expected
    ]
    read = ran("sqlite3", "-json", ":memory:", f".import --csv {path} t", "SELECT * FROM t")
    assert [list(row.values()) for row in json.loads(read)] == [list(row.values()) for row in expected]
    assert form == "paypal" or any(AWKWARD[0] in value for row in expected for value in row.values())


def test_hledger_adds_the_plain_csv_up_to_the_statements(closed: Period, tmp_path: Path) -> None:
    path = written(closed, "csv", tmp_path)
    (tmp_path / "rules").write_text(RULES)

    balance = ran("hledger", "-f", f"csv:{path}", "--rules-file", tmp_path / "rules", "balance", "assets", "-O", "json")

    rows, _ = json.loads(balance)
    found = {
        one["acommodity"]: Decimal(str(one["aquantity"]["decimalMantissa"])).scaleb(-one["aquantity"]["decimalPlaces"])
        for one in rows[0][3]
    }
    assert found == totals(closed)


def test_openpyxl_reads_the_sheets(closed: Period, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(closed, "xlsx", tmp_path))

    statements, lines = (list(book[name].values) for name in book.sheetnames)
    assert len(statements) == 1 + sum(len(one.totals) for one in Statement.objects.filter(period=closed))
    names, *rows = lines
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        one = dict(zip(names, row, strict=True))
        amounts[one["currency"]] += Decimal(str(one["amount"]))
    assert dict(amounts) == totals(closed)
