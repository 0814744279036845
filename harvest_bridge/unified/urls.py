from __future__ import annotations

from django.urls import include, path

from . import metadata, views, write_views

urlpatterns = [
    path("", include("harvest_bridge.unified.identities.urls")),
    path("", include("harvest_bridge.unified.overrides.urls")),
    # Before the users, of whom none can be called `meta`: archive and restore are methods too.
    path(
        "unified/user-directory/<str:resource>/meta/<str:method>", metadata.MethodMetaView.as_view(), name="method-meta"
    ),
    path("unified/user-directory/users", write_views.UserListView.as_view(), name="user-list"),
    path("unified/user-directory/users/<str:record_id>", write_views.UserView.as_view(), name="user"),
    path(
        "unified/user-directory/users/<str:record_id>/archive", write_views.ArchiveView.as_view(), name="user-archive"
    ),
    path(
        "unified/user-directory/users/<str:record_id>/restore", write_views.RestoreView.as_view(), name="user-restore"
    ),
    path("unified/user-directory/roles", write_views.RoleListView.as_view(), name="role-list"),
    path("unified/user-directory/roles/<str:record_id>", write_views.RoleView.as_view(), name="role"),
    path("unified/user-directory/me", views.MeView.as_view(), name="me"),
    path("unified/user-directory/organizations", views.OrganizationListView.as_view(), name="organization-list"),
    path("unified/user-directory/organizations/<str:record_id>", views.OrganizationView.as_view(), name="organization"),
    path("unified/user-directory/groups", views.GroupListView.as_view(), name="group-list"),
    path("unified/user-directory/groups/<str:record_id>", views.GroupView.as_view(), name="group"),
    path("unified/user-directory/workspaces", views.WorkspaceListView.as_view(), name="workspace-list"),
    path("unified/user-directory/workspaces/<str:record_id>", views.WorkspaceView.as_view(), name="workspace"),
    path("unified/user-directory/utilization", views.UtilizationView.as_view(), name="utilization-list"),
    path("unified/meta/user-directory/harvest", metadata.ModelMetaView.as_view(), name="directory-meta"),
    path(
        "unified/user-directory/<str:resource>/harvest/meta/<str:method>",
        metadata.HarvestMethodMetaView.as_view(),
        name="method-meta-harvest",
    ),
]
