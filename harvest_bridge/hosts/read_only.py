"""Read-only admin classes, without buttons that save, add or delete."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin, TabularInline

_NO_BUTTONS = {
    "show_save": False,
    "show_save_and_continue": False,
    "show_save_and_add_another": False,
    "show_delete_link": False,
}


class _NothingToSave:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(_NothingToSave, ModelAdmin):
    """A page of facts. Whoever may change the model may look at it, as everywhere in Django's admin."""

    actions = None

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**_NO_BUTTONS, "show_close": True, **(extra_context or {})}
        page: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return page


class ReadOnlyInline(_NothingToSave, TabularInline):
    """Rows that services make and end. Seeing them takes their model's right, or that of the page they stand on."""

    extra = 0
    can_delete = False
