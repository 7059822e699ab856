"""Kills, signals, a second poller and bad tokens, with real processes."""

import signal
import subprocess
import time
from pathlib import Path

import pytest
from fake_api.people import bot_messages, person, wait_message
from fake_api.server import PATIENCE_S
from running_bot import PROGRAM, TOY_BOT, start_process

from bot.telegram import running

QUESTION = "Who put out the fire?"


@pytest.fixture
def start(api, tmp_path):
    """Start bots; whatever still runs at the end is killed."""
    processes: list[subprocess.Popen] = []

    def starter(command: list[str] = TOY_BOT, folder: Path = tmp_path, **environment: str) -> subprocess.Popen:
        seen = polls(api)
        process = start_process(api, folder, command, **environment)
        processes.append(process)
        if not environment.pop("nowait", None):
            api.wait(lambda: polls(api) > seen or process.poll() is not None)
        return process

    yield starter
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def polls(api) -> int:
    """How many bots have begun to serve so far."""
    return sum(call.method == "deleteWebhook" for call in api.world.calls)


def ended(process: subprocess.Popen) -> int:
    return process.wait(PATIENCE_S)


def log(tmp_path: Path) -> str:
    return (tmp_path / "log").read_text()


def typing(api, chat_id: int) -> bool:
    return any(call.method == "sendChatAction" and call.chat_id == chat_id for call in api.world.calls)


def test_kill_9_loses_the_answer_and_the_next_start_says_so(api, start, alice, tmp_path):
    process = start(TOY_PAUSE="600")
    asked = alice.say(QUESTION)
    api.wait(lambda: typing(api, alice.id))
    api.wait(lambda: not api.world.updates)  # the next poll confirms the update, and Telegram forgets it
    process.kill()
    process.wait()
    start()
    said = wait_message(api, alice.id, 0)
    assert said["text"] == "I was interrupted before I could answer this. Please ask again."
    assert said["reply_to_message"]["message_id"] == asked
    assert "Azerbaijani" in alice.ask(QUESTION)["text"]
    assert len(bot_messages(api, alice.id)) == 2
    assert QUESTION.encode() not in b"".join(path.read_bytes() for path in (tmp_path / "index").iterdir())


def test_what_was_not_fetched_is_answered_by_the_next_start(api, start, alice):
    process = start()
    process.kill()
    process.wait()
    alice.say(QUESTION)
    start()
    assert "Azerbaijani" in wait_message(api, alice.id, 0)["text"]


def test_sigterm_in_the_middle_of_an_answer_still_sends_it(api, start, alice):
    process = start(TOY_PAUSE="1.5")
    alice.say(QUESTION)
    api.wait(lambda: typing(api, alice.id))
    process.send_signal(signal.SIGTERM)
    assert ended(process) == 0
    assert [message["text"].split("\n")[0] for message in bot_messages(api, alice.id)] == ["Azerbaijani firefighters"]


def test_under_load_everyone_is_answered_or_told_to_ask_again(api, start):
    process = start(TOY_PAUSE="1.5")
    people = [person(api, number, f"P{number}") for number in range(100, 140)]
    for somebody in people:
        somebody.say(QUESTION)
    api.plan(lambda: bot_messages(api, people[0].id), lambda: process.send_signal(signal.SIGTERM))
    assert ended(process) == 0
    start()  # who was not told by then, since the machine is busy, is told now
    api.wait(lambda: all(bot_messages(api, somebody.id) for somebody in people))
    texts = [message["text"] for somebody in people for message in bot_messages(api, somebody.id)]
    assert len(texts) == len(people)
    answered = [text for text in texts if text.startswith("Azerbaijani firefighters")]
    told = [text for text in texts if text.startswith(("I'm just restarting.", "I was interrupted"))]
    assert len(answered) + len(told) == len(people)
    assert answered
    assert told


