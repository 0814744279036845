"""Writing down what came of attempts, many in one transaction: attempts, deliveries, and how their endpoints are."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from harvest_bridge.webhooks import services
from harvest_bridge.webhooks.delivery_totals import note_attempts
from harvest_bridge.webhooks.models import Attempt, Delivery, DeliveryStatus, Endpoint
from harvest_bridge.webhooks.schedule import LONGEST_RETRY_AFTER, next_attempt

from .due import Job
from .sending import Answer

# A receiver that says so wants to be left alone as a whole, not about one event.
_LEAVES_ALONE = {429, 503}
GONE = "gone: the receiver answered 410"


@dataclass(frozen=True)
class Result:
    """One attempt that was made, and when it began."""

    job: Job
    answer: Answer
    at: datetime


@transaction.atomic
def record(results: Sequence[Result], *, now: datetime) -> None:
    """What was removed while it was under way is left out. Errors: those of the database; then nothing was written."""
    results = _still_there(results)
    Attempt.objects.bulk_create([_attempt(result) for result in results])
    succeeded = [result for result in results if result.answer.is_success]
    note_attempts(delivered=len(succeeded), failed=len(results) - len(succeeded))
    _succeeded(succeeded, now=now)
    by_endpoint: dict[object, list[Result]] = defaultdict(list)
    for result in results:
        by_endpoint[result.job.endpoint.pk].append(result)
    for of_one in by_endpoint.values():
        _note_health(of_one, now=now)


def _still_there(results: Sequence[Result]) -> list[Result]:
    """Held until this is written, so that retention waits."""
    asked = Delivery.objects.filter(pk__in=[result.job.delivery.pk for result in results]).order_by("pk")
    found = set(asked.select_for_update().values_list("pk", flat=True))
    return [result for result in results if result.job.delivery.pk in found]


def _attempt(result: Result) -> Attempt:
    answer, delivery = result.answer, result.job.delivery
    return Attempt(
        delivery=delivery,
        number=delivery.attempt_count + 1,
        at=result.at,
        duration_milliseconds=int(answer.duration / timedelta(milliseconds=1)),
        status=answer.status,
        error=answer.error,
        answer=answer.text,
    )


def _succeeded(results: Sequence[Result], *, now: datetime) -> None:
    by_status: dict[int | None, list[int]] = defaultdict(list)
    for result in results:
        by_status[result.answer.status].append(result.job.delivery.pk)
    for status, ids in by_status.items():
        Delivery.objects.filter(pk__in=ids).update(
            status=DeliveryStatus.DELIVERED,
            attempt_count=F("attempt_count") + 1,
            round_attempts=F("round_attempts") + 1,
            last_attempt_at=now,
            last_status=status,
            delivered_at=now,
        )


def _note_health(results: Sequence[Result], *, now: datetime) -> None:
    """Of one endpoint. A success tells that the receiver is there, whatever failed beside it."""
    row = Endpoint.objects.select_for_update().get(pk=results[0].job.endpoint.pk)
    failures = [result for result in results if not result.answer.is_success]
    row.last_attempt_at = now
    if len(failures) < len(results):
        _note_success(row, now=now)
    for result in failures:
        _note_failure(row, result, now=now)
    row.save(
        update_fields=[
            *("last_attempt_at", "last_success_at", "failing_since", "consecutive_failures"),
            *("not_before", "drain_through"),
        ]
    )
    if any(result.answer.status == 410 for result in failures):
        services.disable(row, GONE, now=now)


def _note_success(row: Endpoint, *, now: datetime) -> None:
    """What waited for the receiver to come back goes now."""
    if row.failing_since is not None:
        parked = Delivery.objects.filter(endpoint=row, status=DeliveryStatus.PARKED).order_by("-sequence")
        if last := parked.first():
            row.drain_through = max(row.drain_through, last.sequence)
            services.queue_again(row, now=now, among=[DeliveryStatus.PARKED])
    row.last_success_at, row.failing_since, row.consecutive_failures, row.not_before = now, None, 0, None


def _note_failure(row: Endpoint, result: Result, *, now: datetime) -> None:
    row.failing_since = row.failing_since or result.at
    row.consecutive_failures += 1
    asked = min(result.answer.retry_after or timedelta(), LONGEST_RETRY_AFTER)
    if asked and result.answer.status in _LEAVES_ALONE:
        row.not_before = max(row.not_before or now, now + asked)
    _reschedule(row, result, now=now)


def _reschedule(row: Endpoint, result: Result, *, now: datetime) -> None:
    delivery = result.job.delivery
    attempts, started_at = delivery.round_attempts + 1, delivery.round_started_at or result.at
    again_at = next_attempt(
        attempts=attempts,
        started_at=started_at,
        now=now,
        chance=random.random,
        retry_after=result.answer.retry_after,
    )
    if result.answer.status == 410:
        again_at = now  # it stays in the queue of the disabled endpoint, as it was
    was_away = row.last_success_at is None or row.last_success_at < started_at
    given_up = DeliveryStatus.PARKED if was_away else DeliveryStatus.FAILED
    Delivery.objects.filter(pk=delivery.pk).update(
        status=DeliveryStatus.PENDING if again_at else given_up,
        next_attempt_at=again_at or now,
        attempt_count=F("attempt_count") + 1,
        round_attempts=attempts,
        round_started_at=started_at,
        last_attempt_at=now,
        last_status=result.answer.status,
    )
