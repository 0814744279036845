"""`manage.py restore FILE`: a backup into an empty database, proven before it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from harvest_bridge.console.audit.record import record
from harvest_bridge.console.backups.errors import BackupError
from harvest_bridge.console.backups.services import restore


class Command(BaseCommand):
    help = "Restore a backup into an empty database, count its rows, open a sealed secret of each key, then migrate."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="All data that is in the database now goes.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(options["file"].absolute(), replace=options["replace"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        record("restored a backup", detail=f"made at {manifest.made_at.isoformat()} sha256={manifest.sha256}")
        self.stdout.write(
            f"Restored what was backed up at {manifest.made_at:%Y-%m-%d %H:%M} UTC by {manifest.version}:"
        )
        self.stdout.write(
            f"{sum(manifest.rows.values())} rows of {len(manifest.rows)} tables, every key opens what it sealed."
        )
