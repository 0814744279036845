"""Finds every payout statement that is not as it was closed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from harvest_bridge.insights.payouts.hash_chain import faults_of
from harvest_bridge.insights.payouts.models import Book


class Command(BaseCommand):
    help = "Compares payout statements with their digests and their chain; prints each altered row."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--connection", action="append", default=[], help="An account's id; may be repeated.")

    def handle(self, *args: Any, **options: Any) -> None:
        books = Book.objects.select_related("connection").order_by("connection_id")
        if options["connection"]:
            books = books.filter(connection__in=options["connection"])
        count, faults = 0, []
        for book in books:
            count += book.last_sequence
            faults += [f"{book.connection}: {fault}" for fault in faults_of(book)]
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} altered: see above.")
        self.stdout.write(f"{count} statements are as they were closed.")
