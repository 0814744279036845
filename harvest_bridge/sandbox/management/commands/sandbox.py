"""`manage.py sandbox`: the pretend Harvest alone, without database or keys."""

from __future__ import annotations

import argparse
import gc
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from harvest_bridge.sandbox.seed import seed_of
from harvest_bridge.sandbox.server import listen, server_for
from harvest_bridge.sandbox.world import OAuthClient, World


class Command(BaseCommand):
    help = "Run a pretend Harvest: its API, its identity host and its timesheets, in memory."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        client = OAuthClient()
        parser.add_argument("--port", type=int, default=8001)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--client-id", default=client.client_id)
        parser.add_argument("--client-secret", default=client.client_secret)
        parser.add_argument(
            "--redirect-url", action="append", help="registered redirect URL; may be repeated (default: this machine)"
        )
        parser.add_argument("--entries", type=int, default=9000, help="how many time entries the agency has, about")

    def handle(self, *args: Any, **options: Any) -> None:
        defaults = OAuthClient()
        client = OAuthClient(
            client_id=options["client_id"],
            client_secret=options["client_secret"],
            redirect_urls=tuple(options["redirect_url"] or defaults.redirect_urls),
        )
        try:
            listener = listen(options["host"], options["port"])
        except OSError as error:
            raise CommandError(
                f"Port {options['port']} on {options['host']} is taken ({error.strerror}). Choose another with --port."
            ) from error
        world = World(seed_of(options["entries"]), client=client)
        gc.freeze()  # a big seed need not be searched for garbage again and again
        self._greet(world, f"http://{options['host']}:{listener.getsockname()[1]}")
        server_for(world).run(sockets=[listener])

    def _greet(self, world: World, url: str) -> None:
        self.stdout.write(f"Sandbox Harvest on {url}")
        self.stdout.write(f"  client id {world.client.client_id}, secret {world.client.client_secret}")
        accounts = ", ".join(f"{one.id} ({one.name}, {one.product})" for one in world.accounts.values())
        self.stdout.write(f"  accounts: {accounts}")
        for token in world.tokens.access_tokens()[:4]:
            self.stdout.write(f"  personal token of {token.grant.identity.name}: {token.value}")
        self.stdout.flush()
