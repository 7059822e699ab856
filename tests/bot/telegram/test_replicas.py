"""Several replicas of one bot share a database: where one stops, another goes on, and nobody is lost."""

from collections import Counter
from contextlib import closing, contextmanager

import pytest
from fake_api.people import bot_messages, person, wait_button, wait_text
from fake_api.server import PATIENCE_S
from running_bot import TOY_BOT, bot_in_thread, free_port, start_process
from toy_engine import ToyEngine

from bot.telegram.app import PRESS_BURST
from bot.telegram.state.store import Store

QUESTION = "Who put out the fire?"
INTERRUPTED = "I was interrupted"
UNSURE = "I'm not sure my answer to this reached you"
CHATS = 50


@contextmanager
def replicas(api, folder, database, **environment):
    """Two processes of one bot, each in a folder of its own."""
    running = [
        start_process(api, folder / name, TOY_BOT, CITEBOT_INDEX=database.url, **environment, **more)
        for name, more in (("one", {}), ("two", {}))
    ]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


def log_of(folder, name: str) -> str:
    path = folder / name / "log"
    return path.read_text() if path.is_file() else ""


def test_of_two_replicas_one_polls_and_after_its_end_the_other_goes_on_with_the_conversation(
    api, tmp_path, database, alice
):
    with replicas(api, tmp_path, database) as (one, two):
        assert "Hans Kluge" in alice.ask("Who thanked the firefighters?")["text"]
        api.wait(lambda: all("serving" in log_of(tmp_path, name) for name in ("one", "two")))
        leading = [name for name in ("one", "two") if '"leads"' in log_of(tmp_path, name)]
        assert len(leading) == 1, "one replica polls, the other stands by"
        from bot.telegram.state.postgres_tables import PostgresTables

        with closing(Store(PostgresTables(database, int(api.token.split(":")[0])))) as store:
            api.wait(lambda: store.conversation(alice.id, None, alice.id, 3600))
        process = one if leading == ["one"] else two
        process.kill()
        process.wait()
        answer = alice.ask("Where did he travel?")["text"]
        assert "Hans Kluge" in answer, "the follow-up is understood from what the other replica answered"
        assert "Baku" in answer
    logs = log_of(tmp_path, "one") + log_of(tmp_path, "two")
    assert "terminated by other getUpdates" not in logs


def test_of_two_replicas_behind_one_address_one_is_killed_and_every_question_is_answered_or_told_of(
    api, tmp_path, database
):
    ports = [free_port(), free_port()]
    api.webhook_target = " ".join(f"http://127.0.0.1:{port}/hook" for port in ports)
    hook = {"CITEBOT_WEBHOOK_URL": "https://bot.example/hook", "TOY_PAUSE": "0.15"}
    people = [person(api, 1000 + number, f"P{number}") for number in range(CHATS)]

    def answers() -> int:
        return sum(len(bot_messages(api, somebody.id)) for somebody in people)

    started = [
        start_process(
            api, tmp_path / str(port), TOY_BOT, CITEBOT_INDEX=database.url, CITEBOT_WEBHOOK_PORT=str(port), **hook
        )
        for port in ports
    ]
    try:
        api.wait(lambda: all("serving" in log_of(tmp_path, str(port)) for port in ports))
        api.plan(lambda: answers() >= CHATS, started[0].kill)
        for _ in range(2):
            for somebody in people:
                somebody.say(QUESTION)
        started[0].wait()
        for somebody in people:
            somebody.say(QUESTION)
        api.wait(lambda: all(len(bot_messages(api, somebody.id)) >= 3 for somebody in people))
        last = person(api, 999, "Last").ask(QUESTION)
        assert "Azerbaijani" in last["text"]
    finally:
        for process in started:
            process.kill()
            process.wait()
    answered, interrupted, unsure = Counter(), Counter(), Counter()
    for somebody in people:
        texts = [message["text"] for message in bot_messages(api, somebody.id)]
        interrupted[somebody.id] = sum(text.startswith(INTERRUPTED) for text in texts)
        unsure[somebody.id] = sum(text.startswith(UNSURE) for text in texts)
        answered[somebody.id] = sum("Azerbaijani" in text for text in texts)
    both = [chat for chat in answered if answered[chat] + interrupted[chat] + unsure[chat] > 3]
    print(
        f"{3 * CHATS} questions in {CHATS} chats: {answered.total()} answered, {interrupted.total()} interrupted,"
        f" {unsure.total()} told that an answer may not have arrived, which had in {len(both)}"
    )
    for chat in answered:
        assert answered[chat] <= 3, "answered twice"
        assert answered[chat] + interrupted[chat] <= 3, "told to be interrupted, but answered"
    assert unsure.total() <= CHATS // 5, "only what is being sent in the moment of the kill is not known"
    assert interrupted.total() > 0, "the kill came too late to show anything"


