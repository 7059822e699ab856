"""Nobody is let in by a failed refusal, and no answer is lost by a failed send: each is delivered or told of, once."""

import itertools
import os
import re
from collections import Counter, defaultdict
from dataclasses import replace
from random import Random

import pytest
from fake_api.people import bot_messages, group, person, wait_message, wait_text
from running_bot import bot_in_thread
from toy_engine import FIRE, TRADE, ToyEngine

from bot.telegram import running

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
QUESTION = "Who put out the fire?"
CORPUS = [line for line in (FIRE + TRADE).split("\n") if len(line) > 10]
ALICE, MALLORY = 11, 66
CHATTER = ("thanks", "hi", "/status", "???")
QUESTIONS = (
    "Who put out fire {}?",
    "How did oil {} do?",
    "Where did he travel in {}?",
    "How tall is Everest {}?",
    "Who put out fire {}? How tall is Everest {}?",
)
"""Each is asked with a number of its own, which its answer repeats."""
NOTICES = ("I'm not sure my answer", "I was interrupted", "Something went wrong")
UNDELIVERED = [
    {"code": 500, "description": "Internal Server Error"},
    {"code": 502, "description": "Bad Gateway"},
    {"code": 400, "description": "Bad Request: chat not found"},
    {"code": 403, "description": "Forbidden: bot was blocked by the user"},
    {"code": 429, "description": "Too Many Requests: retry after 9999", "parameters": {"retry_after": 9999}},
    {"cut": True},
]


@pytest.mark.parametrize("fault", UNDELIVERED, ids=lambda fault: str(fault.get("code", "cut")))
def test_a_stranger_is_not_served_when_the_refusal_cannot_be_delivered(api, tmp_path, engine, fault):
    with bot_in_thread(api, tmp_path, engine, telegram_allowed=frozenset({ALICE})):
        alice, mallory = person(api, ALICE, "Alice"), person(api, MALLORY, "Mallory")
        secret = alice.ask(QUESTION)
        engine.asked.clear()
        seen = len(api.world.calls)
        for method in ("sendMessage", "answerCallbackQuery", "answerInlineQuery"):
            api.spoil(method, times=2, chat_id=MALLORY if method == "sendMessage" else None, **fault)
        for text in (QUESTION, "/sources", "/article 1"):
            mallory.say(text)
        stolen = {**secret, "chat": {"id": MALLORY, "type": "private"}}
        for row in secret["reply_markup"]["inline_keyboard"]:
            for key in row:
                mallory.press_data(stolen, key.get("callback_data", "x"))
        mallory.inline(QUESTION, wait=False)
        api.wait(lambda: len({call.method for call in api.world.calls if call.injected}) == 3)
        api.run(lambda world: world.faults.clear())
        alice.ask("Who thanked the firefighters?")
        assert [question for question, _ in engine.asked] == ["Who thanked the firefighters?"]
        leaked = repr([c.params for c in api.world.calls[seen:] if c.chat_id != ALICE])
        assert not [line for line in CORPUS if line in leaked]


@pytest.mark.parametrize("code", [500, 502, 503])
def test_a_send_that_fails_once_is_repeated(api, bot, alice, code):
    api.spoil("sendMessage", code=code, description="Internal Server Error")
    assert "Azerbaijani" in alice.ask(QUESTION)["text"]
    api.wait(lambda: not bot.services.store.unanswered())
    assert len(bot_messages(api, alice.id)) == 1


def test_a_cut_connection_before_delivery_is_told_of(api, bot, alice):
    api.spoil("sendMessage", cut=True)
    asked = alice.say(QUESTION)
    said = wait_message(api, alice.id, 0)
    assert said["text"].startswith("I'm not sure my answer to this reached you.")
    assert said["reply_to_message"]["message_id"] == asked


