"""The tables that correct the OpenAPI file: each line is needed, and none says more than REFERENCE."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.conformance.bodies import body_of
from tests.sandbox.conformance.calls import Caller
from tests.sandbox.conformance.corrections import ACCEPTED, ALSO_NEEDED, CHANGED, NOT_REQUIRED
from tests.sandbox.conformance.openapi import Operation, Schema, document, operation, operations
from tests.sandbox.conformance.strict import complaints, corrected, properties_at, schema_name_of
from tests.sandbox.conformance.values import NULLABLE, WORDS
from tests.sandbox.conformance.walking import fields_of

SAMPLES = [one for one in operations() if one.sample is not None]

# Fields that are always null in this walk, or never.
ONE_SIDED = {
    "User.employee_id",  # live keys of which only the name is known (REFERENCE §13.C2)
    "User.calendar_integration_source",
    "InvoicePayment.payment_gateway.id",  # nothing here is ever paid through a gateway
    "InvoicePayment.payment_gateway.name",
    "Estimate.issue_date",  # the documented default is today
    "PaginationLinks.next",  # test_lists.py turns the pages
    "PaginationLinks.previous",
}
# What the documentation's samples, most of them from 2017, are too old to have (REFERENCE §8, §13.A, C).
NEWER = {"use_default_rates", "hours_without_timer", "team_feature", "payment_options"}


def uncorrected(path: str) -> Schema | None:
    """What the file itself says of a field."""
    holder, _, name = path.rpartition(".")
    return properties_at(document()["components"]["schemas"], holder).get(name)


@pytest.mark.parametrize(("path", "schema", "source"), CHANGED, ids=[path for path, _, _ in CHANGED])
def test_every_correction_corrects_something(path: str, schema: Schema, source: str) -> None:
    before = uncorrected(path)
    assert before is None or _bare(before) != _bare(schema)
    assert re.match(r"§\d", source)


@pytest.mark.parametrize(("name", "properties", "source"), [*ACCEPTED, *NOT_REQUIRED])
def test_every_correction_of_a_body_corrects_something(name: str, properties: str, source: str) -> None:
    asked = operation(name)
    is_new = (name, properties, source) in ACCEPTED
    assert all((one in asked.body) is not is_new for one in properties.split())
    assert is_new or set(properties.split()) <= set(asked.required)


@pytest.mark.parametrize(("name", "properties", "source"), ALSO_NEEDED)
def test_what_is_needed_besides_is_refused_without(caller: Caller, name: str, properties: str, source: str) -> None:
    asked = operation(name)
    assert not set(properties.split()) & set(asked.required)
    full = body_of(asked, caller.full.ids, caller.full.spare) or {}
    assert caller.call(asked, json={one: full[one] for one in asked.required}).status_code == 422


@pytest.mark.parametrize("path", [f"{name}.{field}" for name, fields in NULLABLE.items() for field in fields.split()])
def test_every_field_that_may_be_null_exists(path: str) -> None:
    holder, _, name = path.rpartition(".")
    assert name in properties_at(corrected(), holder)


@pytest.mark.parametrize("path", [path.removesuffix("[]") for path in WORDS])
def test_every_field_with_fixed_words_is_text(path: str) -> None:
    holder, _, name = path.rpartition(".")
    found = properties_at(corrected(), holder)[name]
    assert (found.get("items") or found)["type"] == "string"


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_samples_of_the_documentation_fit(sample: Operation) -> None:
    """So no line is stricter than Harvest. Its samples write some decimals without a point; recordings never do."""
    name = schema_name_of(sample)
    assert name is not None
    newer = NEWER | {path.rpartition(".")[2] for path, _, _ in CHANGED if uncorrected(path) is None}
    known = re.compile(rf"'({'|'.join(newer)})' is a required property$|: \d+ is not of type 'number'$")
    assert [one for one in complaints(name, sample.sample) if not known.search(one)] == []


def test_every_field_that_may_be_null_is_seen_with_and_without_a_value(caller: Caller) -> None:
    seen: dict[str, set[bool]] = {}
    for one in operations():
        if one.method == "GET" and (name := schema_name_of(one)):
            for path, value in fields_of(caller.call(one).json(), name):
                seen.setdefault(path, set()).add(value is None)
    both_ways = {path for path, sides in seen.items() if sides == {True, False}}
    nullable = {f"{name}.{field}" for name, fields in NULLABLE.items() for field in fields.split()}
    assert both_ways == nullable - ONE_SIDED


def _bare(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key in ("type", "format", "items", "$ref")}
