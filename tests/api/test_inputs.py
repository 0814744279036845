"""Bodies, as the description has them."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient


@pytest.mark.parametrize("value", [0, 1, "off", "true", "t", [], {}])
def test_a_flag_is_true_or_false_and_nothing_else(api: APIClient, value: Any) -> None:
    sent = {"tenant_id": "acme", "allow_another_account": value}
    response = api.post("/link-token", sent, format="json")
    assert response.status_code == 400
    assert "allow_another_account: Must be true or false" in response.json()["message"]
