"""Making a backup, and restoring one."""

from __future__ import annotations

import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from harvest_bridge.console import web_lock
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.crypto.rotation import unopened

from . import archive, postgresql, sqlite
from .errors import DoesNotFit, NotEmpty
from .manifest import Manifest, row_counts, told


class _Database(Protocol):
    def copied(self, target: Path) -> AbstractContextManager[Any]: ...
    def has_data(self) -> bool: ...
    def empty(self) -> None: ...
    def restored(self, copy: Path) -> AbstractContextManager[Any]: ...


def _database() -> _Database:
    return sqlite if settings.ON_SQLITE else postgresql


def back_up(target: Path) -> Manifest:
    """One consistent copy while the bridge runs. Errors: BackupError; OSError where `target` cannot be written."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
        copy = Path(folder) / "database"
        with _database().copied(copy) as cursor:
            size, sha256 = archive.digest_of(copy)
            manifest = told(cursor, size=size, sha256=sha256)
        archive.write(target, manifest, copy)
    return manifest


def restore(source: Path, *, replace: bool = False) -> Manifest:
    """Into this bridge's database, which must be empty unless `replace`. No other process may run.

    Ends only when rows are counted and one sealed secret of each key has been opened. Errors: BackupError.
    """
    with archive.opened(source) as (manifest, tar), tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        _refuse_what_does_not_fit(manifest)
        copy = Path(folder) / "database"
        archive.extract(tar, manifest, copy)
        _refuse_to_overwrite(replace)
        with _database().restored(copy) as cursor:
            _prove_counts(manifest, cursor)
            call_command("migrate", verbosity=0)
            _prove_keys(manifest)
    return manifest


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    if manifest.database != connection.vendor:
        raise DoesNotFit(f"The backup is of {manifest.database}, and DATABASE_URL names {connection.vendor}.")
    missing = sorted(set(manifest.key_ids) - set(key_ring().key_ids))
    if missing:
        raise DoesNotFit(
            f"ENCRYPTION_KEYS lacks {', '.join(missing)}, which sealed tokens in the backup; add it first."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    ours = {app for app, _ in MigrationLoader(None).disk_migrations}
    newer = [one for one in manifest.migrations if one not in known and one.partition(".")[0] in ours]
    if newer:
        raise DoesNotFit(
            f"The backup is of version {manifest.version}, newer than this one ({newer[-1]}): install that."
        )


def _refuse_to_overwrite(replace: bool) -> None:
    try:
        lock = web_lock.hold()
    except ImproperlyConfigured as error:
        raise NotEmpty("A web process serves from this VAR_DIR. Stop it, and every worker, first.") from error
    lock.close()
    if _database().has_data():
        if not replace:
            raise NotEmpty("This database has data already. To replace all of it: --replace")
        _database().empty()


def _prove_counts(manifest: Manifest, cursor: Any) -> None:
    """Errors: DoesNotFit."""
    for table, count in row_counts(cursor, manifest.rows).items():
        if count != manifest.rows[table]:
            raise DoesNotFit(f"After restoring, {table} has {count} rows, not {manifest.rows[table]}.")


def _prove_keys(manifest: Manifest) -> None:
    """One sealed secret of each key and column opens. Errors: DoesNotFit, naming all that do not."""
    found = [f"{one.field.title} of row {one.row_id}: {one.why}" for one in unopened(manifest.key_ids, newest=1)]
    if found:
        raise DoesNotFit("Restored, but this is sealed and does not open: " + " ".join(found))
