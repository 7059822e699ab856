"""Who floods is told once and then held back; others are answered."""

import time

from fake_api.people import bot_messages, person
from running_bot import bot_in_thread
from toy_engine import ToyEngine

from bot.telegram.state.limits import Once, TokenBuckets


def test_a_bucket_holds_its_burst_and_refills():
    clock = [0.0]
    limits = TokenBuckets(per_minute=6, burst=2, now=lambda: clock[0])
    assert [limits.take(1).allowed for _ in range(3)] == [True, True, False]
    assert limits.take(2).allowed
    clock[0] = 9.9
    assert not limits.take(1).allowed
    clock[0] = 10.0
    assert limits.take(1).allowed


def test_a_refusal_is_told_once_until_there_was_room_again():
    clock = [0.0]
    limits = TokenBuckets(per_minute=6, burst=1, now=lambda: clock[0])
    limits.take(1)
    assert [limits.take(1).tell for _ in range(3)] == [True, False, False]
    clock[0] = 10.0
    assert limits.take(1).allowed
    assert limits.take(1).tell


def test_the_wait_named_is_the_wait_needed():
    clock = [0.0]
    limits = TokenBuckets(per_minute=6, burst=1, now=lambda: clock[0])
    limits.take(1)
    clock[0] = limits.take(1).wait
    assert limits.take(1).allowed


def test_a_clock_set_back_by_a_day_mutes_nothing():
    assert TokenBuckets(per_minute=6, burst=1)._now is time.monotonic
    assert Once()._now is time.monotonic


def test_different_matters_are_told_apart():
    clock = [5.0]
    once = Once(now=lambda: clock[0])
    assert [once("a", 1), once("b", 1), once("a", 2), once("a", 1)] == [True, True, True, False]
    clock[0] = 66.0
    assert once("a", 1)


def test_no_limit_is_no_limit():
    limits = TokenBuckets(per_minute=0, burst=1)
    assert all(limits.take(1).allowed for _ in range(100))


def test_a_flood_of_one_is_limited_and_another_is_answered(api, tmp_path):
    engine = ToyEngine(pause=0.05)
    # So few a minute that none is added however long this takes.
    with bot_in_thread(api, tmp_path, engine, limit_user=0.01, limit_chat=30.0):
        mallory, bob = person(api, 66, "Mallory"), person(api, 12, "Bob")
        for number in range(60):
            mallory.say(f"{number} who put out the fire? ".ljust(4096, "x"))
            mallory.say(f"{number} who put out the fire?")
        assert "Azerbaijani" in bob.ask("Who put out the fire?")["text"]
        api.wait(lambda: any("a lot at once" in message["text"] for message in bot_messages(api, mallory.id)))
        texts = [message["text"] for message in bot_messages(api, mallory.id)]
        assert sum("a lot at once" in text for text in texts) == 1
        assert len(texts) <= 7
        assert len([question for question, _ in engine.asked if question != "Who put out the fire?"]) <= 6
