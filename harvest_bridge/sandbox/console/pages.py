"""The console's pages. Each handler finds what is asked for, and hands its view to a template."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.api import base_url
from harvest_bridge.sandbox.console.accounts import account_card
from harvest_bridge.sandbox.console.actions import ACTIONS
from harvest_bridge.sandbox.console.home import NO_MISTAKE, Mistake, home_page, live_parts
from harvest_bridge.sandbox.console.invoices import STATES, find_by_key, invoice_document, invoice_list
from harvest_bridge.sandbox.console.person import person_page
from harvest_bridge.sandbox.console.traffic import METHODS, latest_requests, request_page
from harvest_bridge.sandbox.pages import missing, page
from harvest_bridge.sandbox.records import User
from harvest_bridge.sandbox.world import World

REQUESTS_LISTED = 200


class ConsolePages:
    def __init__(self, world: World) -> None:
        self._world = world

    async def home(self, request: Request) -> Response:
        return self.show_home(request)

    async def live(self, request: Request) -> Response:
        with self._world.lock:
            return page("sandbox/console/live.html", {**live_parts(self._world, base_url(request)), "path": "/"})

    async def people(self, request: Request) -> Response:
        account = self._account(request)
        if account is None:
            return missing("No account of this sandbox has this id.")
        with self._world.lock:
            return _page(request, "people", {"account": account_card(self._world, account, people_shown=None)})

    async def person(self, request: Request) -> Response:
        account = self._account(request)
        user = account.users.get(request.path_params["user_id"]) if account else None
        if account is None or user is None:
            return missing("No account of this sandbox has a person with this id.")
        return self.show_person(request, account, user)

    async def requests(self, request: Request) -> Response:
        """`?method=` and `?path=` choose; a path may end in `*`."""
        asked = request.query_params
        method, path = asked.get("method") or None, asked.get("path", "").strip() or None
        with self._world.lock:
            rows = latest_requests(self._world, REQUESTS_LISTED, method, path)
        context = {**rows, "method": method, "sought": path or "", "methods": METHODS, "limit": REQUESTS_LISTED}
        return _page(request, "requests", context)

    async def request(self, request: Request) -> Response:
        with self._world.lock:
            for received in self._world.journal.requests():
                if received.number == request.path_params["number"]:
                    return _page(request, "request", request_page(received, self._world))
        return missing("This request is not in the journal (any more). A reset clears it.")

    async def invoices(self, request: Request) -> Response:
        """`?state=` chooses."""
        state = request.query_params.get("state")
        with self._world.lock:
            context = invoice_list(self._world, state if state in STATES else None)
        return _page(request, "../invoice_list", context)

    async def invoice(self, request: Request) -> Response:
        account = self._account(request)
        invoice = account.invoices.get(request.path_params["invoice_id"]) if account else None
        if account is None or invoice is None:
            return missing("No account of this sandbox has an invoice with this id.")
        with self._world.lock:
            return _page(request, "../invoice", invoice_document(self._world, account, invoice))

    async def client_invoice(self, request: Request) -> Response:
        """What the client sees: the document alone."""
        with self._world.lock:
            found = find_by_key(self._world, request.path_params["client_key"])
            if found is None:
                return missing("This link does not lead to an invoice. It may have been deleted.")
            return page("sandbox/invoice_public.html", invoice_document(self._world, *found))

    def show_home(self, request: Request, mistake: Mistake = NO_MISTAKE) -> Response:
        with self._world.lock:
            return _page(request, "home", home_page(self._world, base_url(request), mistake), "/", mistake)

    def show_person(self, request: Request, account: Account, user: User, mistake: Mistake = NO_MISTAKE) -> Response:
        with self._world.lock:
            context = person_page(self._world, account, user)
        return _page(request, "person", context, f"/sandbox/people/{account.id}/{user.id}", mistake)

    def _account(self, request: Request) -> Account | None:
        return self._world.accounts.get(request.path_params["account_id"])


def _page(
    request: Request, name: str, context: dict[str, Any], path: str | None = None, mistake: Mistake = NO_MISTAKE
) -> Response:
    """`path` is where the forms of the page lead back to; a mistake makes it a 422."""
    action = ACTIONS.get(request.query_params.get("done", ""))
    frame = {"path": path or request.url.path, "mistake": mistake, "notice": action.done if action else ""}
    return page(f"sandbox/console/{name}.html", {**context, **frame}, status=422 if mistake.message else 200)
