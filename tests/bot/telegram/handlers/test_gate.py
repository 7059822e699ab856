"""Somebody not on the allow-list gets no text of the articles, whatever the kind of update, until an admin says so."""

import pytest
from fake_api.people import bot_messages, group, person, wait_message, wait_text
from running_bot import bot_in_thread
from toy_engine import FIRE, TRADE

CORPUS = [line for line in (FIRE + TRADE).split("\n") if len(line) > 10]
ALICE, MALLORY = 11, 66
QUESTION = "Who put out the fire?"
ADMIN_LETS_IN = {"telegram_allowed": frozenset({ALICE}), "telegram_admins": frozenset({ALICE})}


@pytest.fixture
def private_bot(api, tmp_path, engine):
    with bot_in_thread(api, tmp_path, engine, telegram_allowed=frozenset({ALICE, -100700})) as running:
        yield running


def said_to(api, chat_ids: set[int]) -> str:
    """Everything the bot sent to these chats, or answered to Mallory's presses and inline queries."""
    return repr([c.params for c in api.world.calls if c.chat_id in chat_ids or c.method.startswith("answer")])


def test_a_stranger_gets_no_text_by_any_kind_of_update(api, private_bot, engine):
    alice, mallory = person(api, ALICE, "Alice"), person(api, MALLORY, "Mallory")
    secret = alice.ask("Who put out the fire?")
    engine.asked.clear()
    seen = len(api.world.calls)
    refusal = mallory.ask("Who put out the fire?")
    assert refusal["text"] == "This bot is private."
    asked = mallory.say("/ask Who put out the fire?")
    mallory.edit(asked, "How did oil do?")
    for command in ("/start who_put_out_the_fire", "/sources", "/article 1", "/status", "/help", "/stats", "/reindex"):
        mallory.say(command)
    mallory.upload("a.txt", b"text")
    for data in ["a|0123456789abcdef", "L|0"] + [
        k["callback_data"] for r in secret["reply_markup"]["inline_keyboard"] for k in r
    ]:
        stolen = {**secret, "chat": {"id": MALLORY, "type": "private"}}
        assert mallory.press(stolen, data)["text"] == "This bot is private."
    assert mallory.inline("Who put out the fire?")["results"] == []
    own = group(api, -100666, "Mallory's")
    mallory.say("@cite_test_bot Who put out the fire?", to=own)
    mallory.say("/ask Who put out the fire?", to=own)
    alice.ask("Who thanked the firefighters?")
    assert [question for question, _ in engine.asked] == ["Who thanked the firefighters?"]
    leaked = repr([c.params for c in api.world.calls[seen:] if c.chat_id != ALICE])
    assert not [line for line in CORPUS if line in leaked]
    assert len([c for c in api.world.calls if c.chat_id == MALLORY]) == 1


def test_a_listed_person_does_not_open_an_unlisted_group(api, private_bot):
    alice, other = person(api, ALICE, "Alice"), group(api, -100701, "Others")
    answer = alice.ask("/ask Who put out the fire?", to=other)
    assert "-100701" in answer["text"]
    assert "firefighters" not in answer["text"]


def test_a_listed_group_answers_all_its_members_but_not_in_private(api, private_bot):
    bob, team = person(api, 12, "Bob"), group(api, -100700, "Team")
    assert "Azerbaijani firefighters" in bob.ask("/ask Who put out the fire?", to=team)["text"]
    assert "This bot is private" in bob.ask("Who put out the fire?")["text"]
    assert bob.inline("Who put out the fire?")["results"] == []


def test_a_listed_person_is_served_inline(api, private_bot):
    assert person(api, ALICE, "Alice").inline("Who put out the fire?")["results"]


def test_a_stranger_asks_an_admin_allows_and_removes(api, tmp_path, engine):
    alice, bob = person(api, ALICE, "Alice"), person(api, 12, "Bob <b>", "ru")
    with bot_in_thread(api, tmp_path, engine, **ADMIN_LETS_IN):
        refusal = bob.ask(QUESTION)
        assert bob.press(refusal, "Запросить")["text"] == "Ваша просьба передана."
        asks = wait_message(api, alice.id, 0)
        assert asks["text"] == "Bob <b> (number 12) asks to be let in."
        assert bob.press(asks, "P+|12")["text"] == "Это закрытый бот."
        alice.press(asks, "Allow")
        wait_text(api, alice.id, asks["message_id"], "Bob <b> has been let in.")
        assert wait_message(api, bob.id, 1)["text"].startswith("Вам открыли доступ.")
        assert "Azerbaijani" in bob.ask(QUESTION)["text"]
    with bot_in_thread(api, tmp_path, engine, **ADMIN_LETS_IN):
        assert "Azerbaijani" in bob.ask(QUESTION)["text"]
        listed = alice.ask("/people")
        alice.press(listed, "Remove Bob")
        wait_text(api, alice.id, listed["message_id"], "has been removed")
        assert bob.ask(QUESTION)["text"] == "Это закрытый бот."
    with bot_in_thread(api, tmp_path, engine, **ADMIN_LETS_IN):
        assert "закрытый" in bob.ask(QUESTION)["text"]


def test_a_stranger_who_insists_reaches_the_admins_once_and_opens_nothing_himself(api, tmp_path, engine):
    alice, mallory = person(api, ALICE, "Alice"), person(api, MALLORY, "Mallory")
    with bot_in_thread(api, tmp_path, engine, **ADMIN_LETS_IN):
        refusal = mallory.ask(QUESTION)
        for data in ("P?", "P?", "P+|66", "Px|11", "P?"):
            mallory.press(refusal, data)
        mallory.say("/people")
        wait_message(api, ALICE, 0)
        alice.ask(QUESTION)
        assert len([m for m in bot_messages(api, ALICE) if "asks to be let in" in m["text"]]) == 1
        assert [question for question, _ in engine.asked] == [QUESTION]


def test_an_admin_who_decides_at_once_has_the_last_word(api, tmp_path, engine):
    alice, bob = person(api, ALICE, "Alice"), person(api, 12, "Bob")
    with bot_in_thread(api, tmp_path, engine, **ADMIN_LETS_IN):
        refusal = bob.ask(QUESTION)
        api.spoil("sendMessage", chat_id=ALICE, after=True, delay=1.0)  # the admin sees it before the bot knows that
        bob.press(refusal, "Ask to be let in")
        asks = wait_message(api, ALICE, 0)
        alice.press(asks, "Allow")
        wait_text(api, ALICE, asks["message_id"], "Bob has been let in.")
    with bot_in_thread(api, tmp_path, engine, **ADMIN_LETS_IN):
        assert "Azerbaijani" in bob.ask(QUESTION)["text"]


def test_an_admin_says_no(api, tmp_path, engine):
    alice, mallory = person(api, ALICE, "Alice"), person(api, MALLORY, "Mallory")
    with bot_in_thread(api, tmp_path, engine, **ADMIN_LETS_IN):
        refusal = mallory.ask(QUESTION)
        mallory.press(refusal, "Ask to be let in")
        asks = wait_message(api, ALICE, 0)
        alice.press(asks, "P-|66")
        wait_text(api, ALICE, asks["message_id"], "has not been let in")
        assert alice.ask("/people")["text"].startswith("Nobody has been let in")