def test_a_cut_connection_after_delivery_repeats_no_answer(api, bot, alice):
    api.spoil("sendMessage", cut=True, after=True)
    alice.say(QUESTION)
    assert "Azerbaijani" in wait_message(api, alice.id, 0)["text"]
    assert wait_message(api, alice.id, 1)["text"].startswith("I'm not sure")
    assert len(bot_messages(api, alice.id)) == 2


@pytest.mark.parametrize("why", ["Bad Request: message thread not found", "Bad Request: TOPIC_CLOSED"])
def test_an_answer_to_a_topic_that_is_gone_goes_to_the_chat(api, bot, alice, why):
    forum = group(api, -100900, "Forum", topics=(7,))
    api.spoil("sendMessage", code=400, description=why)
    answer = alice.ask("/ask " + QUESTION, to=forum, topic=7)
    assert "Azerbaijani" in answer["text"]
    assert "message_thread_id" not in answer


def test_what_cannot_be_told_now_is_noted_and_told_later(api, tmp_path, engine, alice):
    with bot_in_thread(api, tmp_path, engine) as bot:
        fault = api.spoil(
            "sendMessage", times=99, code=429, description="Too Many Requests", parameters={"retry_after": 400}
        )
        asked = alice.say(QUESTION)
        api.wait(lambda: bot.services.undelivered)
        assert [row[:2] for row in bot.services.store.unanswered()] == [(alice.id, asked)]
    fault.times = 0
    with bot_in_thread(api, tmp_path, engine) as bot:
        assert wait_message(api, alice.id, 0)["text"].startswith("I was interrupted")
        api.wait(lambda: not bot.services.store.unanswered())


def test_one_chat_that_is_gone_keeps_nobody_from_being_told(api, tmp_path, engine, alice):
    from bot.telegram.state.sqlite_tables import SqliteTables
    from bot.telegram.state.store import Store

    store = Store(SqliteTables(tmp_path / "index" / "bot.sqlite"))
    bob = person(api, 12, "Bob")
    gone = person(api, 13, "Gone")
    rows = [(777, 1, None, "en"), (gone.id, 2, None, "en"), (alice.id, 3, None, "en"), (bob.id, 4, None, "ru")]
    store.begin_updates((-number, row) for number, row in enumerate(rows, start=1))
    store.close()
    api.expect_refusals("chat not found")
    api.expect_refusals("bot was blocked")
    gone.block()
    with bot_in_thread(api, tmp_path, engine) as bot:
        assert wait_message(api, alice.id, 0)["text"].startswith("I was interrupted")
        wait_message(api, bob.id, 0)
        api.wait(lambda: not bot.services.store.unanswered())


@pytest.mark.parametrize("code", [500, 429, 400])
def test_a_progress_message_that_cannot_be_edited_does_not_end_the_build(api, tmp_path, code):
    engine = ToyEngine()
    (tmp_path / "docs").mkdir(parents=True)
    (tmp_path / "docs" / "a.txt").write_text("The ferry sank in 1994. Erik Holm was its captain.")
    with bot_in_thread(api, tmp_path, engine, telegram_admins=frozenset({ALICE})):
        alice = person(api, ALICE, "Alice")
        api.spoil("editMessageText", times=3, code=code, description="nothing known", parameters={"retry_after": 1})
        started = alice.ask("/reindex")
        assert started["text"].startswith("Reading")

        def ended():
            return [m for m in bot_messages(api, ALICE) if m["text"].startswith("Done: ")]

        api.wait(ended)


def test_one_401_or_404_on_get_updates_does_not_end_the_bot(api, bot, alice):
    for code in (401, 404):
        api.spoil("getUpdates", code=code, description="Unauthorized" if code == 401 else "Not Found")
        api.hang_up_all()
        assert "Azerbaijani" in alice.ask(QUESTION)["text"]


