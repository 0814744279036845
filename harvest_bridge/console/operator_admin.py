"""Operators, groups and second factors in the admin. Operators are deactivated, never deleted: the audit names them."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import ManyToManyField
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from . import operator_permissions

for model in (User, Group, Authenticator):
    admin.site.unregister(model)


class GivesOnlyOwnRights:
    """Choices of permissions and groups end at what the editor holds."""

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        if db_field.name in ("user_permissions", "permissions"):
            kwargs["queryset"] = operator_permissions.permissions_to_give(request.user)
        elif db_field.name == "groups":
            kwargs["queryset"] = operator_permissions.groups_to_give(request.user)
        field: ModelMultipleChoiceField[Any] | None = super().formfield_for_manytomany(  # type: ignore[misc]
            db_field, request, **kwargs
        )
        return field


@admin.register(User)
class UserAdmin(GivesOnlyOwnRights, DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_active", "is_staff", "is_superuser", "second_factor", "last_login")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_allowed: bool = super().has_change_permission(request, obj)
        return is_allowed and (obj is None or operator_permissions.may_change(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        given = tuple(super().get_readonly_fields(request, obj))
        moments = ("last_login", "date_joined")
        return given + moments + (() if request.user.is_superuser else ("is_superuser",))

    @display(description="Second factor", boolean=True)
    def second_factor(self, user: User) -> bool:
        return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


@admin.register(Group)
class GroupAdmin(GivesOnlyOwnRights, DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_allowed: bool = super().has_change_permission(request, obj)
        return is_allowed and (obj is None or operator_permissions.may_change_group(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_allowed: bool = super().has_delete_permission(request, obj)
        return is_allowed and (obj is None or operator_permissions.may_change_group(request.user, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One by one, so that each is looked at."""
        return {}


@admin.register(Authenticator)
class AuthenticatorAdmin(ModelAdmin):
    """Second factors by owner and kind; what they are made of is shown to nobody. Deleting one is how it is reset."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email")
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")
    actions = None

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return not lookup.startswith("data") and bool(super().lookup_allowed(lookup, value, request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_allowed: bool = super().has_delete_permission(request, obj)
        return is_allowed and (obj is None or operator_permissions.may_change(request.user, obj.user))

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        """With it all others of the same operator: recovery codes alone would be no second factor."""
        Authenticator.objects.filter(user=obj.user).delete()
