"""What a test commits is gone after it, and what migrations made is not."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import TransactionTestCase

from harvest_bridge.hosts.models import ApiKey, HostApp
from harvest_bridge.hosts.services import create_host_app


@pytest.mark.django_db(transaction=True)
def test_rows_of_a_test_are_deleted_and_those_of_migrations_stay() -> None:
    groups, permissions = set(Group.objects.all()), Permission.objects.count()
    assert groups
    Group.objects.create(name="of this test")
    create_host_app(name="Ticket board", origins=["https://board.example"])
    TransactionTestCase()._fixture_teardown()
    assert (HostApp.objects.count(), ApiKey.objects.count()) == (0, 0)
    assert (set(Group.objects.all()), Permission.objects.count()) == (groups, permissions)
