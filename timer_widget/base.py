"""The base class of the timer's API views: a session as bearer, called by our own frames alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request

from harvest_bridge.api.views import CallerView

from .errors import CrossSiteCall
from .live import publishing
from .sessions import rate_limits
from .sessions.authentication import TimerUser


def refuse_other_sites(request: Request) -> None:
    """Errors: CrossSiteCall."""
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if not is_ours or request.headers.get("Origin", settings.PUBLIC_ORIGIN) != settings.PUBLIC_ORIGIN:
        raise CrossSiteCall("This is called by the bridge's own frames only; host back ends use the REST API.")


class TimerAPIView(CallerView[TimerUser]):
    """No cookies are read, so there is no ambient authority to ride; a call from elsewhere is refused all the same."""

    accepts = (TimerUser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        refuse_other_sites(request)
        super().initial(request, *args, **kwargs)
        if isinstance(request.user, TimerUser):
            rate_limits.hold_session(request._request, request.user.session)
            person = request.user.person
            self.count_as(f"{person.host_app_id} {person.tenant_id}")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response["Cache-Control"] = "no-store"
        self._tell_other_pages(request, response)
        return super().finalize_response(request, response, *args, **kwargs)

    def _tell_other_pages(self, request: Request, response: Any) -> None:
        """What changed here shows at once wherever the person looks."""
        data = getattr(response, "data", None)
        is_change = request.method != "GET" and isinstance(data, dict) and data.get("state") is not None
        if is_change and isinstance(request.user, TimerUser):
            publishing.publish_state(request.user.person, data["state"])
