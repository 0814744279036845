"""The catalogue, its page and the OpenAPI description say the same, and every example fits its schema."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from harvest_bridge.console.openapi_document import document
from harvest_bridge.env import ROOT
from harvest_bridge.webhooks import catalogue, description
from harvest_bridge.webhooks.catalogue import EventType, event_types

PAGE = (ROOT / "docs" / "webhooks.md").read_text()
OF_THE_TESTS = "thing.happened"
TYPES = [each for each in event_types().values() if each.name != OF_THE_TESTS]
# Issue 15 and truto-wire §2.5.
WANTED = {
    *(
        f"integrated_account:{name}"
        for name in (
            *("created", "post_install_error", "validation_error", "active", "post_connect_form_submitted"),
            *("updated", "authentication_error", "reactivated", "deleted"),
        )
    ),
    *(f"timer.{name}" for name in ("started", "stopped", "switched", "edited", "deleted", "failed", "forgotten")),
    *("identity.matched", "identity.flagged", "mapping.failed", "test"),
}


def test_the_catalogue_has_what_hosts_were_promised() -> None:
    assert {each.name for each in TYPES} >= WANTED


def test_the_page_lists_the_catalogue_and_nothing_else() -> None:
    told = [f"| `{each.name}` | `{each.object_type}` | {each.says} |" for each in TYPES]
    section = PAGE.partition("| type | object | told when |")[2].partition("`/schema/`")[0]
    assert re.findall(r"^\| `.*\|$", section, re.MULTILINE) == told


@pytest.mark.parametrize("each", TYPES, ids=lambda each: each.name)
def test_an_example_fits_its_schema(each: EventType) -> None:
    described: dict[str, Any] = document()["webhooks"][each.name]["post"]["requestBody"]["content"]["application/json"]
    schema = {**described["schema"], "components": document()["components"]}
    jsonschema.validate(described["example"], schema, cls=jsonschema.Draft202012Validator)
    wrong = described["example"] | {"type": "another"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema, cls=jsonschema.Draft202012Validator)


def test_the_description_is_valid() -> None:
    OpenAPIV31SpecValidator(document()).validate()


def test_two_types_of_one_name_are_refused() -> None:
    again = EventType(name=TYPES[0].name, says="", object_type="", schema={}, example={})
    with pytest.raises(ValueError, match="two types"):
        catalogue.register(again)


def test_what_is_sent_looks_as_described() -> None:
    """The same keys as a rendered event has."""
    assert set(description._EVENT) == set(description.example_of(TYPES[0]))