def test_a_whole_batch_is_noted_before_telegram_forgets_it(api, tmp_path):
    engine = ToyEngine()
    engine.gate.clear()
    with bot_in_thread(api, tmp_path, engine) as bot:
        people = [person(api, number, f"P{number}") for number in range(200, 240)]
        api.run(lambda world: None)
        asked = [(somebody.id, somebody.say(QUESTION)) for somebody in people]
        api.wait(lambda: not api.world.updates)
        noted = [row[:2] for row in bot.services.store.unanswered()]
        assert set(noted) == set(asked)
        engine.gate.set()
        api.wait(lambda: all(bot_messages(api, somebody.id) for somebody in people))
        api.wait(lambda: not bot.services.store.unanswered())


def test_a_flood_of_presses_holds_up_no_question(api, bot, alice):
    mallory = person(api, MALLORY, "Mallory")
    answer = mallory.ask(QUESTION)
    for _ in range(2000):
        mallory.press_data(answer, "L|0")
    assert "Azerbaijani" in alice.ask(QUESTION)["text"]
    # Not measured by the clock, which a busy machine stretches: she waits for some of the presses, not for all.
    assert sum(call.method == "answerCallbackQuery" for call in list(api.world.calls)) < 1000


def test_an_answer_that_cannot_be_edited_is_not_lost(api, bot, alice):
    asked = alice.say(QUESTION)
    first = wait_message(api, alice.id, 0)
    api.spoil("editMessageText", code=500, description="Internal Server Error")
    alice.edit(asked, "How did oil do?")
    wait_text(api, alice.id, first["message_id"], "3 percent")


def test_a_question_too_many_at_once_is_named(api, tmp_path, alice):
    engine = ToyEngine()
    engine.gate.clear()
    with bot_in_thread(api, tmp_path, engine):
        for number in range(9):
            alice.say(f"Who put out fire {number}?")
        said = wait_message(api, alice.id, 0)
        assert "Who put out fire 8?" in said["text"]
        engine.gate.set()
        wait_message(api, alice.id, 8)


def test_notes_of_chatter_and_commands_do_not_stay(api, bot, alice):
    for text in ("/sources", "/dance", "hello there", QUESTION):
        alice.ask(text)
    api.wait(lambda: not bot.services.store.unanswered())


class NumberedEngine(ToyEngine):
    """Repeats in each answer the number of its question."""

    def _answer(self, question, history):
        answer, number = super()._answer(question, history), re.search(r"\d+", question)
        return replace(answer, understood=f"No. {number[0]}") if number else answer


class Traffic:
    """Somebody writes, edits and presses at random; what was asked is known by message: the numbers in it."""

    def __init__(self, api, seed: int):
        self.api, self.random, self.numbers = api, Random(seed), itertools.count(1)
        self.asked: dict[tuple[int, int], list[int]] = {}
        self.edited: dict[tuple[int, int], list[int]] = {}

    def question(self) -> tuple[str, list[int]]:
        text = self.random.choice(QUESTIONS)
        numbers = [next(self.numbers) for _ in range(text.count("{}"))]
        return text.format(*numbers), numbers

    def write(self, somebody) -> None:
        if self.random.random() < 0.5:
            somebody.say(self.random.choice(CHATTER))
            return
        text, numbers = self.question()
        self.asked[somebody.id, somebody.say(text)] = numbers

    def edit(self, somebody) -> None:
        """Change an earlier question: its answer changes or comes anew."""
        earlier = [message for chat, message in self.asked if chat == somebody.id]
        if earlier:
            message, (text, numbers) = self.random.choice(earlier), self.question()
            self.edited.setdefault((somebody.id, message), []).extend(numbers)
            somebody.edit(message, text)

    def press(self, somebody) -> None:
        message = next(iter(bot_messages(self.api, somebody.id)[-1:]), {})
        keys = [key for row in message.get("reply_markup", {}).get("inline_keyboard", []) for key in row]
        data = [key["callback_data"] for key in keys if "callback_data" in key]
        if data:
            somebody.press_data(message, self.random.choice(data))


