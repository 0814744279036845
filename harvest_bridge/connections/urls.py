from __future__ import annotations

from django.urls import path

from . import integration_views, pages, views

urlpatterns = [
    path("link-token", views.LinkTokenView.as_view(), name="link-token"),
    path("integrated-account", views.IntegratedAccountListView.as_view(), name="integrated-account-list"),
    path("integrated-account/token", views.IntegratedAccountTokenView.as_view(), name="integrated-account-token"),
    path("integrated-account/me", views.IntegratedAccountMeView.as_view(), name="integrated-account-me"),
    path("integrated-account/refresh-credentials", views.RefreshCredentialsView.as_view(), name="refresh-credentials"),
    path("integrated-account/bulk-delete", views.BulkDeleteView.as_view(), name="integrated-account-bulk-delete"),
    path(
        "integrated-account/<str:connection_id>/capabilities",
        views.CapabilitiesView.as_view(),
        name="integrated-account-capabilities",
    ),
    path("integrated-account/<str:connection_id>", views.IntegratedAccountView.as_view(), name="integrated-account"),
    path("integration", integration_views.IntegrationListView.as_view(), name="integration-list"),
    path("integration/<str:wanted>", integration_views.IntegrationView.as_view(), name="integration"),
    path(
        "environment-integration",
        integration_views.EnvironmentIntegrationListView.as_view(),
        name="environment-integration-list",
    ),
    path(
        "environment-integration/<str:wanted>",
        integration_views.EnvironmentIntegrationView.as_view(),
        name="environment-integration",
    ),
    path("connect-account", pages.connect, name="connect-account"),
    path("connect-account/personal-token", pages.personal_token, name="connect-account-personal-token"),
    path("connect-account/post-connect", pages.post_connect, name="connect-account-post-connect"),
    path("connect-account/authorize", pages.authorize, name="connect-account-authorize"),
    path("connect-account/callback", pages.callback, name="harvest_callback"),
    path("connect-account/account", pages.account, name="connect-account-account"),
    path("connect-account/linked", pages.linked_accounts, name="connect-account-linked"),
    path("connect-account/status", pages.status, name="connect-account-status"),
    path("assets/link-sdk.js", pages.link_sdk, name="link-sdk-js"),
    path("assets/link-shim.js", pages.link_shim, name="link-shim-js"),
]
