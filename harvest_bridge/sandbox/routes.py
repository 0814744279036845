"""Every path of the API, collected."""

from __future__ import annotations

from harvest_bridge.sandbox.reports import budget, uninvoiced
from harvest_bridge.sandbox.reports import expenses as expense_reports
from harvest_bridge.sandbox.reports import time as time_reports
from harvest_bridge.sandbox.resources import (
    clients,
    company,
    contacts,
    estimate_messages,
    estimates,
    expense_categories,
    expenses,
    invoice_messages,
    invoice_payments,
    invoices,
    item_categories,
    project_assignments,
    projects,
    rates,
    roles,
    task_assignments,
    tasks,
    teammates,
    time_entries,
    user_assignments,
    users,
)
from harvest_bridge.sandbox.routing import Router

MODULES = (
    company,
    users,
    project_assignments,
    rates,
    teammates,
    roles,
    clients,
    contacts,
    projects,
    user_assignments,
    task_assignments,
    tasks,
    time_entries,
    expenses,
    expense_categories,
    invoices,
    invoice_messages,
    invoice_payments,
    item_categories,
    estimates,
    estimate_messages,
    time_reports,
    expense_reports,
    uninvoiced,
    budget,
)


def router() -> Router:
    return Router(*(module.routes for module in MODULES))
