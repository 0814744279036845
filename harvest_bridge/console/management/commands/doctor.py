"""`manage.py doctor`: what is wrong with this installation, and the remedy of each."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from harvest_bridge.console.doctor import Finding, State, findings

_MARKS: dict[State, str] = {"ok": "ok   ", "warning": "look ", "error": "WRONG"}


class Command(BaseCommand):
    help = "Look at settings, keys, database, Redis, clock, Harvest, addresses, TLS, disk and workers; say each remedy."
    requires_system_checks: list[str] = []  # what they find is part of what is told

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON object a line, for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 when anything is wrong; what is only worth a look does not count."""
        wrong = 0
        for finding in findings():
            wrong += finding.state == "error"
            self.stdout.write(_as_json(finding) if options["json"] else self._as_text(finding))
        if wrong:
            raise CommandError(f"{wrong} {'part is' if wrong == 1 else 'parts are'} wrong.", returncode=1)
        if not options["json"]:
            self.stdout.write("Nothing is wrong.")

    def _as_text(self, finding: Finding) -> str:
        styles = {"ok": self.style.SUCCESS, "warning": self.style.WARNING, "error": self.style.ERROR}
        line = f"{styles[finding.state](_MARKS[finding.state])}  {finding.part:17} {finding.said}"
        return f"{line}\n{'':25}{finding.remedy}" if finding.remedy else line


def _as_json(finding: Finding) -> str:
    return json.dumps(
        {"part": finding.part, "state": finding.state, "said": finding.said, "remedy": finding.remedy or None}
    )
