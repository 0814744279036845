"""What is kept, how long and why: every table stands in docs/privacy.md, and what is old goes and is told."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from fnmatch import fnmatch

import pytest
from django.apps import apps
from django.utils import timezone

from harvest_bridge.api.models import RequestRecord
from harvest_bridge.connections.models import Connection
from harvest_bridge.console import retention
from harvest_bridge.console.models import AuditEntry, JobHour
from harvest_bridge.console.workers import jobs
from harvest_bridge.env import ROOT
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.provisioning.models import InboxEvent, SeenEvent, Template

# Apps that may not be there: their models come with them.
COMING = {"invoices"}


def named() -> list[str]:
    """Of the first column: `api.RequestRecord`, `hosts.*`."""
    text = (ROOT / "docs" / "privacy.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert all(line.count("|") == 6 and all(cell.strip() for cell in line.split("|")[1:-1]) for line in rows)
    return [name for line in rows for name in re.findall(r"`([\w.*]+)`", line.split("|")[1])]


def test_every_model_is_in_the_table_once_and_every_row_of_it_is_one() -> None:
    names, models = named(), [model._meta.label for model in apps.get_models() if not model._meta.proxy]
    missing = [label for label in models if sum(fnmatch(label, name) for name in names) != 1]
    assert not missing, f"docs/privacy.md must say how long these are kept: {missing}"
    unknown = [name for name in names if not any(fnmatch(label, name) for label in models)]
    assert {name.partition(".")[0] for name in unknown} <= COMING


def test_every_step_forgets_models_that_there_are() -> None:
    labels = [label for step in retention.STEPS for label in step.models]
    assert {apps.get_model(label)._meta.label for label in labels} == set(labels)


@pytest.mark.django_db
def test_the_nightly_job_forgets_what_is_old_and_tells() -> None:
    now = timezone.now()
    jobs.count("beat", is_done=True, now=now - timedelta(days=8))
    jobs.count("beat", is_done=True, now=now)
    gone = retention.forget_all(now=now)
    assert gone["jobs"] == 1
    assert JobHour.objects.count() == 1
    row = AuditEntry.objects.get(action="forgot what is kept no longer")
    assert (row.source, row.actor) == ("worker", "nightly retention")
    assert "jobs: 1" in row.detail
    assert not RequestRecord.objects.exists()


@pytest.mark.django_db
def test_what_a_crm_sent_is_kept_for_ninety_days_once_it_was_worked_on(board: NewHostApp) -> None:
    now = timezone.now()
    connection = Connection.objects.create(
        host_app=board.host_app, tenant_id="acme", harvest_account_id=1, harvest_user_id=1
    )
    template = Template.objects.create(host_app=connection.host_app, connection=connection, name="T", content={})
    for days, status in ((91, "done"), (91, "pending"), (89, "failed")):
        received = now - timedelta(days=days)
        row = {"digest": f"{days} {status}", "status": status, "received_at": received}
        InboxEvent.objects.create(template=template, body={}, **row)
    SeenEvent.objects.create(template=template, event_id="old", at=now - timedelta(days=91))
    assert retention.forget_all(now=now)["what CRMs sent"] == 2
    assert set(InboxEvent.objects.values_list("digest", flat=True)) == {"91 pending", "89 failed"}


@pytest.mark.django_db
def test_a_step_that_fails_is_told_and_keeps_back_no_other() -> None:
    def fail(now: datetime) -> None:
        raise RuntimeError("no")

    jobs.count("beat", is_done=True, now=timezone.now() - timedelta(days=8))
    broken = retention.Step("broken", ("api.RequestRecord",), fail)
    gone = retention.forget_all(now=timezone.now(), steps=(broken, *retention.STEPS))
    assert (gone["broken"], gone["jobs"]) == (None, 1)
    assert "broken: failed" in AuditEntry.objects.get(actor="nightly retention").detail
