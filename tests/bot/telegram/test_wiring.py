"""The command menu and the descriptions, in every language."""

import pytest
from fake_api.people import wait_message
from running_bot import bot_in_thread
from toy_engine import ToyEngine

from bot.telegram.texts.languages import LANGUAGES
from bot.telegram.wiring import ADMIN_MENU, PRIVATE_MENU


def test_the_menu_is_set_for_every_language_and_scope(api, tmp_path, alice):
    with bot_in_thread(api, tmp_path, ToyEngine(), telegram_admins=frozenset({alice.id})):
        scopes = ("all_private_chats:", "all_group_chats:", "chat:11")
        wanted = {(scope, language) for scope in scopes for language in ("", "ru", "az", "tr")}
        api.wait(lambda: set(api.world.commands) == wanted)
        names = [command["command"] for command in api.world.commands["all_private_chats:", ""]]
        assert names == ["ask", "sources", "article", "new", "watch", "watching", "status", "language", "help"]
        assert "reindex" in [command["command"] for command in api.world.commands["chat:11", "az"]]
        alice.say("/help")
        assert "/stats" in wait_message(api, alice.id, 0)["text"]


def test_what_the_bot_is_for_is_described_in_every_language(api, bot):
    api.wait(lambda: len({code for field, code in list(api.world.profile) if field == "description"}) == 4)
    assert "English only" in api.world.profile["description", ""]


@pytest.mark.parametrize("texts", LANGUAGES.values(), ids=lambda t: t.code)
def test_menu_and_description_fit_telegram(texts):
    assert set(PRIVATE_MENU + ADMIN_MENU) <= set(texts.menu)
    assert all(1 <= len(description) <= 256 for description in texts.menu.values())
    assert len(texts.about) <= 120
    assert len(texts.description) <= 512