@pytest.fixture
def pair(api, tmp_path, database):
    """Two replicas in this process, behind one address that turns from one to the other."""
    ports = [free_port(), free_port()]
    api.webhook_target = " ".join(f"http://127.0.0.1:{port}/hook" for port in ports)
    more = {"index": database, "webhook_url": "https://bot.example/hook"}
    more |= {"limit_user": 0.01, "limit_chat": 1000.0}
    with (
        bot_in_thread(api, tmp_path / "one", ToyEngine(), webhook_port=ports[0], **more) as one,
        bot_in_thread(api, tmp_path / "two", ToyEngine(), webhook_port=ports[1], **more) as two,
    ):
        yield one, two


def test_buttons_votes_settings_and_limits_hold_whichever_replica_an_update_comes_to(api, pair, alice):
    one, two = pair
    answer = alice.ask(QUESTION)
    api.wait(lambda: not one.services.store.unanswered())  # the other replica finds what is written by then
    alice.press(answer, "👎")
    wait_button(api, answer, "👎 1")
    assert one.services.store.votes_since(1) == (0, 1)
    alice.press(answer, "Context")
    wait_text(api, alice.id, answer["message_id"], "In context:")
    one.services.store.set_language(alice.id, "ru")
    one.services.store.keep_person(77, "Ann", None, True)
    api.wait(lambda: all(bot.services.languages.get(alice.id) == "ru" for bot in pair))
    for number in range(8):
        alice.say(f"Who put out fire {number}?")
    api.wait(lambda: len(bot_messages(api, alice.id)) >= 7)
    api.wait(lambda: not one.services.store.unanswered())
    answered = len(one.services.engine.asked) + len(two.services.engine.asked)
    assert answered == 6, "both take from the same bucket of six"
    assert sorted(bot.services.leads for bot in pair) == [False, True]


def test_an_update_delivered_to_both_replicas_is_processed_once(api, pair, alice):
    import asyncio

    one, two = pair
    update = {"update_id": 987654, "message": None}
    asked = alice.ask(QUESTION)
    update["message"] = api.world.messages[alice.id, asked["message_id"] - 1] | {"message_id": 5000}
    for _ in range(4):
        assert asyncio.run_coroutine_threadsafe(api.push(update), api._loop).result(PATIENCE_S) == 200
    api.wait(lambda: len(bot_messages(api, alice.id)) >= 2)
    api.wait(lambda: not one.services.store.unanswered())
    assert len(one.services.engine.asked) + len(two.services.engine.asked) == 2


def test_presses_are_limited_whichever_replicas_they_come_to(api, pair, alice):
    answer = alice.ask(QUESTION)
    # Half of them come to each replica, which alone would refuse none.
    pressed = [alice.press_data(answer, "H|help") for _ in range(2 * int(PRESS_BURST) - 2)]
    api.wait(lambda: any("wait" in (api.world.queries[one]["answer"] or {}).get("text", "") for one in pressed))
