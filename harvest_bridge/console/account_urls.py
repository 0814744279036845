"""Operators' sign-in: allauth's account and second-factor pages. Linking has its own (connections/urls.py)."""

from __future__ import annotations

from allauth.account import views
from django.urls import include, path

from .account_views import needs_mail

urlpatterns = [
    path("password/reset/", needs_mail(views.password_reset), name="account_reset_password"),
    path("email/", needs_mail(views.email), name="account_email"),
    path("confirm-email/", needs_mail(views.email_verification_sent), name="account_email_verification_sent"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
