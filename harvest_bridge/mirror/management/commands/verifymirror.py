"""`manage.py verifymirror`: compares mirrors with Harvest and prints what differs."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from harvest_bridge.mirror.models import Mirror
from harvest_bridge.mirror.resources import BY_NAME
from harvest_bridge.mirror.verification.findings import Findings, Scope
from harvest_bridge.mirror.verification.patient_calls import PatientCalls
from harvest_bridge.mirror.verification.verify import Verification

DIFFERS, FAILED = 1, 2


class Command(BaseCommand):
    help = (
        "Compare mirrors with Harvest: ids, records and sums per month. "
        "Exit code 0: the same; 1: something differs; 2: something could not be compared."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--connection", action="append", default=[], help="Id of a connection; may be repeated.")
        parser.add_argument("--host-app", action="append", default=[], help="Id of a host app; may be repeated.")
        parser.add_argument(
            "--resource", action="append", default=[], choices=list(BY_NAME), metavar="NAME", help="May be repeated."
        )
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="First day, of what has dates.")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="Last day.")
        parser.add_argument(
            "--wait",
            type=float,
            default=120.0,
            metavar="SECONDS",
            help="How long the worker may take to read what changed meanwhile (120); 0: compare what is here.",
        )
        parser.add_argument(
            "--no-children",
            action="store_true",
            help="Leave out payments, messages, rates, which cost a call a parent.",
        )
        parser.add_argument("--json", action="store_true", help="One JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["first"] and options["last"] and options["first"] > options["last"]:
            raise CommandError("--from: is after --to; the range ends before it begins.")
        found = []
        for mirror in _mirrors(options["connection"], options["host_app"]):
            one = Verification(
                mirror,
                PatientCalls(mirror.connection),
                options["resource"],
                Scope(options["first"], options["last"]),
                options["wait"],
                not options["no_children"],
            ).run()
            found.append(one)
            if not options["json"]:
                self._tell(one)
        if options["json"]:
            self.stdout.write(json.dumps({"mirrors": [one.serialize() for one in found]}, indent=2))
        code = max((_code(one) for one in found), default=0)
        if code:
            sys.exit(code)

    def _tell(self, found: Findings) -> None:
        say = self.stdout.write
        say(f"{found.account} ({found.connection})")
        for name, count in found.compared.items():
            differing = sum(one.resource == name for one in found.differences)
            say(f"  {name}: {count:,} in Harvest, {differing:,} differ")
        for one in found.differences:
            about = f": {', '.join(one.fields)}" if one.fields else ""
            say(f"    {one.resource} {one.harvest_id} {_KINDS[one.kind]}{about}")
        say(f"  {found.months} sums per month, {len(found.sums)} differ")
        for each in found.sums:
            say(f"    {each.month} {each.figure}: {each.here} here, {each.harvest} in Harvest")
        if found.caught_up:
            say(f"  {len(found.caught_up):,} changed meanwhile, and the mirror has them")
        for name, why in found.skipped.items():
            say(f"  {name}: not compared, {why}")
        for name, why in found.failed.items():
            say(f"  {name}: could not be compared, {why}")


_KINDS = {"missing": "is missing here", "extra": "is gone in Harvest", "differs": "differs"}


def _mirrors(connections: list[str], host_apps: list[str]) -> list[Mirror]:
    """Errors: CommandError for an id that has no mirror."""
    rows = Mirror.objects.select_related("connection__host_app").filter(connection__disconnected_at=None).order_by("pk")
    if connections or host_apps:
        chosen = [
            mirror
            for mirror in rows
            if str(mirror.connection_id) in connections or str(mirror.connection.host_app_id) in host_apps
        ]
        missing = {*connections, *host_apps} - {
            each for mirror in chosen for each in (str(mirror.connection_id), str(mirror.connection.host_app_id))
        }
        if missing:
            raise CommandError(f"Nothing is mirrored of {', '.join(sorted(missing))}.")
        return chosen
    return list(rows)


def _code(found: Findings) -> int:
    return DIFFERS if not found.is_same else FAILED if found.failed else 0
