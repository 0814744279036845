"""Which rows are one customer's: those that name it, and those that belong to such a row.

Followed through the models themselves, so that a new table of a new app needs no line here.
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, QuerySet

from harvest_bridge.hosts.models import HostApp

_OURS = ("harvest_bridge", "timer_widget")
Lookup = tuple[str, str]  # from a row to the host app's id and to the tenant's id


def rows_of(host_app: HostApp, tenant_id: str) -> Iterator[QuerySet[Any]]:
    """The customer's rows, one query a model, dependents before what they depend on."""
    lookups = lookups_of_models()
    for model in _dependents_first(list(lookups)):
        to_host_app, to_tenant = lookups[model]
        yield model._default_manager.filter(**{to_host_app: host_app.pk, to_tenant: tenant_id}).order_by("pk")


def lookups_of_models() -> dict[type[Model], Lookup]:
    """Every model of ours whose rows are some customer's."""
    found = {model: ("host_app_id", "tenant_id") for model in _ours() if _names_a_tenant(model)}
    while True:  # one step further along the relations each time
        more = {model: lookup for model in _ours() if model not in found if (lookup := _through(model, found))}
        if not more:
            return found
        found |= more


def _ours() -> Iterator[type[Model]]:
    """Each table once, and not the audit, which outlives whom it names."""
    tables = (model for model in apps.get_models() if model._meta.managed and not model._meta.proxy)
    ours = (model for model in tables if model.__module__.startswith(_OURS))
    return (model for model in ours if not getattr(model, "outlives_customers", False))


def _names_a_tenant(model: type[Model]) -> bool:
    return {"tenant_id", "host_app_id"} <= {getattr(field, "attname", "") for field in model._meta.get_fields()}


def _through(model: type[Model], found: dict[type[Model], Lookup]) -> Lookup | None:
    """By a relation to a row that is a customer's; one that may be empty counts only where there is no other."""
    relations = [field for field in _relations(model) if field.related_model in found]
    for field in sorted(relations, key=lambda field: field.null):
        to_host_app, to_tenant = found[field.related_model]
        return f"{field.name}__{to_host_app}", f"{field.name}__{to_tenant}"
    return None


def _relations(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    return [field for field in model._meta.fields if isinstance(field, ForeignKey)]


def _dependents_first(models: list[type[Model]]) -> list[type[Model]]:
    graph: TopologicalSorter[type[Model]] = TopologicalSorter()
    for model in models:
        graph.add(model)
        for field in _relations(model):
            if field.related_model in models and field.related_model is not model:
                graph.add(field.related_model, model)
    return list(graph.static_order())


def is_secret(field: Field[Any, Any]) -> bool:
    """Sealed text, or the hash of a token."""
    return field.name.startswith("sealed_") or field.name.endswith("_hash")
