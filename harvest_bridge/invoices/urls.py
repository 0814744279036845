from __future__ import annotations

from django.urls import path

from . import views
from .inbox.views import InboxSettingsView, InboxView
from .payments.views import PaymentListView, PaymentView
from .reconciliation.views import DecisionView, ReconciliationView
from .transitions import views as transitions

# Fixed words first: what comes after them may be an invoice's id.
urlpatterns = [
    path("invoices", views.InvoiceListView.as_view(), name="invoice-list"),
    path("invoices/settings", views.SettingsView.as_view(), name="invoice-settings"),
    path("invoices/reconciliation", ReconciliationView.as_view(), name="invoice-reconciliation"),
    path("invoices/inbox/<str:provider>", InboxView.as_view(), name="payment-inbox"),
    path("invoices/inboxes/<str:provider>", InboxSettingsView.as_view(), name="payment-inbox-settings"),
    path("invoices/estimates", views.EstimateListView.as_view(), name="estimate-list"),
    path("invoices/estimates/<str:estimate_id>", views.EstimateView.as_view(), name="estimate"),
    path("invoices/<str:invoice_id>/payments", PaymentListView.as_view(), name="payment-list"),
    path("invoices/<str:invoice_id>/payment-decisions", DecisionView.as_view(), name="payment-decisions"),
    path("invoices/<str:invoice_id>/payments/<path:external_id>", PaymentView.as_view(), name="payment"),
    path("invoices/<str:invoice_id>/mark_sent", transitions.MarkSentView.as_view(), name="invoice-mark-sent"),
    path("invoices/<str:invoice_id>/close", transitions.CloseView.as_view(), name="invoice-close"),
    path("invoices/<str:invoice_id>/reopen", transitions.ReopenView.as_view(), name="invoice-reopen"),
    path("invoices/<str:invoice_id>/to_draft", transitions.ToDraftView.as_view(), name="invoice-to-draft"),
    path("invoices/<str:invoice_id>/send_email", transitions.SendEmailView.as_view(), name="invoice-send-email"),
    path("invoices/<str:invoice_id>", views.InvoiceView.as_view(), name="invoice"),
]
