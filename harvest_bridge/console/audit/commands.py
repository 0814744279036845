"""The command line: an audit row for each command that may change something, and settings that lack told in words."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility
from django.db import DatabaseError

from harvest_bridge.crypto.errors import BadKey

# They serve, or only look.
_NOT_RECORDED = {
    *("run_huey", "runserver", "serve", "sandbox", "rundemo", "check", "doctor", "test", "testserver", "help"),
    *("version", "makemigrations", "showmigrations", "sqlmigrate", "diffsettings", "findstatic", "collectstatic"),
    *("verifymirror", "verifystatements", "verifyaudit", "spectacular", "inspectdb", "makemessages", "compilemessages"),
}
# Its table may only be there afterwards.
_RECORDED_AFTERWARDS = {"migrate", "restore"}


class RecordedCommands(ManagementUtility):
    """Django's command line, which tells the audit who runs what, before it is done."""

    def execute(self) -> None:
        super().execute()
        if self._name in _RECORDED_AFTERWARDS and not self._only_explains:
            self._record()

    def fetch_command(self, subcommand: str) -> Any:
        command = super().fetch_command(subcommand)
        if subcommand == self._name and subcommand not in _NOT_RECORDED and not self._only_explains:
            _refuse_bad_settings()
            if subcommand not in _RECORDED_AFTERWARDS:
                self._record()
        return command

    @property
    def _name(self) -> str:
        return self.argv[1] if len(self.argv) > 1 else ""

    @property
    def _only_explains(self) -> bool:
        return not {"-h", "--help"}.isdisjoint(self.argv[2:])

    def _record(self) -> None:
        """Which options were given, and not what for: that may be a secret or somebody's name.

        Where the database is away, or has no such table yet, the command says so itself, or needs none.
        """
        from .record import record

        options = " ".join(word.partition("=")[0] for word in self.argv[2:] if word.startswith("-"))
        with suppress(DatabaseError):
            record(f"ran: {self._name}", detail=options)


def _refuse_bad_settings() -> None:
    """Errors: ImproperlyConfigured."""
    from harvest_bridge.checks import refuse_bad_settings

    refuse_bad_settings()


def run() -> None:
    """What is wrong with the settings is told with its remedy, and without a traceback."""
    try:
        RecordedCommands(sys.argv).execute()
    except (BadKey, ImproperlyConfigured) as error:
        sys.exit(str(error))
