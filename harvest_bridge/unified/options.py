"""Truto's options on every call of the directory (truto-wire §4), and which of them we have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET, Raw
from rest_framework.request import Request

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.inputs import refuse_unknown
from harvest_bridge.api.query_lists import parsed_query, values_of

from .harvest_records import reader
from .remote_query import asked_of_harvest
from .resources import Resource
from .schema import Record

Json = dict[str, Any]
FigureSerializer = Record | Raw
OURS = ("integrated_account_id",)
FORMATS = ("unified", "raw", "normalized", "debug")
_fields, _json = reader(dict[str, Raw]), reader(Any)
_FLAGS = {"": False, "false": False, "0": False, "true": True, "1": True}


@dataclass(frozen=True)
class Options:
    """Shape: `response_format` is one of `FORMATS`; `normalized` is the same as `unified`."""

    response_format: str = "unified"
    excluded: frozenset[str] = frozenset()
    key_by: str = ""
    expand: frozenset[str] = frozenset()
    remote_query: Mapping[str, str] = field(default_factory=dict)
    ignores_limit: bool = False

    @property
    def is_raw(self) -> bool:
        return self.response_format == "raw"

    def asked_of_harvest(self, filters: Mapping[str, Any]) -> Json:
        """`filters` that Harvest applies, and its own parameters. Errors: InvalidRequest for one that is both."""
        for name in self.remote_query:
            if name in filters:
                raise InvalidRequest(
                    f"remote_query[{name}]: a filter asks Harvest for this already; use one of the two."
                )
        return {**filters, **self.remote_query}

    def leave_out(self, records: Iterable[Record]) -> None:
        """What is unset is not written."""
        for name in self.excluded:
            for record in records:
                setattr(record, name, UNSET)

    def keyed(self, records: Sequence[FigureSerializer]) -> Sequence[FigureSerializer] | dict[str, FigureSerializer]:
        """The records under their `truto_key_by`, if it was asked for. Errors: InvalidRequest."""
        if not self.key_by:
            return records
        keys = [_value(record, self.key_by) for record in records]
        if any(not isinstance(key, str | int) for key in keys) or len(set(keys)) < len(keys):
            raise InvalidRequest("truto_key_by: not every record has a value of its own there; `id` always works.")
        return {str(key): record for key, record in zip(keys, records, strict=True)}


def _value(record: FigureSerializer, name: str) -> Any:
    return _json(_fields(record).get(name, b"null")) if isinstance(record, Raw) else getattr(record, name)


def query_of(request: Request, *, taken: Iterable[str]) -> Json:
    """The parameters, parsed. Errors: InvalidRequest for one that means nothing here, naming those that do."""
    given = parsed_query(request.META.get("QUERY_STRING", ""))
    refuse_unknown(given, known={*OURS, *taken})
    return given


def options_of(given: Json, row: Resource, *, method: str, remote: tuple[str, ...]) -> Options:
    """`remote` are Harvest's own parameters that it takes here.

    Errors: InvalidRequest that names the parameter and what it may be."""
    response_format = _one("truto_response_format", given, FORMATS) or "unified"
    excluded = _several("truto_exclude_fields", given, row.fields)
    for name in ("truto_exclude_fields", "expand"):
        if response_format == "raw" and given.get(name):
            raise InvalidRequest(f"{name}: this is for unified records; raw ones are Harvest's own, and whole.")
    if flag("truto_ignore_remote_data", given):
        excluded |= {"remote_data"}
    return Options(
        response_format=response_format,
        excluded=excluded - {"id"},
        key_by=_one("truto_key_by", given, row.keys),
        expand=_several("expand", given, row.expandable_in(method)),
        remote_query=asked_of_harvest(given.get("remote_query") or {}, remote),
        ignores_limit=flag("truto_ignore_limit", given),
    )


def _one(name: str, given: Json, choices: tuple[str, ...]) -> str:
    texts = values_of(given.get(name, "")) or []
    if len(texts) > 1 or any(text not in choices for text in texts):
        raise InvalidRequest(f"{name}: must be one of {', '.join(choices)}, not {','.join(texts)[:40]!r}.")
    return texts[0] if texts else ""


def _several(name: str, given: Json, choices: tuple[str, ...]) -> frozenset[str]:
    texts = values_of(given.get(name, "")) or []
    for text in texts:
        if text not in choices:
            raise InvalidRequest(f"{name}: {text[:40]!r} is not known here; known are {', '.join(choices)}.")
    return frozenset(texts)


def flag(name: str, given: Json) -> bool:
    """A boolean parameter. Errors: InvalidRequest."""
    text = given.get(name, "")
    if not isinstance(text, str) or text.lower() not in _FLAGS:
        raise InvalidRequest(f"{name}: must be true or false, not {str(text)[:40]!r}.")
    return _FLAGS[text.lower()]
