from __future__ import annotations

from django.urls import include, path

from . import views

urlpatterns = [
    path("", include("harvest_bridge.unified.identities.urls")),
    path("unified/user-directory/users", views.UserListView.as_view(), name="user-list"),
    path("unified/user-directory/users/<str:user_id>", views.UserView.as_view(), name="user"),
    path("unified/user-directory/roles", views.RoleListView.as_view(), name="role-list"),
    path("unified/user-directory/roles/<str:role_id>", views.RoleView.as_view(), name="role"),
    path("unified/user-directory/me", views.MeView.as_view(), name="me"),
]
