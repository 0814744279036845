"""The tables say what Harvest's OpenAPI file says, corrected by REFERENCE."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.proxy.records import COLLECTIONS, schemas
from harvest_bridge.proxy.resource import Verb
from harvest_bridge.proxy.resources import RESOURCES
from tests.sandbox.conformance.bodies import accepted
from tests.sandbox.conformance.corrections import NOT_REQUIRED
from tests.sandbox.conformance.openapi import Operation, document, operations
from tests.sandbox.conformance.strict import components, schema_name_of

Schema = dict[str, Any]
OURS: Schema = schemas()
# Ours go by number where the file goes by text or by halves (REFERENCE §13.B8, B10), and so does what has become null.
REFERENCE_SAYS_OTHERWISE = {
    # Computed amounts: `num?` in REFERENCE §8.13 and §8.14, though the sandbox answers 0.0.
    *(
        f"{name}.{amount}"
        for name in ("Invoice", "Estimate")
        for amount in ("tax_amount", "tax2_amount", "discount_amount")
    ),
    # `dt?` and `date?`: a payment has one of them; who was mailed may have no name.
    *("InvoicePayment.paid_at", "InvoicePayment.paid_date", "InvoiceMessage.recipients[].name"),
    *("EstimateMessage.recipients[].name", "Project.over_budget_notification_percentage"),
    *("TimeEntry.external_reference.group_id", "TimeEntry.external_reference.permalink"),
}
REPORT = {f"reports_{path}": path for path in ("uninvoiced", "project_budget")}


def path_of(resource: Any) -> str:
    """`/v2/users/{user_id}/teammates` without its prefix and the names of its ids."""
    return "/".join("{}" if part.startswith("{") else part for part in resource.path.removeprefix("/v2").split("/"))


def operation(method: str, path: str) -> Operation | None:
    found = [
        one
        for one in operations()
        if one.method == method
        and "/".join("{}" if part.startswith("{") else part for part in one.path.split("/")) == path
    ]
    return found[0] if found else None


def record_in_the_file(resource: Any) -> str:
    """The schema of one record, by the list or the single read."""
    listed = operation("GET", path_of(resource))
    assert listed is not None
    name = str(schema_name_of(listed))
    properties = components()[name].get("properties", {})
    items = properties.get(resource.list_key, {}).get("items")
    return str(items["$ref"]).rpartition("/")[2] if items else name


def shape(schema: Schema, known: Schema, path: str) -> dict[str, str]:
    """Dotted path of each field -> its type, a `?` behind where it may be null."""
    inner = [one for one in schema.get("anyOf", [schema]) if one != {"type": "null"}]
    null = "?" if len(inner) < len(schema.get("anyOf", [schema])) else ""
    [schema] = inner
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    null = "?" if "null" in kinds else null
    [kind] = [one for one in kinds if one != "null"]
    found = {path: kind + null}
    for name, field in schema.get("properties", {}).items():
        found |= shape(field, known, f"{path}.{name}")
    return found | (shape(schema["items"], known, f"{path}[]") if "items" in schema else {})


def test_every_collection_is_described() -> None:
    assert set(COLLECTIONS) == {resource.name for resource in RESOURCES}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.name)
def test_a_record_has_the_fields_the_kinds_and_the_nulls_of_the_file(resource: Any) -> None:
    name = record_in_the_file(resource)
    ours = shape({"$ref": f"#/components/schemas/{COLLECTIONS[resource.name].record}"}, OURS, name)
    theirs = shape(components()[name], components(), name)
    assert ours.keys() == theirs.keys()
    otherwise = {path for path in theirs if ours[path] != theirs[path]}
    assert otherwise <= REFERENCE_SAYS_OTHERWISE
    assert all(ours[path] == f"{theirs[path]}?" for path in otherwise)


@pytest.mark.parametrize(
    ("resource", "verb", "method"),
    [
        (resource, verb, method)
        for resource in RESOURCES
        for verb, method, able in (
            ("create", "POST", Verb.CREATE),
            ("update", "PATCH", Verb.UPDATE),
            ("update", "PATCH", Verb.UPDATE_ALL),
        )
        if able in resource.verbs
    ],
    ids=lambda one: getattr(one, "name", str(one)),
)
def test_a_body_takes_and_needs_what_harvest_does(resource: Any, verb: str, method: str) -> None:
    path = path_of(resource)
    found = operation(method, path) or operation(method, f"{path}/{{}}")
    assert found is not None
    body = OURS[COLLECTIONS[resource.name].body(verb)]
    beyond = {"telephone"} if resource.name == "users" else set()
    assert set(body["properties"]) - set(accepted(found)) <= beyond
    assert set(accepted(found)) <= set(body["properties"])
    waived = {name for one, names, _ in NOT_REQUIRED if one == str(found) for name in names.split()}
    assert set(body.get("required", [])) == set(found.required) - waived


def test_what_stands_in_bodies_has_the_fields_of_the_file() -> None:
    """Lines, recipients, references and imports."""
    paths = document()["paths"]
    for path, verb, field, ours in (
        ("/invoices", "post", "line_items", "InvoiceLineItemCreate"),
        ("/invoices/{invoiceId}", "patch", "line_items", "InvoiceLineItemUpdate"),
        ("/estimates", "post", "line_items", "EstimateLineItemCreate"),
        ("/estimates/{estimateId}", "patch", "line_items", "EstimateLineItemUpdate"),
        ("/invoices/{invoiceId}/messages", "post", "recipients", "RecipientInput"),
        ("/estimates/{estimateId}/messages", "post", "recipients", "RecipientInput"),
        ("/invoices", "post", "line_items_import", "InvoiceImport"),
        ("/time_entries", "post", "external_reference", "ExternalReferenceInput"),
    ):
        theirs = paths[path][verb]["requestBody"]["content"]["application/json"]["schema"]["properties"][field]
        theirs = theirs.get("items", theirs)
        mine = OURS[f"Harvest{ours}"]
        assert set(mine["properties"]) - {"_destroy"} == set(theirs["properties"]), ours
        assert set(mine.get("required", [])) == set(theirs.get("required", [])), ours
