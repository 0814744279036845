from __future__ import annotations

import pytest

from tests.insights.mirrored import Mirrored

from .account import Account


@pytest.fixture
def account(mirrored: Mirrored) -> Account:
    return Account(mirrored)
