"""`manage.py verifyaudit`: is the audit as it was written?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from harvest_bridge.console.audit import guard
from harvest_bridge.console.audit.verification import verify


class Command(BaseCommand):
    help = "Look through the whole audit, and name every row that was altered, removed or inserted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect", default="", metavar="POSITION:DIGEST", help="what an earlier run printed; it must still stand"
        )
        parser.add_argument("--install-guards", action="store_true", help="first set up triggers that are missing")

    def handle(self, *args: Any, expect: str, install_guards: bool, **options: Any) -> None:
        if install_guards:
            guard.install()
        found = verify(expected_head=expect)
        if found.findings:
            for sentence in found.findings:
                self.stderr.write(sentence)
            count = len(found.findings)
            raise CommandError(f"The audit is not as it was written: {count} finding{'' if count == 1 else 's'}.")
        if found.unknown_key:
            self.stdout.write(
                f"{found.unknown_key} seals were signed with a key that ENCRYPTION_KEYS no longer has; the chain holds "
                "them all the same."
            )
        self.stdout.write(
            f"{found.entries} audit entries, all as they were written. Keep this elsewhere, for --expect:"
        )
        self.stdout.write(f"{found.position}:{found.digest}")
