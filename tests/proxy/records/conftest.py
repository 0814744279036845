"""The account in which nothing is missing, which the sandbox's own conformance is tested with."""

from __future__ import annotations

from tests.sandbox.conformance.conftest import caller, caller_of_the_session, harvest

__all__ = ["caller", "caller_of_the_session", "harvest"]
