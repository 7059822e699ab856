"""Failed sends: what is waited for, what is repeated, what is given up."""

import time

import httpx
import pytest
from fake_api.people import bot_messages, group, person, wait_message
from fake_api.world import QUERY_LIFE
from running_bot import bot_in_thread

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
QUESTION = "Who put out the fire?"


def sent_to(api, chat_id: int) -> list:
    return [call for call in api.world.calls if call.method == "sendMessage" and call.chat_id == chat_id]


def test_429_is_waited_for_and_delivered_once_while_others_go_on(api, bot, alice):
    bob = person(api, 12, "Bob")
    began = time.monotonic()
    bob.ask(QUESTION)
    wait = 2 + round(5 * (time.monotonic() - began))  # so long that another question is answered meanwhile
    api.spoil("sendMessage", chat_id=alice.id, code=429, description=f"Too Many Requests: retry after {wait}",
              parameters={"retry_after": wait})  # fmt: skip
    alice.say(QUESTION)
    api.wait(lambda: sent_to(api, alice.id))
    refused_at = sent_to(api, alice.id)[0].at
    bob.ask(QUESTION)
    assert not bot_messages(api, alice.id), "the other chat was answered while this one waited"
    wait_message(api, alice.id, 0)
    again = api.wait(lambda: sent_to(api, alice.id)[1:])
    assert [call.ok for call in again] == [True]
    assert again[0].at - refused_at >= wait
    alice.ask(QUESTION)
    assert len(bot_messages(api, alice.id)) == 2


def test_429_on_an_edit_and_on_typing_is_obeyed(api, bot, alice):
    for method in ("sendChatAction", "editMessageText"):
        api.spoil(method, code=429, description="Too Many Requests: retry after 1", parameters={"retry_after": 1})
    answer = alice.ask(QUESTION)
    alice.press(answer, "Context")
    api.wait(lambda: [c.ok for c in api.world.calls if c.method == "editMessageText"] == [False, True])


def test_403_is_not_repeated_and_the_bot_lives(api, tmp_path, alice):
    bob = person(api, 12, "Bob")
    with bot_in_thread(api, tmp_path, metrics_port=0) as bot:
        for number, why in enumerate(("bot was blocked by the user", "user is deactivated"), start=1):
            api.expect_refusals(f"Forbidden: {why}")
            api.world.closed[alice.id] = why
            alice.say(QUESTION)
            counted = f'citebot_send_errors_total{{kind="forbidden"}} {number}.0'
            api.wait(lambda counted=counted: counted in bot.services.metrics.render().decode())
            assert "Azerbaijani" in bob.ask(QUESTION)["text"]
            assert len(sent_to(api, alice.id)) == number


def test_a_group_that_put_the_bot_out_is_no_trouble(api, bot, alice):
    team = group(api, -100800, "Team")
    api.expect_refusals("Forbidden: bot was kicked from the supergroup chat")
    api.world.closed[team.id] = "bot was kicked from the supergroup chat"
    alice.say("/ask " + QUESTION, to=team)
    api.wait(lambda: sent_to(api, team.id))
    assert "Azerbaijani" in alice.ask(QUESTION)["text"]


def test_a_time_out_after_delivery_is_not_sent_twice(api, bot, alice):
    client = bot.services.bot.request._client
    usual, client.timeout = client.timeout, httpx.Timeout(20.0, read=0.5)
    api.spoil("sendMessage", chat_id=alice.id, after=True, delay=10.0)
    alice.say(QUESTION)
    wait_message(api, alice.id, 0)
    client.timeout = usual  # what comes after the time-out may take its time
    assert wait_message(api, alice.id, 1)["text"].startswith("I'm not sure my answer to this reached you.")
    assert "Azerbaijani" in alice.ask(QUESTION)["text"]
    assert len(bot_messages(api, alice.id)) == 3


def test_a_deleted_answer_is_sent_anew_when_its_question_is_edited(api, bot, alice):
    api.expect_refusals("message to edit not found")
    asked = alice.say(QUESTION)
    first = wait_message(api, alice.id, 0)
    api.run(lambda world: world.messages.pop((alice.id, first["message_id"])))
    alice.edit(asked, "How did oil do?")
    assert "3 percent" in wait_message(api, alice.id, 0)["text"]
    assert [call.result for call in api.refusals()] == ["Bad Request: message to edit not found"]


def test_a_late_press_after_a_pause_is_no_error(api, bot, alice):
    api.expect_refusals("query is too old")
    answer = alice.ask(QUESTION)
    data = answer["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    alice.press_data(answer, data, ago=2 * QUERY_LIFE)
    api.wait(lambda: any(c.method == "editMessageText" for c in api.world.calls))
    assert [call.method for call in api.refusals()] == ["answerCallbackQuery"]
    assert "Azerbaijani" in alice.ask(QUESTION)["text"]
