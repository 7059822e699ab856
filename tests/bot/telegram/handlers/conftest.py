"""A bot with one admin."""

import pytest
from fake_api.people import person
from running_bot import bot_in_thread

ADMIN = 11


@pytest.fixture
def admin(api):
    return person(api, ADMIN, "Alice")


@pytest.fixture
def admin_bot(api, tmp_path, engine, admin):
    with bot_in_thread(api, tmp_path, engine, telegram_admins=frozenset({ADMIN})) as running:
        yield running
