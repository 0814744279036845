"""`manage.py sandbox`: the pretend Harvest alone, without database or keys."""

from __future__ import annotations

import argparse
import gc
import socket
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.kept_grants import keep_grants
from harvest_bridge.sandbox.seed import seed_of
from harvest_bridge.sandbox.server import listen, server_for
from harvest_bridge.sandbox.switches import Switches
from harvest_bridge.sandbox.world import OAuthClient, World


class Command(BaseCommand):
    help = "Run a pretend Harvest: its API, its identity host, its timesheets and a console, in memory."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        client = OAuthClient()
        parser.add_argument("--port", type=int, default=8001, help="0 takes a free one (default: %(default)s)")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument(
            "--allow-host", action="append", default=[], metavar="NAME", help="a host name it is reached by; repeatable"
        )
        parser.add_argument("--client-id", default=client.client_id)
        parser.add_argument("--client-secret", default=client.client_secret)
        parser.add_argument(
            "--redirect-url", action="append", help="may be repeated (default: anything on this machine)"
        )
        parser.add_argument("--single-account", action="store_true", help="a grant covers one account only")
        parser.add_argument("--keep-grants", type=Path, metavar="FILE", help="grants live on in it over restarts")
        parser.add_argument("--entries", type=int, default=9000, help="time entries of the agency, about")
        parser.add_argument("--clock-offset", type=float, default=0.0, metavar="SECONDS")
        parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help="see docs/sandbox.md")

    def handle(self, *args: Any, **options: Any) -> None:
        listener = _listener(options["host"], options["port"])
        with listener:
            world = World(
                seed_of(options["entries"]),
                clock=Clock(offset=options["clock_offset"]),
                switches=_switches(options["switch"]),
                client=_client(options),
            )
            if options["keep_grants"]:
                keep_grants(world, options["keep_grants"])
            gc.freeze()  # a big seed need not be searched for garbage again and again
            self._greet(world, f"http://{options['host']}:{listener.getsockname()[1]}")
            server_for(world, options["allow_host"]).run(sockets=[listener])

    def _greet(self, world: World, url: str) -> None:
        self.stdout.write(f"Sandbox Harvest on {url}")
        self.stdout.write(f"  client id {world.client.client_id}, secret {world.client.client_secret}")
        accounts = ", ".join(f"{one.id} ({one.name}, {one.product})" for one in world.accounts.values())
        self.stdout.write(f"  accounts: {accounts}")
        for token in world.tokens.access_tokens()[:3]:
            self.stdout.write(f"  personal token of {token.grant.identity.name}: {token.value}")
        self.stdout.flush()


def _listener(host: str, port: int) -> socket.socket:
    """Errors: CommandError that names the port and the way out."""
    try:
        return listen(host, port)
    except OSError as error:
        raise CommandError(f"Port {port} on {host} is taken ({error.strerror}). Choose another with --port.") from error


def _client(options: dict[str, Any]) -> OAuthClient:
    return OAuthClient(
        client_id=options["client_id"],
        client_secret=options["client_secret"],
        redirect_urls=tuple(options["redirect_url"] or OAuthClient().redirect_urls),
        is_multi_account=not options["single_account"],
    )


def _switches(settings: list[str]) -> Switches:
    """Errors: CommandError for what is no switch, or no position of one."""
    switches = Switches()
    for setting in settings:
        name, is_pair, value = setting.partition("=")
        if not is_pair:
            raise CommandError(f"--switch takes name=value, not {setting!r}.")
        try:
            switches.turn({name: value})
        except msgspec.ValidationError as error:
            raise CommandError(f"--switch {setting}: {error}") from error
    return switches
