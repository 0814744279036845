"""GET /unified/user-directory/…: users, roles and me of one connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.callers import Caller, HostBackEnd
from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import check_query, limit_from
from harvest_bridge.api.views import CallerView
from harvest_bridge.connections import calls
from harvest_bridge.connections.authentication import ConnectionHolder, connection_for
from harvest_bridge.harvest.budgets import BudgetMeter
from harvest_bridge.harvest.operations import Operation, get_me, get_role, get_user, list_roles, list_users
from harvest_bridge.harvest.pages import Page, Position
from harvest_bridge.hosts.models import Scope

from .mapping import unified_role, unified_user
from .queries import USER_FILTERS, flag_from, is_active_from, updated_since_from

T = TypeVar("T")
ListAt = Callable[[Position | None, int], Operation[Page[T]]]
_IGNORE_REMOTE_DATA = "truto_ignore_remote_data"


class DirectoryView(CallerView[Caller]):
    """One Harvest call per request, and the budget it left in the answer's headers, whatever the answer."""

    accepts = (HostBackEnd, ConnectionHolder)
    scope = Scope.DIRECTORY

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.meter = BudgetMeter()
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        for name, value in self.meter.headers().items():
            response[name] = value
        return super().finalize_response(request, response, *args, **kwargs)

    def harvest(self, request: Request, operation: Operation[T]) -> T:
        return calls.send(connection_for(request), operation, meter=self.meter)

    def page(self, request: Request, name: str, list_at: ListAt[T], show: Callable[..., dict[str, Any]]) -> Response:
        """One page of Harvest's list as one page of ours; our cursor is Harvest's position, signed."""
        limit = limit_from(request)
        shown = not flag_from(request, _IGNORE_REMOTE_DATA)
        filters = [(key, request.query_params.get(key, "")) for key in USER_FILTERS]
        list_id = f"{name} {connection_for(request).pk} {filters}"
        cursor = decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id)
        page = self.harvest(request, list_at(Position.parse(cursor) if cursor else None, limit))
        return Response(
            list_envelope(
                [show(item, with_remote_data=shown) for item in page.items],
                limit=limit,
                next_cursor=encode_cursor(str(page.next), list_id=list_id) if page.next else None,
                prev_cursor=encode_cursor(str(page.previous), list_id=list_id) if page.previous else None,
            )
        )


class UserListView(DirectoryView):
    """Newest first; filters `status` and `updated_at[gt]` are Harvest's own."""

    def get(self, request: Request) -> Response:
        check_query(request, known=(*USER_FILTERS, "limit", "next_cursor", _IGNORE_REMOTE_DATA))
        is_active, updated_since = is_active_from(request), updated_since_from(request)
        return self.page(
            request,
            "users",
            lambda at, size: list_users(at, per_page=size, is_active=is_active, updated_since=updated_since),
            unified_user,
        )


class UserView(DirectoryView):
    def get(self, request: Request, user_id: str) -> Response:
        check_query(request, known=(_IGNORE_REMOTE_DATA,))
        shown = not flag_from(request, _IGNORE_REMOTE_DATA)
        return Response(unified_user(self.harvest(request, get_user(user_id)), with_remote_data=shown))


class RoleListView(DirectoryView):
    def get(self, request: Request) -> Response:
        check_query(request, known=("limit", "next_cursor", _IGNORE_REMOTE_DATA))
        return self.page(request, "roles", lambda at, size: list_roles(at, per_page=size), unified_role)


class RoleView(DirectoryView):
    def get(self, request: Request, role_id: str) -> Response:
        check_query(request, known=(_IGNORE_REMOTE_DATA,))
        shown = not flag_from(request, _IGNORE_REMOTE_DATA)
        return Response(unified_role(self.harvest(request, get_role(role_id)), with_remote_data=shown))


class MeView(DirectoryView):
    """A list of one, as Truto answers it (truto-wire §5): the person who linked the connection."""

    def get(self, request: Request) -> Response:
        check_query(request, known=("limit", "next_cursor", _IGNORE_REMOTE_DATA))
        limit = limit_from(request)
        shown = not flag_from(request, _IGNORE_REMOTE_DATA)
        me = unified_user(self.harvest(request, get_me()), with_remote_data=shown)
        return Response(list_envelope([me], limit=limit))
