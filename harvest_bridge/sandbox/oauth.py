"""The identity host: consent, tokens, and the accounts behind a token (REFERENCE §2)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from harvest_bridge.sandbox.api import bearer_token, encode, json_response
from harvest_bridge.sandbox.bodies import read_body
from harvest_bridge.sandbox.errors import Refusal, invalid_token, no_user_agent
from harvest_bridge.sandbox.identities import Grant, Identity, InvalidGrant, Token
from harvest_bridge.sandbox.pages import page, refused
from harvest_bridge.sandbox.world import World


class IdentityHost:
    def __init__(self, world: World) -> None:
        self._world = world

    async def authorize(self, request: Request) -> Response:
        """GET: who is signing in (no `identity_id` yet), then which accounts. Nothing is granted by a GET."""
        asked = dict(request.query_params)
        complaint = self._complaint(asked)
        if complaint is not None:
            return page("sandbox/consent_error.html", {"message": complaint}, status=400)
        identity = self._world.identities.get(_int(asked.pop("identity_id", "")))
        context = {"client": self._world.client, "asked": asked, "back": f"?{urlencode(asked)}"}
        if identity is None:
            people = [self._card(one, asked) for one in self._world.identities.values()]
            return page("sandbox/consent_people.html", {**context, "people": people})
        accounts = [self._world.accounts[account_id] for account_id in identity.users]
        return page("sandbox/consent.html", {**context, "identity": identity, "accounts": accounts})

    async def decide(self, request: Request) -> Response:
        """POST of the consent form: `identity_id`, `account_ids` (or `all`), `decision` = `allow` or `deny`."""
        form = await request.form()
        asked = {name: str(form[name]) for name in ASKED if name in form}
        complaint = self._complaint(asked)
        identity = self._world.identities.get(_int(str(form.get("identity_id", ""))))
        if complaint is None and identity is None:
            complaint = "Choose who is signing in."
        if complaint is not None or identity is None:
            return page("sandbox/consent_error.html", {"message": complaint}, status=400)
        state = {"state": asked["state"]} if "state" in asked else {}
        if form.get("decision") != "allow":
            denial = {
                "error": "access_denied",
                "error_description": "The end-user or authorization server denied the request.",
            }
            return self._redirect(asked, {**denial, **state})
        chosen = [str(one) for one in form.getlist("account_ids")]
        account_ids, scope = self._granted(identity, chosen)
        if not account_ids:
            return page("sandbox/consent_error.html", {"message": "Choose at least one account."}, status=400)
        grant = Grant(identity=identity, client_id=asked["client_id"], account_ids=account_ids)
        with self._world.lock:
            if asked["response_type"] == "token":
                return self._redirect(asked, {**self._implicit(grant), "scope": scope, **state})
            return self._redirect(asked, {"code": self._world.tokens.new_code(grant), "scope": scope, **state})

    async def token(self, request: Request) -> Response:
        """Codes and refresh tokens against access tokens. Errors: `{error, error_description}`."""
        try:
            if not request.headers.get("user-agent"):
                raise no_user_agent()
            sent = read_body(request.headers.get("content-type", ""), await request.body())
        except Refusal as refusal:
            return refused(refusal)
        client = self._world.client
        if (sent.get("client_id"), sent.get("client_secret")) != (client.client_id, client.client_secret):
            return _oauth_error(401, "invalid_client")
        try:
            with self._world.lock:
                return self._tokens_for(sent)
        except InvalidGrant:
            return _oauth_error(400, "invalid_grant")

    async def accounts(self, request: Request) -> Response:
        """The accounts that the token was granted for; `user.id` is the identity's (REFERENCE §2.6)."""
        try:
            if not request.headers.get("user-agent"):
                raise no_user_agent()
            token = self._world.tokens.find(bearer_token(request))
            if token is None:
                raise invalid_token()
        except Refusal as refusal:
            return refused(refusal)
        return json_response(encode(self._accounts_of(token)))

    def _accounts_of(self, token: Token) -> dict[str, Any]:
        identity = token.grant.identity
        accounts = [self._world.accounts[account_id] for account_id in token.grant.account_ids]
        return {
            "user": {
                "id": identity.id,
                "first_name": identity.first_name,
                "last_name": identity.last_name,
                "email": identity.email,
            },
            "accounts": [
                {"id": one.id, "name": one.name, "product": one.product, "google_sign_in_required": False}
                for one in accounts
            ],
        }

    def _complaint(self, asked: dict[str, str]) -> str | None:
        """Why this request must not go on. Nothing is sent to a redirect that is not registered."""
        client = self._world.client
        if asked.get("client_id") != client.client_id:
            return "There is no application with this client id."
        if not self._redirect_url(asked):
            return "The redirect URI does not begin with the one that the application registered."
        if asked.get("response_type") not in ("code", "token"):
            return "The response type must be code or token."
        return None

    def _redirect_url(self, asked: dict[str, str]) -> str | None:
        """Must begin with a registered URL (REFERENCE §2.4); without one, the first registered is used."""
        registered = self._world.client.redirect_urls
        wanted = asked.get("redirect_uri") or registered[0]
        return wanted if any(_begins_with(wanted, one) for one in registered) else None

    def _redirect(self, asked: dict[str, str], answer: dict[str, Any]) -> Response:
        url = str(self._redirect_url(asked))
        in_fragment = asked["response_type"] == "token" and self._world.switches.implicit_redirect == "fragment"
        mark = "#" if in_fragment else "&" if urlsplit(url).query else "?"
        return RedirectResponse(f"{url}{mark}{urlencode(answer)}", status_code=302)

    def _granted(self, identity: Identity, chosen: list[str]) -> tuple[tuple[int, ...], str]:
        """The account ids, and the scope that names them."""
        if "all" in chosen:
            return tuple(identity.users), "all"
        ids = tuple(account_id for account_id in identity.users if str(account_id) in chosen)
        if not self._world.client.is_multi_account:
            ids = ids[:1]
        return ids, " ".join(f"{self._world.accounts[one].product}:{one}" for one in ids)

    def _implicit(self, grant: Grant) -> dict[str, Any]:
        token = self._world.tokens.new_access_token(grant)
        lifetime = self._world.switches.access_token_lifetime_seconds
        return {"access_token": token.value, "token_type": "bearer", "expires_in": lifetime}

    def _tokens_for(self, sent: dict[str, Any]) -> Response:
        client_id, tokens = str(sent["client_id"]), self._world.tokens
        if sent.get("grant_type") == "authorization_code":
            grant = tokens.redeem_code(str(sent.get("code", "")), client_id)
            access, refresh = tokens.new_access_token(grant), tokens.new_refresh_token(grant)
        elif sent.get("grant_type") == "refresh_token":
            access, refresh = tokens.refresh(str(sent.get("refresh_token", "")), client_id)
        else:
            return _oauth_error(400, "unsupported_grant_type")
        return json_response(
            encode(
                {
                    "access_token": access.value,
                    "refresh_token": refresh,
                    "token_type": "bearer",
                    "expires_in": self._world.switches.access_token_lifetime_seconds,
                }
            )
        )

    def _card(self, identity: Identity, asked: dict[str, str]) -> dict[str, Any]:
        accounts = [self._world.accounts[account_id] for account_id in identity.users]
        return {
            "name": identity.name,
            "rights": self._rights(identity),
            "initials": identity.first_name[0] + identity.last_name[0],
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


ASKED = ("client_id", "response_type", "state", "redirect_uri")
DESCRIPTIONS = {
    "invalid_client": "The client identifier provided is invalid, the client failed to authenticate, "
    "the client did not include its credentials, provided multiple client credentials, "
    "or used unsupported credentials type.",
    "invalid_grant": "The provided access grant is invalid, expired, or revoked (e.g. invalid assertion, "
    "expired authorization token, bad end-user password credentials, "
    "or mismatching authorization code and redirection URI).",
    "unsupported_grant_type": "The access grant included - its type or another attribute - "
    "is not supported by the authorization server.",
}


def _oauth_error(status: int, error: str) -> Response:
    return json_response(encode({"error": error, "error_description": DESCRIPTIONS[error]}), status)


def _begins_with(url: str, registered: str) -> bool:
    """A host that merely begins alike (`http://localhost.evil.example`) does not count."""
    wanted, known = urlsplit(url), urlsplit(registered)
    same_host = (wanted.scheme, wanted.hostname) == (known.scheme, known.hostname)
    same_port = known.port is None or wanted.port == known.port
    return same_host and same_port and wanted.path.startswith(known.path)


def _int(text: str) -> int:
    return int(text) if text.isdigit() else -1
