"""The audit leaves the admin as a file: whole or filtered, and harmless to a spreadsheet."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from django.test import Client

from harvest_bridge.api import audit_events
from harvest_bridge.console.models import AuditEntry

from .operators import signed_in, staff

pytestmark = pytest.mark.django_db
LIST = "/admin/console/auditentry/"


@pytest.fixture
def auditor() -> Client:
    return signed_in(staff("auditor", "console.view_auditentry"))


def text(client: Client, path: str) -> str:
    response = client.get(f"{LIST}{path}")
    assert response.status_code == 200, response
    assert "attachment" in response["Content-Disposition"]
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


def test_a_csv_has_every_row_with_cells_that_no_spreadsheet_carries_out(auditor: Client) -> None:
    for number, action in enumerate(("=1+1", "+1", "-1", "@sum", "plain, with a comma", "\ttab")):
        audit_events.record(action, actor="a job", object_id=str(number))
    rows = list(csv.DictReader(StringIO(text(auditor, "audit.csv"))))
    told = [row["action"] for row in rows if row["actor"] == "a job"]
    assert told == ["'=1+1", "'+1", "'-1", "'@sum", "plain, with a comma", "'\ttab"]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert AuditEntry.objects.filter(action="exported the audit as csv", actor="auditor").exists()


def test_ndjson_has_the_values_as_they_are_and_takes_the_lists_filters(auditor: Client) -> None:
    for tenant in ("acme", "globex"):
        audit_events.record("=erased", actor="a job", tenant_id=tenant)
    lines = text(auditor, "audit.ndjson?tenant_id=globex&source__exact=worker").splitlines()
    [row] = map(json.loads, lines)
    assert (row["tenant_id"], row["action"], row["source"]) == ("globex", "=erased", "worker")
    assert {"id", "at", "actor_id", "request_id", "uid", "signature"} <= set(row)


def test_the_list_has_the_way_to_both_files_with_its_filters(auditor: Client) -> None:
    page = auditor.get(LIST).content.decode()
    for kind in ("csv", "ndjson"):
        assert f"to-{kind}" in page
        came_from = f"http://testserver{LIST}?tenant_id=acme"
        assert auditor.get(f"{LIST}to-{kind}/", headers={"Referer": came_from})["Location"].endswith("?tenant_id=acme")


def test_nobody_without_the_right_gets_a_file() -> None:
    small = signed_in(staff("small", "hosts.view_hostapp"))
    for path in ("", "audit.csv", "audit.ndjson", "to-csv/"):
        assert small.get(f"{LIST}{path}").status_code == 403
