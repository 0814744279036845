"""The base of our REST views: typed access to whoever calls."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar, cast

from rest_framework.views import APIView

from .callers import Caller

C = TypeVar("C", bound=Caller)


class CallerView(APIView, Generic[C]):
    """Names the callers it accepts and the scope they need (`permissions.AcceptedCaller` enforces both)."""

    accepts: ClassVar[tuple[type[Caller], ...]] = ()
    scope: ClassVar[str | None] = None

    @property
    def caller(self) -> C:
        return cast(C, self.request.user)
