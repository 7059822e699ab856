"""What is remembered is bounded, and forgotten in the right order."""

from bot.telegram.state import memory as module
from bot.telegram.state.memory import Memory, Place, Sent
from qa.answer import Answer, Turn


def answer(text: str) -> Answer:
    return Answer(text, text, 1.0, ())


def turn(text: str) -> Turn:
    return Turn(text, answer(text))


def test_a_conversation_keeps_its_last_turns_and_ends_in_silence():
    clock = [0.0]
    memory, place = Memory(now=lambda: clock[0]), Place(1)
    for number in range(9):
        memory.remember_turn(place, 1, memory.history(place, 1), turn(str(number)))
    assert [t.question for t in memory.history(place, 1)] == ["4", "5", "6", "7", "8"]
    clock[0] = module.CONVERSATION_LIFE
    assert memory.history(place, 1) == ()


def test_old_answers_and_conversations_are_forgotten():
    memory = Memory()
    for number in range(module.MAX_ANSWERS + 5):
        memory.keep(Sent(str(number), Place(number), 7, answer("a"), (), message_ids=(number,)))
    assert memory.sent("4") is None
    assert memory.answer_at(4, 4) is None
    assert memory.answer_to(4, 7) is None
    assert memory.answer_to(5, 7).key == "5"
    for number in range(module.MAX_CONVERSATIONS + 1):
        memory.remember_turn(Place(number), 1, (), turn("q"))
    assert memory.history(Place(0), 1) == ()
    assert memory.history(Place(1), 1)


def test_topics_are_conversations_of_their_own_and_follow_a_moved_group():
    memory = Memory()
    memory.remember_turn(Place(-5, 7), 1, (), turn("seven"))
    assert memory.history(Place(-5), 1) == ()
    memory.follow(-5, -1005)
    assert memory.history(Place(-5, 7), 1) == ()
    assert memory.history(Place(-1005, 7), 1)[0].question == "seven"
