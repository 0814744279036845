from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("insights/budgets", views.BudgetListView.as_view(), name="budgets"),
    path("insights/budgets/settings", views.BudgetSettingsView.as_view(), name="budget-settings"),
]
