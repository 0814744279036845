"""GET /unified/user-directory/…: users, roles and me of one connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import check_query, limit_from
from harvest_bridge.connections.data_views import DataView, ListAt
from harvest_bridge.harvest.operations import get_me, get_role, get_user, list_roles, list_users
from harvest_bridge.hosts.models import Scope

from .mapping import unified_role, unified_user
from .queries import USER_FILTERS, flag_from, is_active_from, updated_since_from

T = TypeVar("T")
_IGNORE_REMOTE_DATA = "truto_ignore_remote_data"


class DirectoryView(DataView):
    """One Harvest call per request."""

    scope = Scope.DIRECTORY

    def page(self, name: str, list_at: ListAt[T], show: Callable[..., dict[str, Any]]) -> Response:
        """One page of `name`, with or without Harvest's own records."""
        shown = not flag_from(self.request, _IGNORE_REMOTE_DATA)
        filters = {key: self.request.query_params.get(key, "") for key in USER_FILTERS}
        return self.listed(name, filters, list_at, lambda item: show(item, with_remote_data=shown))


class UserListView(DirectoryView):
    """Newest first; filters `status` and `updated_at[gt]` are Harvest's own."""

    def get(self, request: Request) -> Response:
        check_query(request, known=(*USER_FILTERS, "limit", "next_cursor", _IGNORE_REMOTE_DATA))
        is_active, updated_since = is_active_from(request), updated_since_from(request)
        return self.page(
            "users",
            lambda at, size: list_users(at, per_page=size, is_active=is_active, updated_since=updated_since),
            unified_user,
        )


class UserView(DirectoryView):
    def get(self, request: Request, user_id: str) -> Response:
        check_query(request, known=(_IGNORE_REMOTE_DATA,))
        shown = not flag_from(request, _IGNORE_REMOTE_DATA)
        return Response(unified_user(self.harvest(get_user(user_id)), with_remote_data=shown))


class RoleListView(DirectoryView):
    def get(self, request: Request) -> Response:
        check_query(request, known=("limit", "next_cursor", _IGNORE_REMOTE_DATA))
        return self.page("roles", lambda at, size: list_roles(at, per_page=size), unified_role)


class RoleView(DirectoryView):
    def get(self, request: Request, role_id: str) -> Response:
        check_query(request, known=(_IGNORE_REMOTE_DATA,))
        shown = not flag_from(request, _IGNORE_REMOTE_DATA)
        return Response(unified_role(self.harvest(get_role(role_id)), with_remote_data=shown))


class MeView(DirectoryView):
    """A list of one, as Truto answers it (truto-wire §5): the person who linked the connection."""

    def get(self, request: Request) -> Response:
        check_query(request, known=("limit", "next_cursor", _IGNORE_REMOTE_DATA))
        limit = limit_from(request)
        shown = not flag_from(request, _IGNORE_REMOTE_DATA)
        me = unified_user(self.harvest(get_me()), with_remote_data=shown)
        return Response(list_envelope([me], limit=limit))
