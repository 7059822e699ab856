"""The queue is bounded, closes in order, and answers in as many threads as are set."""

import asyncio
import threading

import pytest
from fake_api.people import bot_messages, person
from running_bot import bot_in_thread
from toy_engine import ToyEngine

from bot.telegram.state.pool import MAX_WAITING, MAX_WAITING_EACH, Busy, Closing, Pool


def test_one_person_may_wait_with_eight_and_all_with_a_hundred():
    async def scenario() -> None:
        pool = Pool(1)
        held = [pool.admit(1) for _ in range(MAX_WAITING_EACH)]
        [one.__enter__() for one in held]
        with pytest.raises(Busy) as own, pool.admit(1):
            pass
        others = [pool.admit(person) for person in range(2, MAX_WAITING - MAX_WAITING_EACH + 2)]
        [one.__enter__() for one in others]
        with pytest.raises(Busy) as everybody, pool.admit(9999):
            pass
        assert (own.value.own, everybody.value.own) == (True, False)
        [one.__exit__(None, None, None) for one in held + others]
        assert pool.waiting == 0

    asyncio.run(scenario())


def test_closing_turns_away_what_waits_and_finishes_what_runs():
    async def scenario() -> None:
        pool, started, gate = Pool(1), threading.Event(), threading.Event()

        def work() -> str:
            started.set()
            gate.wait()
            return "done"

        async def ask(place: int) -> str:
            try:
                async with pool.turn(place):
                    return await pool.run(work)
            except Closing:
                return "closed"

        tasks = [asyncio.create_task(ask(place)) for place in (1, 1, 2, 3)]
        await asyncio.to_thread(started.wait)
        pool.close()
        gate.set()
        assert await asyncio.gather(*tasks) == ["done", "closed", "closed", "closed"]
        pool.shutdown()

    asyncio.run(scenario())


def test_no_more_threads_answer_than_are_set(api, tmp_path):
    engine = ToyEngine(pause=0.02)
    engine.gate.clear()
    with bot_in_thread(api, tmp_path, engine, bot_workers=2):
        people = [person(api, number, f"P{number}") for number in range(20, 40)]
        for somebody in people:
            somebody.say("How did oil do?")
        api.wait(lambda: engine.running == 2)
        engine.gate.set()
        api.wait(lambda: all(bot_messages(api, somebody.id) for somebody in people))
    assert engine.most_running == 2