def lost_or_doubled(api, traffic: Traffic) -> list[tuple]:
    """Questions that got neither an answer nor a reason, or more than one of them.

    An answer whose connection was cut after it arrived is the one that may come with "I'm not sure it reached you".
    """
    arrived, changed, notices = defaultdict(list), set(), Counter()
    for call in api.world.calls:
        numbers = [int(number) for number in re.findall(r"No\. (\d+)", str(call.params.get("text")))]
        if call.ok and call.method == "sendMessage":
            if call.params["text"].startswith(NOTICES):
                notices[call.chat_id, call.params.get("reply_parameters", {}).get("message_id")] += 1
            for number in numbers:
                arrived[number].append(call)
        elif call.ok and call.method == "editMessageText":
            changed.update(numbers)
    wrong = []
    for (chat, message), numbers in traffic.asked.items():
        numbers = numbers + traffic.edited.get((chat, message), [])
        unsure = [n for n in numbers if n not in changed and all(call.injected for call in arrived[n])]
        once = all(len(arrived[n]) <= 1 and all(call.chat_id == chat for call in arrived[n]) for n in numbers)
        told = notices[chat, message]
        if not (once and bool(unsure) <= told <= len(unsure)):
            wrong.append((chat, message, numbers, [len(arrived[n]) for n in numbers], unsure, told))
    return wrong


def test_generated_traffic_with_failing_sends_loses_nobody_and_serves_no_stranger(api, tmp_path, caplog, monkeypatch):
    """Ten thousand messages and presses in the long run (CITEBOT_TEST_TRAFFIC=10000 pytest -rP); two hundred here."""
    api.expect_refusals("query is too old")  # a press may have waited longer than Telegram waits for its answer
    monkeypatch.setattr(running, "NOTIFY_SECONDS", 0.5)
    traffic = Traffic(api, 5)
    random = traffic.random
    people = [person(api, 300 + number, f"P{number}") for number in range(12)]
    strangers = [person(api, 400 + number, f"S{number}") for number in range(3)]
    faults = [*UNDELIVERED[:2], {"cut": True}, {"cut": True, "after": True}]
    allowed = frozenset(somebody.id for somebody in people)
    rounds = int(os.environ.get("CITEBOT_TEST_TRAFFIC", "200")) // 15

    def all_done() -> bool:
        # Without the first, what the bot has not fetched yet would pass for lost when it is stopped.
        return not (api.world.updates or bot.services.pool.waiting or bot.services.store.unanswered())

    with bot_in_thread(api, tmp_path, NumberedEngine(), telegram_allowed=allowed) as bot, caplog.at_level("ERROR"):
        for _ in range(rounds):
            for somebody in people:
                if random.random() < 0.15:
                    api.spoil("sendMessage", chat_id=somebody.id, **random.choice(faults))
                if random.random() < 0.1:
                    api.spoil("editMessageText", chat_id=somebody.id, **random.choice(faults[:2]))
                traffic.write(somebody)
                if random.random() < 0.3:
                    traffic.press(somebody)
                if random.random() < 0.1:
                    traffic.edit(somebody)
            for stranger in strangers:
                stranger.say(random.choice((QUESTION, *CHATTER)))
            api.wait(all_done)
    calls = Counter(call.method for call in api.world.calls if call.injected)
    told = sum(str(call.params.get("text")).startswith(NOTICES) for call in api.world.calls if call.ok)
    asked = f"{len(traffic.asked)} messages with questions, {len(traffic.edited)} of them edited"
    print(f"{asked}; spoiled {dict(calls)}; told {told}")
    assert len(traffic.asked) > 3 * rounds
    assert not lost_or_doubled(api, traffic)
    said = repr([call.params for call in api.world.calls if call.chat_id in {somebody.id for somebody in strangers}])
    assert not [line for line in CORPUS if line in said]
    assert not [record for record in caplog.records if record.exc_info]
