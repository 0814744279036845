from __future__ import annotations

from django.urls import path

from . import views
from .crm.views import InboxView

_ONE = "provisioning/runs/<str:run_id>"

urlpatterns = [
    path("provisioning/inbox/<str:template_id>", InboxView.as_view(), name="provisioning-inbox"),
    path("provisioning/runs", views.RunListView.as_view(), name="provisioning-runs"),
    path(_ONE, views.RunView.as_view(), name="provisioning-run"),
    path(f"{_ONE}/continue", views.RunContinueView.as_view(), name="provisioning-run-continue"),
    path(f"{_ONE}/undo", views.RunUndoView.as_view(), name="provisioning-run-undo"),
]
