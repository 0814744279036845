"""A resource follows from its row: this one is not in the product, and nothing else than the row is written for it."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import msgspec
import pytest
from django.urls import clear_url_caches, include, path
from drf_spectacular.generators import SchemaGenerator
from msgspec import UNSET, Raw, Struct, UnsetType

from harvest_bridge.unified import description
from harvest_bridge.unified.filters import choice_of, text_of
from harvest_bridge.unified.mapping import MappingContext
from harvest_bridge.unified.resources import RESOURCES, Call, Resource
from harvest_bridge.unified.routes import routes_of
from tests.unified.conftest import Ask

pytestmark = pytest.mark.django_db


class Customer(Struct):
    """Whom work is done for."""

    id: str
    name: str | None = None
    status: str | None = None
    remote_data: Raw | UnsetType = UNSET


class RemoteClient(Struct):
    id: int
    name: str | None = None
    is_active: bool | None = None


def unified_customer(raw: Raw, around: MappingContext) -> Any:
    found = msgspec.json.decode(raw, type=RemoteClient)
    return Customer(str(found.id), found.name, "active" if found.is_active else "inactive", raw)


CUSTOMERS = Resource(
    "customers",
    Customer,
    RemoteClient,
    unified_customer,
    path="/v2/clients",
    key="clients",
    calls={"list": Call("/v2/clients"), "get": Call("/v2/clients")},
    filters={"id": text_of("id"), "name": text_of("name"), "status": choice_of("status", "active", "inactive")},
    remote=("is_active",),
    about="Whom the account works for.",
)


@pytest.fixture(autouse=True)
def _with_customers(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    urls = ModuleType("urls_with_customers")
    urls.urlpatterns = [*routes_of(CUSTOMERS), path("", include("harvest_bridge.urls"))]  # type: ignore[attr-defined]
    monkeypatch.setitem(RESOURCES, "customers", CUSTOMERS)
    description.components.cache_clear()
    settings.ROOT_URLCONF = urls
    clear_url_caches()
    yield
    clear_url_caches()
    description.components.cache_clear()


def test_its_list_and_its_records_are_there(ask: Ask) -> None:
    listed = ask("customers", limit=1).json()
    assert (listed["result_count"], listed["limit"]) == (1, 1)
    [customer] = listed["result"]
    assert ask(f"customers/{customer['id']}").json() == customer
    assert customer["remote_data"]["name"] == customer["name"]


def test_it_is_narrowed_sorted_and_shown_as_the_others(ask: Ask) -> None:
    found = ask("customers", status="active", sort_by="-name", truto_ignore_remote_data="true").json()["result"]
    names = [customer["name"] for customer in found]
    assert names == sorted(names, key=str.casefold, reverse=True)
    assert {customer["status"] for customer in found} == {"active"}
    assert "remote_data" not in found[0]


@pytest.mark.parametrize(
    ("query", "named"),
    [({"colour": "red"}, "colour"), ({"status": "asleep"}, "status"), ({"sort_by": "age"}, "sort_by")],
)
def test_what_cannot_be_applied_is_refused_by_name(ask: Ask, query: dict[str, str], named: str) -> None:
    refused = ask("customers", **query)
    assert (refused.status_code, refused.json()["message"].partition(":")[0]) == (400, named)


def test_what_the_row_does_not_call_is_not_allowed(ask: Ask) -> None:
    assert ask("customers", _method="post", _body={})["Allow"] == "GET, HEAD, OPTIONS"
    assert ask("customers/7", _method="delete").status_code == 405
    assert ask("customers/7/archive", _method="post", _body={}).status_code == 404


def test_its_metadata_follow(ask: Ask) -> None:
    meta = ask("customers/meta/list").json()
    assert (meta["resource"], sorted(meta["query_schema"]["properties"])) == ("customers", ["id", "name", "status"])
    assert meta["schema"]["description"] == "Whom work is done for."
    assert "customers" in ask("shoes/meta/list").json()["message"]


def test_its_description_follows() -> None:
    paths = SchemaGenerator(patterns=[*routes_of(CUSTOMERS)]).get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    operation = paths["/unified/user-directory/customers"]["get"]
    assert (operation["operationId"], operation["description"]) == ("list_customers", "Whom the account works for.")
    assert {"status", "sort_by", "remote_query[is_active]"} <= {each["name"] for each in operation["parameters"]}
    assert paths["/unified/user-directory/customers/{record_id}"]["get"]["operationId"] == "get_customer"
    assert "DirectoryCustomerList" in description.components()
