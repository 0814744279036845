"""GET /mirror/{resource} and /mirror/{resource}/{id}: Harvest's records from our copy, with how fresh they are."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.errors import NotFound
from harvest_bridge.api.inputs import limit_from
from harvest_bridge.mirror.errors import RecordDeleted
from harvest_bridge.mirror.models import Record, Stream
from harvest_bridge.mirror.record_ids import id_from
from harvest_bridge.mirror.resources import BY_NAME
from harvest_bridge.mirror.streams import serialize_stream

from . import description as described
from .base import MirrorView
from .freshness import max_age_of, refreshed
from .pages import page_of
from .presentation import moment, single
from .query_parameters import question_of


class RecordListView(MirrorView):
    """One page of a resource: live records, as Harvest orders them, unless `deleted` and `sort` say otherwise."""

    @extend_schema(**described.LIST)
    def get(self, request: Request, resource: str) -> Response:
        question = question_of(self.resource, self.given, besides=("limit", "next_cursor", "max_age"))
        limit, max_age = limit_from(request), max_age_of(request)
        stream = refreshed(self.connection, self.stream(), max_age)
        return Response(page_of(question, stream, cursor=request.query_params.get("next_cursor", ""), limit=limit))


class RecordView(MirrorView):
    """One record as Harvest sent it, with `as_of` and `stream` behind its own fields."""

    @extend_schema(**described.RECORD)
    def get(self, request: Request, resource: str, record_id: str) -> Response:
        """Errors: NotFound; RecordDeleted, unless `deleted` asks for tombstones."""
        question = question_of(self.resource, self.given, besides=("max_age",), only=("deleted",))
        max_age = max_age_of(request)
        stream = refreshed(self.connection, self.stream(), max_age)
        record = _record(stream, record_id)
        if record.deleted_at is not None and question.deleted is False:
            raise RecordDeleted(
                f"{resource} {record.harvest_id} is gone from Harvest; deleted=include shows its last state.",
                deleted_at=moment(record.deleted_at),
                deleted_cause=record.cause,
                as_of=moment(stream.as_of),
            )
        return Response(single(record, stream))


def _record(stream: Stream, record_id: str) -> Record:
    """Errors: NotFound, which says what the stream is worth."""
    number = id_from(BY_NAME[stream.resource], record_id)
    found = None if number is None else Record.objects.filter(stream=stream, harvest_id=number).first()
    if found is None:
        raise NotFound(
            f"The mirror has no {stream.resource} {record_id[:40]!r}; its state is “{stream.state}”.",
            as_of=moment(stream.as_of),
            stream=serialize_stream(stream),
        )
    return found
