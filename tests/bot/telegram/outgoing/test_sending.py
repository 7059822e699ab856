"""Failed sends: what is waited for, what is repeated, what is given up."""

import time

import pytest
from fake_api.people import bot_messages, group, person, wait_message
from running_bot import bot_in_thread

pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
QUESTION = "Who put out the fire?"


def sent_to(api, chat_id: int) -> list:
    return [call for call in api.world.calls if call.method == "sendMessage" and call.chat_id == chat_id]


def test_429_is_waited_for_and_delivered_once_while_others_go_on(api, bot, alice):
    bob = person(api, 12, "Bob")
    api.spoil("sendMessage", chat_id=alice.id, code=429, description="Too Many Requests: retry after 2",
              parameters={"retry_after": 2})  # fmt: skip
    alice.say(QUESTION)
    api.wait(lambda: sent_to(api, alice.id))
    refused_at = sent_to(api, alice.id)[0].at
    bob.ask(QUESTION)
    assert not bot_messages(api, alice.id), "the other chat was answered while this one waited"
    wait_message(api, alice.id, 0)
    again = sent_to(api, alice.id)
    assert [call.ok for call in again] == [False, True]
    assert again[1].at - refused_at >= 2
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
        for why in ("bot was blocked by the user", "user is deactivated"):
            api.world.closed[alice.id] = why
            seen = len(sent_to(api, alice.id))
            alice.say(QUESTION)
            api.wait(lambda seen=seen: len(sent_to(api, alice.id)) > seen)
            assert "Azerbaijani" in bob.ask(QUESTION)["text"]
            assert len(sent_to(api, alice.id)) == seen + 1
        assert 'citebot_send_errors_total{kind="forbidden"} 2.0' in bot.services.metrics.render().decode()
    forget_refusals(api, 403)


def test_a_group_that_put_the_bot_out_is_no_trouble(api, bot, alice):
    team = group(api, -100800, "Team")
    api.world.closed[team.id] = "bot was kicked from the supergroup chat"
    alice.say("/ask " + QUESTION, to=team)
    api.wait(lambda: sent_to(api, team.id))
    assert "Azerbaijani" in alice.ask(QUESTION)["text"]
    forget_refusals(api, 403)


def test_a_time_out_after_delivery_is_not_sent_twice(api, bot, alice):
    bot.services.bot.request._client.timeout = 0.5
    api.spoil("sendMessage", chat_id=alice.id, after=True, delay=1.0)
    alice.say(QUESTION)
    wait_message(api, alice.id, 0)
    assert wait_message(api, alice.id, 1)["text"].startswith("I'm not sure my answer to this reached you.")
    assert "Azerbaijani" in alice.ask(QUESTION)["text"]
    assert len(bot_messages(api, alice.id)) == 3


def test_a_deleted_answer_is_sent_anew_when_its_question_is_edited(api, bot, alice):
    asked = alice.say(QUESTION)
    first = wait_message(api, alice.id, 0)
    api.run(lambda world: world.messages.pop((alice.id, first["message_id"])))
    alice.edit(asked, "How did oil do?")
    assert "3 percent" in wait_message(api, alice.id, 0)["text"]
    gone = api.refusals()
    assert [call.result for call in gone] == ["Bad Request: message to edit not found"]
    api.world.calls = [call for call in api.world.calls if call not in gone]


def test_a_late_press_after_a_pause_is_no_error(api, bot, alice):
    answer = alice.ask(QUESTION)
    data = answer["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    query = alice.press_data(answer, data)
    api.world.queries[query]["at"] = time.time() - 60
    api.wait(lambda: any(c.method == "editMessageText" for c in api.world.calls) or api.refusals())
    assert "Azerbaijani" in alice.ask(QUESTION)["text"]
    api.world.calls = [call for call in api.world.calls if call.ok or "query is too old" not in call.result]


def forget_refusals(api, code: int) -> None:
    """Take out refusals that the test itself arranged."""
    assert all("Forbidden" in call.result for call in api.refusals()), code
    api.world.calls = [call for call in api.world.calls if call.ok]
