"""Migrations that hold a table for long, or that the version before could not work with, are refused.

squawk reads the SQL for PostgreSQL, django-migration-linter the operations. What landed before both were here is their
baseline: none of it was ever released. A migration that must break a rule says why, in `EXCUSED`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django_migration_linter.migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import analyse_sql_statements, get_sql_analyser_class

from harvest_bridge.env import ROOT

pytestmark = pytest.mark.django_db

# The last migration of each app on the day that both tools came.
BASELINE = {
    "api": 3,
    "connections": 12,
    "console": 5,
    "hosts": 2,
    "insights": 8,
    "invoices": 1,
    "mirror": 9,
    "provisioning": 3,
    "timer_widget": 11,
    "unified": 3,
    "webhooks": 3,
}
EXCUSED: dict[str, str] = {}
# Against the bridge itself `manage.py migrate` sets lock_timeout, and what it may hold it holds for that long at most.
SEEN_TO = {"require-lock-timeout", "require-statement-timeout", "require-timeout-settings"}
STYLE = {
    *("prefer-big-int", "prefer-bigint-over-int", "prefer-bigint-over-smallint", "prefer-identity"),
    *("prefer-text-field", "prefer-robust-stmts", "prefer-timestamp-tz"),
}


def of_ours() -> list[Migration]:
    """Those that came after the baseline, and are not excused."""
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith(("harvest_bridge", "timer_widget"))}
    found = [one for (label, _), one in MigrationLoader(connection).disk_migrations.items() if label in ours]
    return [one for one in found if number(one) > BASELINE.get(one.app_label, 1) and str(one) not in EXCUSED]


def number(migration: Migration) -> int:
    return int(migration.name.partition("_")[0])


def complaints(file: Path) -> list[str]:
    """What squawk has against this SQL."""
    squawk = [Path(sys.executable).with_name("squawk"), "--reporter", "json", file]
    done = subprocess.run(squawk, capture_output=True, text=True)
    assert done.stdout, done.stderr
    rules = ((one["rule_name"], one["message"]) for one in json.loads(done.stdout))
    return [f"{name}: {message}" for name, message in rules if name not in SEEN_TO | STYLE]


@pytest.mark.skipif("TEST_DATABASE_URL" not in os.environ, reason="squawk reads PostgreSQL's SQL")
def test_squawk_has_nothing_against_a_new_migration(tmp_path: Path) -> None:
    loader, found = MigrationLoader(connection, replace_migrations=False), {}
    for migration in of_ours():
        file = tmp_path / f"{migration}.sql"
        statements = loader.collect_sql([(migration, False)])
        file.write_text("\n".join(["BEGIN;", *statements, "COMMIT;"] if migration.atomic else statements))
        found[str(migration)] = complaints(file)
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.django_db(transaction=True)  # on SQLite a schema editor opens outside a transaction alone
def test_the_linter_has_nothing_against_a_new_migration() -> None:
    linter = MigrationLinter(str(ROOT), no_cache=True, no_output=True)
    for migration in of_ours():
        linter.lint_migration(migration)
    assert linter.nb_erroneous == 0


def test_both_notice_what_they_are_for(tmp_path: Path) -> None:
    bad = "ALTER TABLE timer_widget_intent DROP COLUMN origin;"
    file = tmp_path / "bad.sql"
    file.write_text(f"{bad}\nCREATE INDEX slow ON timer_widget_intent (gap);\n")
    assert {said.partition(":")[0] for said in complaints(file)} >= {
        "ban-drop-column",
        "require-concurrent-index-creation",
    }
    errors, _, _ = analyse_sql_statements(get_sql_analyser_class(connection.vendor), [bad])
    assert [error.code for error in errors] == ["DROP_COLUMN"]
