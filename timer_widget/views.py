"""The widget's own API: JSON in and out, a timer session as bearer, called only from our own frames."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.views import CallerView

from . import intents, limits, services
from .authentication import TimerUser
from .errors import CrossSiteCall
from .queries import harvest_for, shown_project, state_of
from .serializers import EditInput, StartInput, StopInput


class TimerAPIView(CallerView[TimerUser]):
    """No cookies are read, so there is no ambient authority to ride; a call from elsewhere is refused all the same."""

    accepts = (TimerUser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise CrossSiteCall("The timer's API is called by its own frames only; host back ends use the REST API.")
        if request.headers.get("Origin", settings.PUBLIC_ORIGIN) != settings.PUBLIC_ORIGIN:
            raise CrossSiteCall("The timer's API is called by its own frames only; host back ends use the REST API.")
        super().initial(request, *args, **kwargs)
        if isinstance(request.user, TimerUser):
            limits.hold_session(request._request, request.user.session)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)


class TimerStateView(TimerAPIView):
    """GET /timer/state?item_id=&group_id="""

    def get(self, request: Request) -> Response:
        query = request.query_params
        return Response(
            state_of(self.caller.person, item_id=query.get("item_id", ""), group_id=query.get("group_id", ""))
        )


class TimerProjectsView(TimerAPIView):
    """GET /timer/projects?item_id=&group_id=: what the person can track to, and what they chose last."""

    def get(self, request: Request) -> Response:
        person, query = self.caller.person, request.query_params
        projects = [shown_project(assignment) for assignment in harvest_for(person).projects()]
        suggested = intents.last_choice(person, item_id=query.get("item_id", ""), group_id=query.get("group_id", ""))
        offered = {(project["id"], task["id"]) for project in projects for task in project["tasks"]}
        if suggested and (suggested["project_id"], suggested["task_id"]) not in offered:
            suggested = None
        return Response({"projects": projects, "suggested": suggested})


class TimerStartView(TimerAPIView):
    """POST /timer/start answers 201 with the state and the timer that ended for it, if any."""

    def post(self, request: Request) -> Response:
        click = StartInput.validated(request.data)
        return Response(services.start_timer(session=self.caller.session, click=click), status=201)


class TimerStopView(TimerAPIView):
    """POST /timer/stop answers 200 with the state."""

    def post(self, request: Request) -> Response:
        click = StopInput.validated(request.data)
        return Response({"state": services.stop_timer(session=self.caller.session, click=click)})


class TimerEntryView(TimerAPIView):
    """PATCH /timer/entry changes the notes of an entry of one's own."""

    def patch(self, request: Request) -> Response:
        click = EditInput.validated(request.data)
        return Response({"state": services.edit_entry(session=self.caller.session, click=click)})


class TimerConnectView(TimerAPIView):
    """POST /timer/connect answers the address of a consent window, to be opened at top level."""

    def post(self, request: Request) -> Response:
        query = urlencode({"link_token": services.connect(person=self.caller.person)})
        return Response({"url": f"{settings.PUBLIC_URL}{reverse('connect-account-authorize')}?{query}"}, status=201)
