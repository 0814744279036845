"""The widget's own API: JSON in and out, a timer session as bearer, called only from our own frames."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.models import Status

from . import services
from .access import harvest_for
from .base import TimerAPIView
from .devices import device_of
from .display.day import day_of
from .display.totals import totals_of
from .fields import day_from
from .forgotten.activity import note_sign
from .models import IntentKind
from .normalization import normalize_id, normalize_text
from .polling.poller import poller
from .projects.choices import create_project_for, may_create_projects, projects_of
from .projects.named_choice import PARTS
from .projects.suggestions import SuggestionRequest, recent_choices, suggestion
from .queries import cached_state, state_of
from .serializers import (
    AddInput,
    AnswerInput,
    DecisionInput,
    DeleteInput,
    EditInput,
    MoveInput,
    ProjectInput,
    StartInput,
    StopInput,
    TotalsInput,
    UndoInput,
)
from .sessions.sign_out import sign_out


class TimerStateView(TimerAPIView):
    """GET /timer/state?item_id=&group_id="""

    def get(self, request: Request) -> Response:
        item_id, group_id = (normalize_id(request.query_params.get(name)) for name in ("item_id", "group_id"))
        person = self.caller.person
        told = cached_state(person, item_id=item_id, group_id=group_id)
        if told["connection"]["status"] == Status.ACTIVE:
            poller.watchers.has_access(person.pk)
        return Response(told)


class TimerTotalsView(TimerAPIView):
    """POST /timer/totals: what is tracked on the items of a page, of which an address cannot hold all."""

    is_audited = False

    def post(self, request: Request) -> Response:
        asked = TotalsInput.validated(request.data)
        return Response(totals_of(self.caller.session, asked["items"]))


class TimerProjectsView(TimerAPIView):
    """GET /timer/projects: what the person can track to, what they chose last, and what fits this item.

    The query is that of `/timer/suggestion`; `fresh=true` reads Harvest again.
    """

    def get(self, request: Request) -> Response:
        person, query = self.caller.person, request.query_params
        harvest = harvest_for(person)
        projects = projects_of(harvest, fresh=query.get("fresh") == "true")
        return Response(
            {
                "projects": projects,
                "suggested": suggestion(person, _asked(query), projects),
                "recent": recent_choices(person),
                "may_create_project": may_create_projects(harvest),
            }
        )


class TimerSuggestionView(TimerAPIView):
    """GET /timer/suggestion?item_id=&group_id=&group_name=&label=&project_…=&task_…=: the choice alone, for a click."""

    def get(self, request: Request) -> Response:
        person = self.caller.person
        projects = projects_of(harvest_for(person))
        return Response({"suggested": suggestion(person, _asked(request.query_params), projects)})


class TimerDayView(TimerAPIView):
    """GET /timer/day?date=: the entries of a day, today's if none is named."""

    def get(self, request: Request) -> Response:
        person = self.caller.person
        return Response(day_of(person, harvest_for(person), _date(request.query_params.get("date", ""))))


class ClickView(TimerAPIView):
    """A click that is done is answered 200 or 201; one that waits, 202 with `{"state", "click"}`."""

    def taken(self, kind: IntentKind, click: dict[str, Any]) -> Response:
        click |= {"device": device_of(self.request.headers.get("User-Agent", ""))}
        body, status = services.click_timer(session=self.caller.session, kind=kind, click=click)
        return Response(body, status=status)


class TimerStartView(ClickView):
    """POST /timer/start answers with the state and the timer that ended for it, if any."""

    def post(self, request: Request) -> Response:
        return self.taken(IntentKind.START, StartInput.validated(request.data))


class TimerStopView(ClickView):
    """POST /timer/stop answers with the state."""

    def post(self, request: Request) -> Response:
        return self.taken(IntentKind.STOP, StopInput.validated(request.data))


class TimerEntryView(ClickView):
    """/timer/entry: POST adds time, PATCH changes and DELETE deletes an entry of one's own."""

    def post(self, request: Request) -> Response:
        return self.taken(IntentKind.ADD, AddInput.validated(request.data))

    def patch(self, request: Request) -> Response:
        return self.taken(IntentKind.EDIT, EditInput.validated(request.data))

    def delete(self, request: Request) -> Response:
        return self.taken(IntentKind.DELETE, DeleteInput.validated(request.data))


class TimerBeginningView(ClickView):
    """POST /timer/beginning: the running timer as if it had begun at another moment."""

    def post(self, request: Request) -> Response:
        return self.taken(IntentKind.MOVE, MoveInput.validated(request.data))


class TimerUndoView(ClickView):
    """POST /timer/undo: back to the timer that ran before a switch, or back with a deleted entry."""

    def post(self, request: Request) -> Response:
        return self.taken(IntentKind.UNDO, UndoInput.validated(request.data))


class TimerForgottenView(ClickView):
    """POST /timer/forgotten: what is to become of a timer that was forgotten."""

    def post(self, request: Request) -> Response:
        return self.taken(IntentKind.ANSWER, AnswerInput.validated(request.data))


class TimerHeartbeatView(TimerAPIView):
    """POST /timer/heartbeat: the person sees a page of theirs, while a timer runs."""

    is_audited = False

    def post(self, request: Request) -> Response:
        best_effort(lambda: note_sign(self.caller.person, now=timezone.now()))
        return Response(status=204)


class TimerDecisionView(TimerAPIView):
    """POST /timer/clicks/decision: what is to become of a click that failed. Answers as a click does."""

    def post(self, request: Request) -> Response:
        asked = DecisionInput.validated(request.data)
        body, status = services.decide_on_click(session=self.caller.session, asked=asked)
        return Response(body, status=status)


class TimerProjectView(TimerAPIView):
    """POST /timer/project: a new project, named after the item's group."""

    def post(self, request: Request) -> Response:
        click = ProjectInput.validated(request.data)
        return Response({"project_id": create_project_for(session=self.caller.session, click=click)}, status=201)


class TimerSignOutView(TimerAPIView):
    """POST /timer/sign-out forgets the person's Harvest account, and answers the state."""

    def post(self, request: Request) -> Response:
        sign_out(person=self.caller.person)
        return Response({"state": state_of(self.caller.person)})


class TimerConnectView(TimerAPIView):
    """POST /timer/connect answers the address of a consent window, to be opened at top level by this frame.

    Shape: `{"url", "proof"}`; the window asks its opener for the proof and goes no further without it.
    """

    def post(self, request: Request) -> Response:
        text, proof = services.connect(session=self.caller.session)
        url = f"{settings.PUBLIC_URL}{reverse('connect-account-authorize')}?{urlencode({'link_token': text})}"
        return Response({"url": url, "proof": proof}, status=201)


def _asked(query: QueryDict) -> SuggestionRequest:
    names = (f"{kind}_{part}" for kind in ("project", "task") for part in PARTS)
    return SuggestionRequest(
        item_id=normalize_id(query.get("item_id")),
        group_id=normalize_id(query.get("group_id")),
        group_name=normalize_text(query.get("group_name", "")),
        labels=tuple(map(normalize_text, query.getlist("label"))),
        defaults={name: query.get(name, "") for name in names},
    )


def _date(text: str) -> date | None:
    """Errors: InvalidRequest."""
    try:
        return day_from(text) if text else None
    except ValueError as error:
        raise InvalidRequest("date: must be a date such as 2026-11-24.") from error
