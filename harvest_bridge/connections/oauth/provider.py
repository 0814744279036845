"""Harvest as an allauth provider: the redirect to consent, and the state that comes back from it.

allauth stashes the state in the browser's session: random, single use, ten minutes (RFC 9700 §2.1 asks for just that).
Two things differ from its other providers. Linking makes no Django user, so `linking.py` takes over where allauth would
log one in; and the token request goes through our own gateway, with its time-outs, instead of `requests`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode

from harvest_bridge.connections.models import SpentState
from harvest_bridge.crypto.tokens import token_hash

CALLBACK_PATH = "/connect-account/callback"
_STATE_LIFE = timedelta(minutes=10)  # allauth's own limit


class HarvestOAuth2Client(OAuth2Client):
    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: dict[str, str]) -> str:
        """Like allauth's, without `scope`: Harvest documents none, the person picks accounts on its page."""
        query = {
            "client_id": self.consumer_key,
            "redirect_uri": self.callback_url,
            "response_type": "code",
            "state": self.state,
            **extra_params,
        }
        return f"{authorization_url}?{urlencode(query)}"


class HarvestOAuth2Adapter(OAuth2Adapter):
    provider_id = "harvest"
    client_class = HarvestOAuth2Client

    @property
    def authorize_url(self) -> str:
        return f"{settings.HARVEST_ID_URL}/oauth2/authorize"

    @property
    def access_token_url(self) -> str:
        return f"{settings.HARVEST_ID_URL}/api/v2/oauth2/token"

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return callback_url()


class HarvestProvider(OAuth2Provider):
    id = "harvest"
    name = "Harvest"
    account_class = ProviderAccount
    oauth2_adapter_class = HarvestOAuth2Adapter


registry.register(HarvestProvider)


def callback_url() -> str:
    """Where Harvest sends people back to; from our own configuration, never from a request."""
    return f"{settings.PUBLIC_URL}{CALLBACK_PATH}"


@dataclass(frozen=True)
class Begun:
    """A consent that this browser began: for which link token, and whether a connect page waits in another window."""

    link_token_id: UUID
    is_second_window: bool


def redirect_to_consent(request: HttpRequest, begun: Begun) -> HttpResponse:
    """Send this browser to Harvest's consent page, remembering in its session what for."""
    remembered = {"link_token": str(begun.link_token_id), "second_window": begun.is_second_window}
    response: HttpResponse = _provider(request).redirect(request, process="link", data=remembered)
    return response


def consent_of_callback(request: HttpRequest) -> Begun | None:
    """The consent whose answer this is, spending its state; None if this browser began none, or too long ago.

    The browser's own memory would let two callbacks at the same moment pass, or an older copy of its cookie: each spent
    state is a row.
    """
    state_id = request.GET.get("state", "")
    try:
        state = _provider(request).unstash_redirect_state(request, state_id)
    except PermissionDenied:
        return None
    expiry = {"expires_at": timezone.now() + _STATE_LIFE}
    _row, is_first = SpentState.objects.get_or_create(state_hash=token_hash(state_id), defaults=expiry)
    if not is_first:
        return None
    return Begun(UUID(state["data"]["link_token"]), bool(state["data"]["second_window"]))


def _provider(request: HttpRequest) -> HarvestProvider:
    provider: HarvestProvider = get_adapter(request).get_provider(request, provider=HarvestProvider.id)
    return provider
