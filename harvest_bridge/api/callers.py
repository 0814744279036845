"""Who is calling. One class per kind of token, so that no token is ever accepted in place of another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from harvest_bridge.hosts.models import ApiKey, HostApp
from harvest_bridge.request_context import CallerIdentity


@dataclass(frozen=True)
class Caller:
    """Whoever a bearer token stands for. Apps to the right add their own kinds; see `authentication.register`."""

    # DRF and Django ask this of any `request.user`.
    is_authenticated = True
    # What it asks for is written down elsewhere before it is done, so the audit need only tell what came of it.
    keeps_own_record: ClassVar[bool] = False
    # Its security scheme in the OpenAPI description.
    scheme: ClassVar[str] = ""

    @property
    def who(self) -> CallerIdentity:
        """For the request log."""
        return CallerIdentity()

    def may(self, scope: str) -> bool:
        """Has it been given this scope? Callers without scopes are bounded by what their views accept."""
        return True

    @property
    def ends_at(self) -> datetime | None:
        """When the token stops being good by itself, for whoever remembers the caller."""
        return None


@dataclass(frozen=True)
class HostBackEnd(Caller):
    """A host app's back end, by API key."""

    scheme = "apiKey"

    host_app: HostApp
    api_key: ApiKey

    @property
    def who(self) -> CallerIdentity:
        return CallerIdentity("api_key", self.host_app.pk, self.api_key.pk)

    def may(self, scope: str) -> bool:
        return scope in self.api_key.scopes

    @property
    def ends_at(self) -> datetime | None:
        return self.api_key.expires_at
