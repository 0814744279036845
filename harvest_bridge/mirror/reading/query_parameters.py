"""What a list or an export is asked for, read out of a query string."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.inputs import refuse_unknown
from harvest_bridge.api.query_kinds import TEXT, read_parameter
from harvest_bridge.mirror.models import Record, Stream
from harvest_bridge.mirror.resources import Resource

from .filters import FILTERS, condition_of
from .sorting import Sorting, sorting_of

_DELETED = {"": False, "false": False, "exclude": False, "include": None, "all": None, "true": True, "only": True}


@dataclass(frozen=True)
class Question:
    """Shape: `texts` are the filters as they were read; `deleted` True asks for tombstones alone, None for them too."""

    resource: Resource
    condition: Q
    texts: Mapping[str, str]
    deleted: bool | None
    sorting: Sorting

    @property
    def identity(self) -> str:
        """Another list has another one."""
        return f"{self.resource.name} {sorted(self.texts.items())} {self.deleted} {self.sorting}"

    def rows(self, stream: Stream) -> QuerySet[Record]:
        rows = Record.objects.filter(self.condition, stream=stream)
        return rows if self.deleted is None else rows.filter(deleted_at__isnull=not self.deleted)


def question_of(
    resource: Resource,
    given: Mapping[str, Any],
    *,
    besides: Collection[str] = (),
    only: Collection[str] | None = None,
) -> Question:
    """`besides` names further parameters, which the caller reads itself; `only` which of a list's are taken.

    Errors: InvalidRequest, naming the parameter.
    """
    taken = (*FILTERS[resource.name], "deleted", "sort") if only is None else only
    refuse_unknown(given, known={*taken, "integrated_account_id", *besides})
    condition, texts = condition_of(resource, given)
    return Question(resource, condition, texts, _deleted(given), sorting_of(resource, _text(given, "sort")))


def _deleted(given: Mapping[str, Any]) -> bool | None:
    text = _text(given, "deleted")
    if text not in _DELETED:
        raise InvalidRequest(f"deleted: must be exclude, include or only, not {text[:40]!r}.")
    return _DELETED[text]


def _text(given: Mapping[str, Any], name: str) -> str:
    return read_parameter(name, TEXT, given[name]) or "" if name in given else ""
