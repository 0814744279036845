"""REST: /insights/utilization/settings, /terms and /people, which a host sets for an account."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.description import DELETED
from harvest_bridge.api.inputs import limit_from
from harvest_bridge.insights.coverage import coverage_of
from harvest_bridge.insights.paging import page_of
from harvest_bridge.insights.query_views import AskedView

from . import description, people, services
from .calculation import Facts
from .models import CapacityStep, WorkTerms
from .report import facts_of, settings_of
from .serializers import EmploymentInput, UtilizationSettingsInput, WorkTermsInput, serialize_settings, serialize_terms


class SettingsView(AskedView):
    """GET, PATCH: what counts as absence, the usual target, the limits of bands."""

    @extend_schema(operation_id="get_utilization_settings", responses=description.SETTINGS)
    def get(self, request: Request) -> Response:
        self.check()
        return Response(serialize_settings(settings_of(self.connection)))

    @extend_schema(
        operation_id="set_utilization_settings", request=UtilizationSettingsInput, responses=description.SETTINGS
    )
    def patch(self, request: Request) -> Response:
        self.check()
        given = UtilizationSettingsInput.validated(request.data)
        return Response(serialize_settings(services.set_settings(connection=self.connection, given=given)))


class TermsListView(AskedView):
    """GET, PUT: how much and when a person, a role or everybody works, from a day on."""

    @extend_schema(**description.LIST_TERMS)
    def get(self, request: Request) -> Response:
        self.check("limit", "next_cursor")
        rows = list(WorkTerms.objects.filter(connection=self.connection))
        list_id = f"work terms {self.connection.pk}"
        return Response(page_of(rows, serialize_terms, request, list_id=list_id, limit=limit_from(request)))

    @extend_schema(operation_id="set_work_terms", request=WorkTermsInput, responses=description.TERMS)
    def put(self, request: Request) -> Response:
        self.check()
        given = WorkTermsInput.validated(request.data)
        return Response(serialize_terms(services.set_terms(connection=self.connection, given=given)))


class TermsView(AskedView):
    """DELETE: these terms hold no more, not in the past either."""

    @extend_schema(operation_id="delete_work_terms", responses={200: DELETED})
    def delete(self, request: Request, terms_id: str) -> Response:
        self.check()
        services.delete_terms(connection=self.connection, terms_id=terms_id)
        return Response({"id": terms_id})


class _PeopleView(AskedView):
    def facts(self) -> Facts:
        """Errors: MirrorRequired, StreamNotComplete."""
        coverage = coverage_of(self.connection, needs=("users", "time_entries"))
        return facts_of(self.connection, coverage.mirror, settings_of(self.connection))


class PeopleView(_PeopleView):
    """GET: everybody with capacity, its history, and employment."""

    @extend_schema(**description.LIST_PEOPLE)
    def get(self, request: Request) -> Response:
        self.check("limit", "next_cursor")
        rows = people.serialize_people(self.connection, self.facts())
        list_id = f"people {self.connection.pk}"
        return Response(page_of(rows, lambda row: row, request, list_id=list_id, limit=limit_from(request)))


class PersonView(_PeopleView):
    """PATCH: from when to when a person was there."""

    @extend_schema(operation_id="set_employment", request=EmploymentInput, responses=description.PERSON)
    def patch(self, request: Request, user_id: str) -> Response:
        self.check()
        person = people.person_of(self.facts(), user_id)
        given = EmploymentInput.validated(request.data)
        services.set_employment(connection=self.connection, user_id=person.id, given=given)
        steps = list(CapacityStep.objects.filter(connection=self.connection, harvest_user_id=person.id))
        return Response(people.serialize_person(person, self.facts().presences[person.id], steps))
