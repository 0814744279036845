"""`manage.py backup FILE`: a consistent copy of everything that must not be lost, while the bridge runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from harvest_bridge.console.audit.record import record
from harvest_bridge.console.backups.errors import BackupError
from harvest_bridge.console.backups.services import back_up


class Command(BaseCommand):
    help = "Write a consistent copy of the database, with a manifest, to one file. ENCRYPTION_KEYS are not in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="Where to; must not exist yet. Such as bridge-2026-11-29.tar.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["file"].absolute()
        if target.exists():
            raise CommandError(f"{target} exists already; choose another name.")
        record("made a backup")
        try:
            manifest = back_up(target)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        keys = ", ".join(manifest.key_ids) or "none: nothing is sealed yet"
        self.stdout.write(
            f"{target}: {sum(manifest.rows.values())} rows of {len(manifest.rows)} tables, {manifest.database}."
        )
        self.stdout.write(f"Opened by the keys {keys}, which are not in it: keep ENCRYPTION_KEYS elsewhere.")
