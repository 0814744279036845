"""The posts of the console's forms: done and redirected, or shown again with what was wrong."""

from __future__ import annotations

import re

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from harvest_bridge.sandbox.console.actions import ACTIONS, Sent
from harvest_bridge.sandbox.console.home import Mistake
from harvest_bridge.sandbox.console.pages import ConsolePages
from harvest_bridge.sandbox.console.switchboard import title_of
from harvest_bridge.sandbox.control import Control
from harvest_bridge.sandbox.control import Mistake as Refused
from harvest_bridge.sandbox.fields import as_int
from harvest_bridge.sandbox.foreign import foreign_refused, is_foreign
from harvest_bridge.sandbox.pages import missing
from harvest_bridge.sandbox.world import World

OWN_PAGE = re.compile(r"/(sandbox/[a-z0-9/]+)?")
PLACE = re.compile(r"[a-z0-9-]{1,40}")
FIELD = re.compile(r"^[a-z_]+: ")
TYPES = {"int": "a whole number", "float": "a number", "str": "text"}


class ConsoleForms:
    def __init__(self, world: World, pages: ConsolePages) -> None:
        self._world = world
        self._pages = pages
        self._control = Control(world)

    async def post(self, request: Request) -> Response:
        """Fields left empty count as not sent. `back` and `at` say which page, and where on it."""
        if is_foreign(request):
            return foreign_refused()
        action = ACTIONS.get(request.path_params["action"])
        if action is None:
            return missing("The console has no such form.")
        form = await request.form()
        sent: Sent = {name: value for name, value in form.items() if isinstance(value, str) and value}
        back, at = sent.pop("back", "/"), sent.pop("at", "")
        try:
            with self._world.lock:
                action.run(self._control, sent)
        except (Refused, msgspec.ValidationError) as error:
            return self._again(request, Mistake(at, in_plain_words(str(error)), sent))
        target = back if OWN_PAGE.fullmatch(back) else "/"
        anchor = f"#{at}" if PLACE.fullmatch(at) else ""
        return RedirectResponse(f"{target}?done={request.path_params['action']}{anchor}", 303)

    def _again(self, request: Request, mistake: Mistake) -> Response:
        """Forms that name a person stand on that person's page, all others on the first."""
        account = self._world.accounts.get(as_int(mistake.sent.get("account_id")) or 0)
        user = account.users.get(as_int(mistake.sent.get("user_id"))) if account else None
        if account is None or user is None:
            return self._pages.show_home(request, mistake)
        return self._pages.show_person(request, account, user, mistake)


def in_plain_words(error: str) -> str:
    """By the titles on the page: `General budget: expected a whole number of at least 1.`"""
    reason, _, path = FIELD.sub("", error).partition(" - at `$.")
    name = path.rstrip("`")
    for type_name, words in TYPES.items():
        reason = reason.replace(f"`{type_name}`", words)
    reason = reason.replace(" >= ", " of at least ").replace(" > ", " above ").replace(" <= ", " of at most ")
    where = title_of(name) or name.replace("_", " ").capitalize()
    return f"{where}: {reason[0].lower()}{reason[1:]}." if name else f"{reason[0].upper()}{reason[1:]}."
