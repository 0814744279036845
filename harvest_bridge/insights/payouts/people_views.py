"""REST: one person's statement in a period, payout rates and payees."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import MAX_LIMIT, check_query, whole_number

from . import description, rates_and_payees
from .base import PayoutsView, PeriodBase
from .errors import NoSuchPayout
from .models import Payee, PayoutRate
from .presentation import serialize_payee, serialize_rate
from .serializers import PayeeInput, RateInput
from .whole_periods import whole_statement


class PersonView(PeriodBase):
    """GET: one person's statement with every line, each of which names its entry and its rate."""

    @extend_schema(operation_id="get_payout_statement", responses=description.STATEMENT)
    def get(self, request: Request, period_id: str, user_id: str) -> Response:
        return Response(whole_statement(self.period, whole_number(user_id)))


class RateListView(PayoutsView):
    """GET: the rates that hold. POST adds one."""

    @extend_schema(operation_id="list_payout_rates", responses=description.RATES)
    def get(self, request: Request) -> Response:
        check_query(request, known=())
        rows = PayoutRate.objects.filter(connection=self.connection, removed_at=None)[:MAX_LIMIT]
        return Response(list_envelope([serialize_rate(row) for row in rows], limit=MAX_LIMIT))

    @extend_schema(operation_id="set_payout_rate", request=RateInput, responses=description.RATE)
    def post(self, request: Request) -> Response:
        check_query(request, known=())
        connection = self.connection
        return Response(
            serialize_rate(rates_and_payees.set_rate(connection=connection, **RateInput.validated(request.data)))
        )


class RateView(PayoutsView):
    """DELETE: the rate holds for no day any more; what it paid already becomes an adjustment."""

    @extend_schema(operation_id="remove_payout_rate", responses=description.DELETED)
    def delete(self, request: Request, rate_id: str) -> Response:
        check_query(request, known=())
        number = whole_number(rate_id)
        if number is None:
            raise NoSuchPayout(f"id: this account has no payout rate {rate_id[:40]!r}.")
        rates_and_payees.remove_rate(connection=self.connection, rate_id=number)
        return Response({"id": rate_id})


class PayeeListView(PayoutsView):
    """GET: where people's money goes."""

    @extend_schema(operation_id="list_payees", responses=description.PAYEES)
    def get(self, request: Request) -> Response:
        check_query(request, known=())
        rows = Payee.objects.filter(connection=self.connection)[:MAX_LIMIT]
        return Response(list_envelope([serialize_payee(row) for row in rows], limit=MAX_LIMIT))


class PayeeView(PayoutsView):
    """PUT: name, e-mail, IBAN and BIC of one person; the IBAN is sealed, and shown by its end."""

    @extend_schema(operation_id="set_payee", request=PayeeInput, responses=description.PAYEE)
    def put(self, request: Request, user_id: str) -> Response:
        check_query(request, known=())
        connection, number = self.connection, whole_number(user_id)
        if number is None:
            raise NoSuchPayout(f"user_id: {user_id[:40]!r} is no user of Harvest.")
        asked = PayeeInput.validated(request.data)
        return Response(serialize_payee(rates_and_payees.set_payee(connection=connection, user_id=number, **asked)))
