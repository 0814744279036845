"""Where the answer to an authorization request may be sent, and how (REFERENCE §2.3 to §2.5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.responses import RedirectResponse

from harvest_bridge.sandbox.world import OAuthClient

Asked = dict[str, str]
PARAMETERS = ("client_id", "response_type", "state", "redirect_uri")


def complaint_about(asked: Asked, client: OAuthClient) -> str | None:
    """Why this request must not go on. Nothing is ever sent to a URL that is not registered."""
    if asked.get("client_id") != client.client_id:
        return "There is no application with this client id."
    if redirect_url(asked, client) is None:
        return "The redirect URI does not begin with the one that the application registered."
    if asked.get("response_type") not in ("code", "token"):
        return "The response type must be code or token."
    return None


def redirect_url(asked: Asked, client: OAuthClient) -> str | None:
    """Must begin with a registered URL; without one, the first registered is used."""
    wanted = asked.get("redirect_uri") or client.redirect_urls[0]
    return wanted if any(_begins_with(wanted, one) for one in client.redirect_urls) else None


def redirect(asked: Asked, client: OAuthClient, answer: dict[str, Any], *, fragment: bool = False) -> RedirectResponse:
    """Back to the application, with `state` exactly as it came."""
    url = str(redirect_url(asked, client))
    if "state" in asked:
        answer = {**answer, "state": asked["state"]}
    mark = "#" if fragment else "&" if urlsplit(url).query else "?"
    return RedirectResponse(f"{url}{mark}{urlencode(answer)}", status_code=302)


def _begins_with(url: str, registered: str) -> bool:
    """A host that merely begins alike (`http://localhost.evil.example`) does not count."""
    try:
        wanted, known = urlsplit(url), urlsplit(registered)
        same_port = wanted.port == known.port or known.port is None
    except ValueError:
        return False
    same_host = (wanted.scheme, wanted.hostname) == (known.scheme, known.hostname)
    return same_host and same_port and wanted.username is None and wanted.path.startswith(known.path)
