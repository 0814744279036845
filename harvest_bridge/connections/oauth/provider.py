"""Harvest as an allauth provider: the redirect to consent, and the state that comes back from it.

allauth stashes the state in the browser's session: random, single use, ten minutes (RFC 9700 §2.1 asks for just that).
Two things differ from its other providers. Linking makes no Django user, so `linking.py` takes over where allauth would
log one in; and the token request goes through our own gateway, with its time-outs, instead of `requests`.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode

CALLBACK_PATH = "/connect-account/callback"


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


provider_classes = [HarvestProvider]


def callback_url() -> str:
    """Where Harvest sends people back to; from our own configuration, never from a request."""
    return f"{settings.PUBLIC_URL}{CALLBACK_PATH}"


def redirect_to_consent(request: HttpRequest, *, link_token_id: UUID) -> HttpResponse:
    """Send this browser to Harvest's consent page, remembering in its session what for."""
    response: HttpResponse = _provider(request).redirect(request, process="link", data=str(link_token_id))
    return response


def link_token_of_callback(request: HttpRequest) -> UUID | None:
    """The link token whose consent this browser began, spending the state; None if it began none, or too long ago."""
    try:
        state = _provider(request).unstash_redirect_state(request, request.GET.get("state", ""))
    except PermissionDenied:
        return None
    return UUID(state["data"])


def _provider(request: HttpRequest) -> HarvestProvider:
    provider: HarvestProvider = get_adapter(request).get_provider(request, provider=HarvestProvider.id)
    return provider
