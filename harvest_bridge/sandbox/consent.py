"""Harvest's consent page: who is signing in, which accounts, allow or deny (REFERENCE §2.4, §2.5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from harvest_bridge.sandbox.fields import as_int
from harvest_bridge.sandbox.identities import Grant, Identity
from harvest_bridge.sandbox.pages import page
from harvest_bridge.sandbox.redirects import PARAMETERS, complaint_about, redirect
from harvest_bridge.sandbox.world import World

DENIAL = {
    "error": "access_denied",
    "error_description": "The end-user or authorization server denied the request.",
}


class ConsentPages:
    def __init__(self, world: World) -> None:
        self._world = world

    async def show(self, request: Request) -> Response:
        """GET: the people (no `identity_id` yet), then the person's accounts. Nothing is granted by a GET."""
        asked = dict(request.query_params)
        complaint = complaint_about(asked, self._world.client)
        if complaint is not None:
            return _refused(complaint)
        identity = self._world.identities.get(as_int(asked.pop("identity_id", "")) or 0)
        context: dict[str, Any] = {"client": self._world.client, "asked": asked, "back": f"?{urlencode(asked)}"}
        if identity is None:
            people = [self._card(one, asked) for one in list(self._world.identities.values())]
            return page("sandbox/consent_people.html", {**context, "people": people})
        accounts = [self._world.accounts[account_id] for account_id in identity.users]
        context = {**context, "identity": identity, "accounts": accounts}
        return page("sandbox/consent.html", context, form_action="*")

    async def decide(self, request: Request) -> Response:
        """POST of the form: `identity_id`, `account_ids` (repeated, or `all`), `decision` = `allow` or `deny`."""
        form = await request.form()
        asked = {name: str(form[name]) for name in PARAMETERS if name in form}
        complaint = complaint_about(asked, self._world.client)
        if complaint is not None:
            return _refused(complaint)
        if form.get("decision") != "allow":
            return redirect(asked, self._world.client, DENIAL)
        identity = self._world.identities.get(as_int(form.get("identity_id")) or 0)
        if identity is None:
            return _refused("Choose who is signing in.")
        account_ids, scope = self._granted(identity, [str(one) for one in form.getlist("account_ids")])
        if not scope:
            return _refused("Choose at least one account.")
        with self._world.lock:
            return self._granted_redirect(asked, Grant.of(identity, asked["client_id"], account_ids), scope)

    def _granted_redirect(self, asked: dict[str, str], grant: Grant, scope: str) -> Response:
        """A code, or for browser-only applications the token itself."""
        tokens, switches, client = self._world.tokens, self._world.switches, self._world.client
        if asked["response_type"] == "code":
            return redirect(asked, client, {"code": tokens.new_code(grant), "scope": scope})
        answer = {
            "access_token": tokens.new_access_token(grant).value,
            "token_type": "bearer",
            "expires_in": switches.access_token_lifetime_seconds,
            "scope": scope,
        }
        return redirect(asked, client, answer, fragment=switches.implicit_redirect == "fragment")

    def _granted(self, identity: Identity, chosen: list[str]) -> tuple[tuple[int, ...] | None, str]:
        """The account ids (None is all of them), and the scope that names them; an empty scope grants nothing."""
        if "all" in chosen:
            return None, "all"
        ids = tuple(account_id for account_id in identity.users if str(account_id) in chosen)
        if not self._world.client.is_multi_account:
            ids = ids[:1]
        return ids, " ".join(f"{self._world.accounts[one].product}:{one}" for one in ids)

    def _card(self, identity: Identity, asked: dict[str, str]) -> dict[str, Any]:
        accounts = [self._world.accounts[account_id] for account_id in identity.users]
        return {
            "name": identity.name,
            "rights": self._rights(identity),
            "initials": identity.first_name[:1] + identity.last_name[:1],
            "accounts": ", ".join(account.name for account in accounts),
            "url": f"?{urlencode({**asked, 'identity_id': identity.id})}",
        }

    def _rights(self, identity: Identity) -> str:
        """What the person is in the first account, in a few words."""
        for account_id, user_id in identity.users.items():
            user = self._world.accounts[account_id].users.get(user_id)
            if user is not None:
                words = [user.access_roles[0].capitalize(), "contractor" if user.is_contractor else ""]
                return ", ".join(word for word in [*words, "" if user.is_active else "archived"] if word)
        return ""


def _refused(message: str) -> Response:
    return page("sandbox/consent_error.html", {"message": message}, status=400)
