"""REST: /insights/budgets and its settings."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.inputs import limit_from
from harvest_bridge.insights.envelope import answer
from harvest_bridge.insights.paging import page_of
from harvest_bridge.insights.query import flag, whole_numbers
from harvest_bridge.insights.query_views import AskedView

from . import description
from .alerts import differences
from .definitions import BUDGETED
from .models import BudgetSettings
from .report import Budgets
from .serializers import BudgetSettingsInput, serialize_settings


class BudgetListView(AskedView):
    """GET: every project with a budget: spent, left, pace, and the day on which it runs out."""

    @extend_schema(**description.BUDGETS)
    def get(self, request: Request) -> Response:
        self.check("is_active", "project_id", "limit", "next_cursor")
        is_active, ids = flag(self.given, "is_active"), whole_numbers(self.given, "project_id")
        budgets = Budgets(self.connection, now=timezone.now())
        rows = budgets.all(is_active=is_active, ids=ids)
        list_id = f"budgets {self.connection.pk} {is_active} {ids}"
        page = page_of(rows, budgets.serialize, request, list_id=list_id, limit=limit_from(request))
        missing = {**budgets.missing, "budgets_that_differ_from_harvest": len(list(differences(self.connection)))}
        return Response(answer(budgets.coverage, BUDGETED, {"today": budgets.today, **page}, missing=missing))


class BudgetSettingsView(AskedView):
    """GET, PATCH: at how many percent `budget.threshold_crossed` is told."""

    @extend_schema(operation_id="get_budget_settings", responses=description.SETTINGS)
    def get(self, request: Request) -> Response:
        self.check()
        found = BudgetSettings.objects.filter(connection=self.connection).first()
        return Response(serialize_settings(found or BudgetSettings(connection=self.connection)))

    @extend_schema(operation_id="set_budget_settings", request=BudgetSettingsInput, responses=description.SETTINGS)
    def patch(self, request: Request) -> Response:
        self.check()
        thresholds = BudgetSettingsInput.validated(request.data)["thresholds"]
        with transaction.atomic():
            row, _ = BudgetSettings.objects.get_or_create(connection=self.connection)
            row.thresholds = sorted(set(thresholds))
            row.save(update_fields=["thresholds"])
        return Response(serialize_settings(row))
