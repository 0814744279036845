"""Where the console's pages and forms are."""

from __future__ import annotations

from starlette.routing import Route

from harvest_bridge.sandbox.console.forms import ConsoleForms
from harvest_bridge.sandbox.console.pages import ConsolePages
from harvest_bridge.sandbox.world import World


def console_routes(world: World) -> list[Route]:
    pages = ConsolePages(world)
    forms = ConsoleForms(world, pages)
    return [
        Route("/", pages.home, methods=["GET"]),
        Route("/sandbox/live", pages.live, methods=["GET"]),
        Route("/sandbox/people/{account_id:int}", pages.people, methods=["GET"]),
        Route("/sandbox/people/{account_id:int}/{user_id:int}", pages.person, methods=["GET"]),
        Route("/sandbox/requests", pages.requests, methods=["GET"]),
        Route("/sandbox/requests/{number:int}", pages.request, methods=["GET"]),
        Route("/sandbox/invoices", pages.invoices, methods=["GET"]),
        Route("/sandbox/do/{action}", forms.post, methods=["POST"]),
        Route("/invoice/{account_id:int}/{invoice_id:int}", pages.invoice, methods=["GET"]),
        Route("/client/invoices/{client_key}", pages.client_invoice, methods=["GET"]),
    ]
