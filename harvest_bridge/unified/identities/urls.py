from __future__ import annotations

from django.urls import path

from . import bulk_decisions, views

_BASE = "unified/user-directory/identities"

urlpatterns = [
    path(_BASE, views.IdentityListView.as_view(), name="identity-list"),
    path(f"{_BASE}/matching", views.MatchingView.as_view(), name="identity-matching"),
    path(f"{_BASE}/decisions", bulk_decisions.DecisionsView.as_view(), name="identity-decisions"),
    path(f"{_BASE}/<str:identity_id>", views.IdentityView.as_view(), name="identity"),
    path(f"{_BASE}/<str:identity_id>/confirm", views.IdentityConfirmView.as_view(), name="identity-confirm"),
    path(f"{_BASE}/<str:identity_id>/reject", views.IdentityRejectView.as_view(), name="identity-reject"),
    path(f"{_BASE}/<str:identity_id>/override", views.IdentityOverrideView.as_view(), name="identity-override"),
]
