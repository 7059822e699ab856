"""Letting people in from the chat: asked for by a stranger, decided by an admin, kept, and taken back."""

from fake_api.people import bot_messages, person, wait_message, wait_text
from running_bot import bot_in_thread

QUESTION = "Who put out the fire?"
ALICE, MALLORY = 11, 66
PRIVATE = {"telegram_allowed": frozenset({ALICE}), "telegram_admins": frozenset({ALICE})}


def test_a_stranger_asks_an_admin_allows_and_removes(api, tmp_path, engine):
    alice, bob = person(api, ALICE, "Alice"), person(api, 12, "Bob <b>", "ru")
    with bot_in_thread(api, tmp_path, engine, **PRIVATE):
        refusal = bob.ask(QUESTION)
        assert bob.press(refusal, "Запросить")["text"] == "Ваша просьба передана."
        asks = wait_message(api, alice.id, 0)
        assert asks["text"] == "Bob <b> (number 12) asks to be let in."
        assert bob.press(asks, "P+|12")["text"] == "Это закрытый бот."
        alice.press(asks, "Allow")
        wait_text(api, alice.id, asks["message_id"], "Bob <b> has been let in.")
        assert wait_message(api, bob.id, 1)["text"].startswith("Вам открыли доступ.")
        assert "Azerbaijani" in bob.ask(QUESTION)["text"]
    with bot_in_thread(api, tmp_path, engine, **PRIVATE):
        assert "Azerbaijani" in bob.ask(QUESTION)["text"]
        listed = alice.ask("/people")
        alice.press(listed, "Remove Bob")
        wait_text(api, alice.id, listed["message_id"], "has been removed")
        assert bob.ask(QUESTION)["text"] == "Это закрытый бот."
    with bot_in_thread(api, tmp_path, engine, **PRIVATE):
        assert "закрытый" in bob.ask(QUESTION)["text"]


def test_a_stranger_who_insists_reaches_the_admins_once_and_opens_nothing_himself(api, tmp_path, engine):
    alice, mallory = person(api, ALICE, "Alice"), person(api, MALLORY, "Mallory")
    with bot_in_thread(api, tmp_path, engine, **PRIVATE):
        refusal = mallory.ask(QUESTION)
        for data in ("P?", "P?", "P+|66", "Px|11", "P?"):
            mallory.press(refusal, data)
        mallory.say("/people")
        alice.ask(QUESTION)
        assert len([m for m in bot_messages(api, ALICE) if "asks to be let in" in m["text"]]) == 1
        assert [question for question, _ in engine.asked] == [QUESTION]


def test_an_admin_says_no(api, tmp_path, engine):
    alice, mallory = person(api, ALICE, "Alice"), person(api, MALLORY, "Mallory")
    with bot_in_thread(api, tmp_path, engine, **PRIVATE):
        refusal = mallory.ask(QUESTION)
        mallory.press(refusal, "Ask to be let in")
        asks = wait_message(api, ALICE, 0)
        alice.press(asks, "P-|66")
        wait_text(api, ALICE, asks["message_id"], "has not been let in")
        assert alice.ask("/people")["text"].startswith("Nobody has been let in")
