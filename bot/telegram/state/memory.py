"""What the bot remembers while it runs: conversations by place and person, answers by message. Bounded."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from qa.answer import Answer, Turn

TURNS = 5
"""Exchanges of a conversation that a follow-up may refer to."""

CONVERSATION_LIFE = 2 * 3600.0
"""Seconds after which silence ends a conversation: nobody means this morning's "he" in the evening."""

MAX_CONVERSATIONS = 2000
MAX_ANSWERS = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation happens: a chat, and a topic of it (None outside topics and in General)."""

    chat_id: int
    thread_id: int | None = None


@dataclass(slots=True)
class Sent:
    """An answer as it is shown in a chat: its messages, and who liked it."""

    key: str
    place: Place
    question_id: int | None
    answer: Answer
    history: tuple[Turn, ...]
    language: str = "en"
    """The language it was answered in, which whoever presses its buttons does not change."""
    asked: str | None = None
    """The question where it is shown with its answer."""
    message_ids: tuple[int, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()
    """Each message as it is shown, page and keyboard: an edit that changes nothing is refused by Telegram."""
    votes: dict[int, int] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the messages are changed, so that two presses do not interleave."""

    @property
    def turn(self) -> Turn:
        """The turn a follow-up to this answer builds on."""
        return Turn(self.answer.understood or self.answer.question, self.answer)

    @property
    def tally(self) -> tuple[int, int]:
        """(👍, 👎) so far."""
        votes = self.votes.values()
        return sum(vote > 0 for vote in votes), sum(vote < 0 for vote in votes)


class Memory:
    """Least recently used conversations and answers are forgotten first. Used from the event loop only."""

    def __init__(self, now: Callable[[], float] = time.monotonic):
        self._now = now
        self._talks: OrderedDict[tuple[Place, int | None], tuple[float, tuple[Turn, ...]]] = OrderedDict()
        self._sent: OrderedDict[str, Sent] = OrderedDict()
        self._by_message: dict[tuple[int, int], str] = {}
        self._by_question: dict[tuple[int, int], str] = {}
        self._turned: OrderedDict[tuple[int, int], str] = OrderedDict()

    def history(self, place: Place, person: int | None) -> tuple[Turn, ...]:
        """A person's conversation so far in a place, oldest turn first; empty once it has gone quiet."""
        at, turns = self._talks.get((place, person), (0.0, ()))
        return turns if self._now() - at < CONVERSATION_LIFE else ()

    def remember_turn(self, place: Place, person: int | None, history: tuple[Turn, ...], turn: Turn) -> None:
        """Make ``history`` and then ``turn`` the conversation of a person in a place."""
        self._talks[place, person] = (self._now(), (*history, turn)[-TURNS:])
        self._talks.move_to_end((place, person))
        while len(self._talks) > MAX_CONVERSATIONS:
            self._talks.popitem(last=False)

    def forget(self, place: Place, person: int | None) -> None:
        """Start a conversation afresh."""
        self._talks.pop((place, person), None)

    def keep(self, sent: Sent) -> None:
        """Remember an answer and its messages (again, after they changed)."""
        self._sent[sent.key] = sent
        self._sent.move_to_end(sent.key)
        chat = sent.place.chat_id
        self._by_message.update({(chat, message_id): sent.key for message_id in sent.message_ids})
        if sent.question_id is not None:
            self._by_question[chat, sent.question_id] = sent.key
        while len(self._sent) > MAX_ANSWERS:
            self._drop(self._sent.popitem(last=False)[1])

    def _drop(self, old: Sent) -> None:
        chat = old.place.chat_id
        for message_id in old.message_ids:
            self._by_message.pop((chat, message_id), None)
        if old.question_id is not None and self._by_question.get((chat, old.question_id)) == old.key:
            del self._by_question[chat, old.question_id]

    def sent(self, key: str) -> Sent | None:
        """The answer with this key, if still remembered."""
        return self._sent.get(key)

    def answer_at(self, chat_id: int, message_id: int) -> Sent | None:
        """The answer shown in this message of the bot."""
        return self._sent.get(self._by_message.get((chat_id, message_id), ""))

    def answer_to(self, chat_id: int, question_id: int) -> Sent | None:
        """The answer to this message of a person."""
        return self._sent.get(self._by_question.get((chat_id, question_id), ""))

    def turn_page(self, chat_id: int, message_id: int, page: str) -> bool:
        """Note the page a message is turned to; False where it shows that page already."""
        if self._turned.get((chat_id, message_id)) == page:
            return False
        self._turned[chat_id, message_id] = page
        self._turned.move_to_end((chat_id, message_id))
        while len(self._turned) > MAX_ANSWERS:
            self._turned.popitem(last=False)
        return True

    def follow(self, old_chat: int, new_chat: int) -> None:
        """Move conversations of a group that became a supergroup; its old messages stay where they are."""
        for place, person in [key for key in self._talks if key[0].chat_id == old_chat]:
            self._talks[Place(new_chat, place.thread_id), person] = self._talks.pop((place, person))