def test_an_answer_that_never_ends_does_not_block_the_shutdown(api, start, alice):
    process = start(TOY_PAUSE="600")
    alice.say(QUESTION)
    api.wait(lambda: typing(api, alice.id))
    process.send_signal(signal.SIGTERM)
    assert ended(process) == 0
    assert running.STOP_SECONDS < 10, "after ten seconds a service manager kills"
    start()
    assert wait_message(api, alice.id, 0)["text"].startswith("I was interrupted")


def test_a_second_poller_is_named_and_waited_out(api, start, tmp_path, alice):
    api.expect_refusals("terminated by other getUpdates")

    def logs() -> str:
        return log(tmp_path / "one") + log(tmp_path / "two")

    start(folder=tmp_path / "one")
    start(folder=tmp_path / "two")
    api.wait(lambda: "another program fetches this bot's updates with the same token" in logs())
    before = len(api.refusals())
    time.sleep(2.5)
    assert len(api.refusals()) - before <= 12, "a busy loop"
    assert "Traceback" not in logs()


def test_a_webhook_set_by_somebody_else_is_named_and_waited_out(api, start, tmp_path, alice):
    api.expect_refusals("can't use getUpdates method while webhook is active")
    start()
    api.run(lambda world: world.webhook.update(url="https://elsewhere.example/hook"))
    api.hang_up_all()
    api.wait(lambda: "while webhook is active" in log(tmp_path))
    api.run(lambda world: world.webhook.update(url=""))
    assert "Azerbaijani" in alice.ask(QUESTION)["text"]


def test_the_token_is_in_no_log(api, start, alice, tmp_path):
    api.spoil("sendMessage", chat_id=alice.id, cut=True)
    api.spoil("getUpdates", code=502, description="Bad Gateway", times=2)
    process = start(PYTHONASYNCIODEBUG="1")
    alice.say("explode, please")
    alice.say(QUESTION)
    wait_message(api, alice.id, 0)
    process.send_signal(signal.SIGTERM)
    assert ended(process) == 0
    text = log(tmp_path)
    assert "handler failed" in text
    assert "ZeroDivisionError" in text
    assert_no_secret(api, text)
    assert "put out the fire" not in text


def test_a_refused_token_is_told_in_one_line_without_it(api, start, tmp_path):
    api.expect_refusals("Unauthorized")
    real, api.token = api.token, "987654321:another-token-than-the-bot-has-been-given"
    process = start_process_with_token(start, real)
    assert ended(process) == 1
    text = log(tmp_path)
    assert text.count("\n") == 1
    assert "CITEBOT_TELEGRAM_TOKEN" in text
    assert real not in text
    assert real.split(":")[1] not in text


def start_process_with_token(start, token: str) -> subprocess.Popen:
    return start(CITEBOT_TELEGRAM_TOKEN=token)


def test_an_unreachable_telegram_is_told_without_the_token(api, start, tmp_path):
    process = start(CITEBOT_TELEGRAM_API_URL="http://127.0.0.1:9/bot", nowait="yes")
    api.wait(lambda: "Telegram can't be reached" in log(tmp_path))
    assert process.poll() is None, "it gave up at once: at boot the network may come later"
    assert_no_secret(api, log(tmp_path))
    process.send_signal(signal.SIGTERM)
    assert ended(process) == 0


def test_a_token_revoked_while_running_ends_the_bot(api, start, tmp_path):
    api.expect_refusals("Unauthorized")
    process = start()
    api.token = "987654321:another-token-than-the-bot-has-been-given"
    api.run(lambda world: world.add_update("message", {}) and world.updates.clear())
    api.hang_up_all()
    assert ended(process) == 1
    assert "revoked" in log(tmp_path)


def test_no_token_is_one_line_naming_the_setting(api, start, tmp_path):
    process = start(PROGRAM, CITEBOT_TELEGRAM_TOKEN="", nowait="yes")
    assert ended(process) == 1
    assert log(tmp_path).count("\n") == 1
    assert "CITEBOT_TELEGRAM_TOKEN" in log(tmp_path)


def assert_no_secret(api, text: str) -> None:
    assert api.token not in text
    assert api.token.split(":")[1] not in text
