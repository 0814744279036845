"""`manage.py erasetenant HOST_APP TENANT`: nothing is kept of one customer any more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from harvest_bridge.console.audit.record import record
from harvest_bridge.console.tenants.command import TenantCommand
from harvest_bridge.console.tenants.erasure import StillWritten, counted, erase

_STATEMENTS = "insights.Statement"


class Command(TenantCommand):
    help = "Erase everything that is kept of one customer, and print a receipt. Shows what would go unless --yes."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--yes", action="store_true", help="Erase. It cannot be undone; backups keep what they have."
        )

        parser.add_argument(
            "--with-statements",
            action="store_true",
            help="Closed payout statements go as well. Without this a customer that has some is not erased.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host_app, tenant_id = self.host_app(options), options["tenant_id"]
        counts = counted(host_app, tenant_id)
        if not options["yes"]:
            self._show(counts)
            return
        if counts.get(_STATEMENTS) and not options["with_statements"]:
            raise CommandError(
                f"Nothing was erased. {counts[_STATEMENTS]} closed payout statements of this customer would go, which "
                "you may have to keep: export them first (manage.py exporttenant), then add --with-statements."
            )
        record("erases a tenant", about=host_app, detail=f"tenant_id={tenant_id}")
        try:
            receipt = erase(host_app, tenant_id, actor="manage.py erasetenant")
        except StillWritten as error:
            raise CommandError(str(error)) from error
        record("erased a tenant", about=host_app, detail=f"tenant_id={tenant_id} rows={sum(receipt.rows.values())}")
        self.stdout.write(receipt.text())

    def _show(self, counts: dict[str, int]) -> None:
        for name, count in sorted(counts.items()):
            self.stdout.write(f"{count:>9}  {name}")
        also = " --with-statements" if counts.get(_STATEMENTS) else ""
        self.stdout.write(f"Nothing was erased. To erase all of it for good: --yes{also}")
