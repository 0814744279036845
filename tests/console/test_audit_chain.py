"""The audit's chain: whatever somebody with the database in their hands does to a row is found and named."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from harvest_bridge.api import audit_events
from harvest_bridge.console.audit import guard, sealing
from harvest_bridge.console.audit.verification import verify
from harvest_bridge.console.models import AuditEntry, AuditHead, AuditSeal
from harvest_bridge.crypto.keyring import new_key

ENTRY, SEAL = "console_auditentry", "console_auditseal"


def write(count: int = 5) -> list[int]:
    for number in range(count):
        audit_events.record(f"deed {number}", actor="a job", object_id=str(number))
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def findings() -> str:
    return "\n".join(verify().findings)


@pytest.fixture
def guarded(db: None) -> Iterator[None]:
    guard.install()
    yield
    guard.remove()


@pytest.mark.django_db
class TestVerifying:
    pytestmark = pytest.mark.usefixtures("guarded")

    def test_an_audit_that_nobody_touched_is_as_it_was_written(self) -> None:
        write()
        out = StringIO()
        call_command("verifyaudit", stdout=out)
        assert out.getvalue().startswith("5 audit entries, all as they were written.")
        head = out.getvalue().split()[-1]
        write(2)
        call_command("verifyaudit", "--expect", head, stdout=StringIO())

    @pytest.mark.parametrize("column", ["actor", "action", "detail", "object_id", "address", "tenant_id", "request_id"])
    @pytest.mark.parametrize("is_sealed", [True, False])
    def test_an_altered_row_is_named(self, column: str, is_sealed: bool) -> None:
        row = write()[2]
        if is_sealed:
            sealing.seal()
        guard.remove()
        sql(f"UPDATE {ENTRY} SET {column} = 'x' WHERE id = %s", row)
        guard.install()
        assert f"audit entry {row}: " in findings()
        with pytest.raises(CommandError, match="1 finding"):
            call_command("verifyaudit", stderr=StringIO())

    def test_a_moment_that_was_moved_is_named(self) -> None:
        row = write()[2]
        sealing.seal()
        guard.remove()
        sql(f"UPDATE {ENTRY} SET at = '2001-01-01 00:00:00+00:00' WHERE id = %s", row)
        assert f"audit entry {row}: altered" in findings()

    @pytest.mark.parametrize("place", [0, 2, 4])
    def test_a_removed_row_is_named_wherever_it_stood(self, place: int) -> None:
        row = write()[place]
        sealing.seal()
        guard.remove()
        sql(f"DELETE FROM {ENTRY} WHERE id = %s", row)
        assert f"audit entry {row}: removed" in findings()

    def test_the_newest_rows_cut_off_with_their_seals_are_missed(self) -> None:
        rows = write()
        sealing.seal()
        guard.remove()
        sql(f"DELETE FROM {ENTRY} WHERE id >= %s", rows[3])
        sql(f"DELETE FROM {SEAL} WHERE entry_id >= %s", rows[3])
        assert [line.partition(":")[0] for line in findings().splitlines()[:2]] == ["seal 4", "seal 5"]

    def test_an_emptied_audit_is_no_new_one(self) -> None:
        write()
        sealing.seal()
        head = str(AuditHead.objects.get())
        guard.remove()
        for table in (ENTRY, SEAL, "console_audithead"):
            sql(f"DELETE FROM {table}")
        assert "every audit entry: removed" in findings()
        assert "the chain was made anew" in "\n".join(verify(expected_head=head).findings)

    @pytest.mark.parametrize("is_sealed", [True, False])
    def test_a_row_inserted_past_the_bridge_is_named(self, is_sealed: bool) -> None:
        row = write()[1]
        names = "source, actor, action, object_type, object_id, detail, address, request_id, tenant_id, signature, at"
        sql(f"INSERT INTO {ENTRY} ({names}) SELECT {names} FROM {ENTRY} WHERE id = %s", row)
        if is_sealed:
            sealing.seal()
        assert f"audit entry {AuditEntry.objects.latest('pk').pk}: inserted" in findings()

    def test_an_altered_row_whose_chain_was_counted_anew_is_named(self) -> None:
        from harvest_bridge.console.audit.signatures import digest_of, link

        row = write()[2]
        sealing.seal()
        guard.remove()
        sql(f"UPDATE {ENTRY} SET actor = 'x' WHERE id = %s", row)
        digest = sealing.BEGINNING
        for seal in AuditSeal.objects.all():
            entry = digest_of(AuditEntry.objects.get(pk=seal.entry_id))
            digest = link(digest, entry)
            sql(f"UPDATE {SEAL} SET entry_digest = %s, digest = %s WHERE position = %s", entry, digest, seal.position)
        sql("UPDATE console_audithead SET digest = %s", digest)
        assert f"of audit entry {row}: not made by this bridge" in findings()

    def test_old_seals_hold_after_their_key_is_gone(self, settings: object) -> None:
        write()
        sealing.seal()
        settings.ENCRYPTION_KEYS = [new_key()]  # type: ignore[attr-defined]
        write(1)
        out = StringIO()
        call_command("verifyaudit", stdout=out)
        assert "5 seals were signed with a key that ENCRYPTION_KEYS no longer has" in out.getvalue()
        assert "6 audit entries" in out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {ENTRY} SET actor = 'x'",
        f"DELETE FROM {ENTRY}",
        f"UPDATE {SEAL} SET digest = 'x'",
        f"DELETE FROM {SEAL}",
        "again",
        "empty",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_written(guarded: None, statement: str) -> None:
    write()
    sealing.seal()
    on_postgres = connection.vendor == "postgresql"
    if statement == "again":
        statement = f"UPDATE {ENTRY} SET id = id" if on_postgres else f"REPLACE INTO {ENTRY} SELECT * FROM {ENTRY}"
    elif statement == "empty":
        statement = f"TRUNCATE {ENTRY}" if on_postgres else f"DELETE FROM {ENTRY} WHERE 1"
    with pytest.raises(DatabaseError, match=r"never changed or removed"), transaction.atomic():
        sql(statement)
    assert not verify().findings


@pytest.mark.django_db
def test_a_missing_guard_is_told_and_set_up(guarded: None) -> None:
    write()
    guard.remove()
    assert findings().count("missing; `manage.py verifyaudit --install-guards`") == 6
    call_command("verifyaudit", "--install-guards", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_rows_of_many_writers_at_once_make_one_chain() -> None:
    def work(write_one: Callable[[], object]) -> None:
        try:
            for _ in range(20):
                write_one()
        finally:
            connection.close()

    def seal() -> object:
        return sealing.seal()

    jobs = [lambda: audit_events.record("a deed", actor="a job")] * 4 + [seal] * 2
    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    guard.install()
    try:
        found = verify()
    finally:
        guard.remove()
    assert (found.entries, found.findings) == (80, [])
    assert list(AuditSeal.objects.values_list("position", flat=True)) == list(range(1, 81))


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_committed_late_is_sealed_late() -> None:
    may_commit, has_written = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                audit_events.record("slow", actor="a job")
                has_written.set()
                may_commit.wait(60)
        finally:
            connection.close()

    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    thread = threading.Thread(target=slow)
    thread.start()
    has_written.wait(60)
    audit_events.record("fast", actor="a job")
    assert sealing.seal() == 1
    may_commit.set()
    thread.join()
    assert sealing.seal() == 1
    names = {row.pk: row.action for row in AuditEntry.objects.all()}
    assert [names[seal.entry_id] for seal in AuditSeal.objects.all()] == ["fast", "slow"]
