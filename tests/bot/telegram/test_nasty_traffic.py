"""Generated questions and answers through the whole bot over HTTP, every button pressed: nothing is ever refused."""

from random import Random

import nasty
from fake_api.people import bot_messages, person
from running_bot import bot_in_thread
from toy_engine import ToyEngine

PEOPLE, QUESTIONS_EACH = 10, 12


class NastyEngine(ToyEngine):
    """Answers whatever is asked with a generated answer; its documents hold the quotes, so that context opens too."""

    def __init__(self, seed: int):
        super().__init__()
        self.random = Random(seed)
        self.known: dict[str, str] = {}

    def _answer(self, question, history):
        with self._lock:
            answer = nasty.answer(self.random)
            for quote in answer.quotes:
                self.known[quote.document] = "x" * quote.start + quote.text if quote.start < 9 else ""
            return answer

    def document(self, identifier):
        document = super().document("fire.txt")
        return type(document)(identifier, "t", self.known.get(identifier, ""), "")


def test_any_answer_to_any_question_with_any_button(api, tmp_path):
    with bot_in_thread(api, tmp_path, NastyEngine(7)):
        random = Random(8)
        people = [
            person(api, 500 + n, nasty.short(random), random.choice(["en", "ru", "az", "tr"])) for n in range(PEOPLE)
        ]
        for _ in range(QUESTIONS_EACH):
            asked = [(somebody.id, somebody.say(question(random))) for somebody in people]
            api.wait(lambda asked=asked: all(answered(api, chat, message) for chat, message in asked))
            for somebody in people:
                press_everything(api, somebody, random)
    pressed = [call for call in api.world.calls if call.method == "answerCallbackQuery"]
    edited = [call for call in api.world.calls if call.method == "editMessageText"]
    assert len(pressed) > 100
    assert len(edited) > 50


def question(random: Random) -> str:
    """What a client would send: at most 4096 characters, no lone surrogates."""
    return f"Why {nasty.text(random)}"[:4096].encode("utf-8", "replace").decode()


def answered(api, chat: int, message_id: int) -> bool:
    return any(message["message_id"] > message_id for message in bot_messages(api, chat))


def press_everything(api, somebody, random: Random) -> None:
    message = bot_messages(api, somebody.id)[-1]
    keys = [key["callback_data"] for row in message.get("reply_markup", {}).get("inline_keyboard", []) for key in row]
    random.shuffle(keys)
    for data in keys[:3]:
        somebody.press(message, data)
