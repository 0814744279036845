"""The directory's routes: views are made of a resource's row; those that read in ways of their own are named here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.urls import URLPattern, path

from . import views, write_views
from .base import DirectoryView, ListView, RecordView
from .description import described_action, described_list, described_record
from .resources import Resource
from .write_views import ActionView, ChangingView, CreatingView

View = type[DirectoryView]
_PREFIX = "unified/user-directory"
_LISTS: dict[str, View] = {
    "users": write_views.UserListView,
    "me": views.MeView,
    "organizations": views.OrganizationListView,
    "groups": views.GroupListView,
    "workspaces": views.WorkspaceListView,
    "utilization": views.UtilizationView,
}
_RECORDS: dict[str, View] = {
    "users": write_views.UserView,
    "organizations": views.OrganizationView,
    "groups": views.GroupView,
}
# Their names as they have always been, where they do not say that it is a list.
_NAMES = {"me": "me"}
_OF_LISTS = {"list": "get", "create": "post"}
_OF_RECORDS = {"get": "get", "update": "patch", "delete": "delete"}


def routes_of(row: Resource) -> Iterator[URLPattern]:
    """Its list, one record of it, and its actions, as far as `calls` has them."""
    one, where = row.singular, f"{_PREFIX}/{row.name}"
    yield path(where, list_view(row).as_view(), name=_NAMES.get(row.name, f"{one}-list"))
    if row.calls.keys() & _OF_RECORDS:
        yield path(f"{where}/<str:record_id>", record_view(row).as_view(), name=one)
    for action in row.actions:
        yield path(f"{where}/<str:record_id>/{action}", action_view(row, action).as_view(), name=f"{one}-{action}")


def list_view(row: Resource) -> View:
    base = _LISTS.get(row.name) or (CreatingView if "create" in row.calls else ListView)
    view = _made(row, "List", base, about=row.about, http_method_names=_methods(row, _OF_LISTS))
    return cast(View, described_list(row)(view))


def record_view(row: Resource) -> View:
    base = _RECORDS.get(row.name) or (ChangingView if {"update", "delete"} & set(row.calls) else RecordView)
    view = _made(row, "", base, about=row.about_one, http_method_names=_methods(row, _OF_RECORDS))
    return cast(View, described_record(row)(view))


def action_view(row: Resource, action: str) -> View:
    about = row.actions[action].about
    view = _made(row, action.title(), ActionView, about=about, action=action)
    return cast(View, described_action(row, action)(view))


def _methods(row: Resource, of: dict[str, str]) -> list[str]:
    """HTTP methods; any other is a 405 that names these."""
    return [*(verb for call, verb in of.items() if call in row.calls), "head", "options"]


def _made(row: Resource, kind: str, base: View, *, about: str, **more: Any) -> View:
    """A view of this resource alone; its docstring is its description in OpenAPI."""
    name = f"{row.singular.title()}{kind}View"
    return type(name, (base,), {"resource": row, "__doc__": about or base.__doc__, "__module__": __name__, **more})
