"""Conversations by place and person, and answers by message, in memory only and bounded."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from qa.answer import Answer, Turn

TURNS = 5
"""Exchanges of a conversation that a follow-up may refer to."""

CONVERSATION_LIFE = 2 * 3600.0
"""Seconds of silence after which a conversation ends: in the evening nobody means this morning's "he"."""

ARRIVAL_SECONDS = 3.0
"""Longest wait for answers on their way: presses that find no answer must not fill the lane of all presses."""

MAX_CONVERSATIONS = 2000
MAX_ANSWERS = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation takes place: a chat, and a topic of it (None outside topics and in General)."""

    chat_id: int
    thread_id: int | None = None


@dataclass(slots=True)
class Sent:
    """An answer that was sent: its messages and votes."""

    key: str
    place: Place
    question_id: int | None
    answer: Answer
    history: tuple[Turn, ...]
    language: str = "en"
    """The language it was answered in, whoever presses its buttons."""
    asked: str | None = None
    """The question where it is shown with its answer."""
    part: int = 0
    """Which of the questions of its message this answers, from 0."""
    by_reaction: bool = False
    """Whether reactions to it are its votes, so that it needs no buttons for them."""
    message_ids: tuple[int, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()
    """Page and keyboard of each message: Telegram refuses edits that change nothing."""
    votes: dict[int, int] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the messages are edited, so that two presses do not interleave."""

    @property
    def turn(self) -> Turn:
        """The turn that a follow-up to this answer refers to."""
        return Turn(self.answer.understood or self.answer.question, self.answer)

    @property
    def tally(self) -> tuple[int, int] | None:
        """Numbers of (👍, 👎) to show on its buttons; None where it has none."""
        if self.by_reaction:
            return None
        votes = self.votes.values()
        return sum(vote > 0 for vote in votes), sum(vote < 0 for vote in votes)


class Memory:
    """The least recently used conversations and answers are dropped first. Used from the event loop only."""

    def __init__(self, now: Callable[[], float] = time.monotonic):
        self._now = now
        self._conversations: OrderedDict[tuple[Place, int | None], tuple[float, tuple[Turn, ...]]] = OrderedDict()
        self._sent: OrderedDict[str, Sent] = OrderedDict()
        self._by_message: dict[tuple[int, int], str] = {}
        self._by_question: dict[tuple[int, int, int], str] = {}
        self._turned: OrderedDict[tuple[int, int], str] = OrderedDict()
        self._sending: dict[int, set[asyncio.Future]] = {}

    def history(self, place: Place, person: int | None) -> tuple[Turn, ...]:
        """Return a person's conversation in a place, oldest turn first; empty after a long silence."""
        at, turns = self._conversations.get((place, person), (0.0, ()))
        return turns if self._now() - at < CONVERSATION_LIFE else ()

    def remember_turn(self, place: Place, person: int | None, history: tuple[Turn, ...], turn: Turn) -> None:
        """Make ``history`` and then ``turn`` the conversation of a person in a place."""
        self._conversations[place, person] = (self._now(), (*history, turn)[-TURNS:])
        self._conversations.move_to_end((place, person))
        while len(self._conversations) > MAX_CONVERSATIONS:
            self._conversations.popitem(last=False)

    def forget(self, place: Place, person: int | None) -> None:
        """Forget a conversation."""
        self._conversations.pop((place, person), None)

    def keep(self, sent: Sent) -> None:
        """Remember an answer; call it again after its messages changed."""
        self._sent[sent.key] = sent
        self._sent.move_to_end(sent.key)
        chat = sent.place.chat_id
        self._by_message.update({(chat, message_id): sent.key for message_id in sent.message_ids})
        if sent.question_id is not None:
            self._by_question[chat, sent.question_id, sent.part] = sent.key
        while len(self._sent) > MAX_ANSWERS:
            self._drop(self._sent.popitem(last=False)[1])

    def _drop(self, old: Sent) -> None:
        chat = old.place.chat_id
        for message_id in old.message_ids:
            self._by_message.pop((chat, message_id), None)
        if old.question_id is not None and self._by_question.get((chat, old.question_id, old.part)) == old.key:
            del self._by_question[chat, old.question_id, old.part]

    @contextmanager
    def sending(self, chat_id: int) -> Iterator[None]:
        """Send an answer, and keep it, in this block: ``arrival`` waits for its end."""
        done = asyncio.get_running_loop().create_future()
        on_their_way = self._sending.setdefault(chat_id, set())
        on_their_way.add(done)
        try:
            yield
        finally:
            done.set_result(None)
            on_their_way.discard(done)
            if not on_their_way:
                self._sending.pop(chat_id, None)

    async def arrival(self, chat_id: int | None) -> bool:
        """Wait until the answers on their way to a chat are kept; return whether there were any.

        People see an answer, and may press its buttons, before Telegram has told the bot the number of its message.
        """
        on_their_way = self._sending.get(chat_id) if chat_id is not None else None
        if not on_their_way:
            return False
        await asyncio.wait(on_their_way, timeout=ARRIVAL_SECONDS)
        return True

    def sent(self, key: str) -> Sent | None:
        """Return the answer with this key, if still remembered."""
        return self._sent.get(key)

    def answer_at(self, chat_id: int, message_id: int) -> Sent | None:
        """Return the answer shown in this message of the bot."""
        return self._sent.get(self._by_message.get((chat_id, message_id), ""))

    def answer_to(self, chat_id: int, question_id: int, part: int = 0) -> Sent | None:
        """Return the answer to this message of a person, or to one of its questions."""
        return self._sent.get(self._by_question.get((chat_id, question_id, part), ""))

    def turn_page(self, chat_id: int, message_id: int, page: str) -> bool:
        """Record the page that a message is turned to; return False where it already shows that page."""
        if self._turned.get((chat_id, message_id)) == page:
            return False
        self._turned[chat_id, message_id] = page
        self._turned.move_to_end((chat_id, message_id))
        while len(self._turned) > MAX_ANSWERS:
            self._turned.popitem(last=False)
        return True

    def follow(self, old_chat: int, new_chat: int) -> None:
        """Move the conversations of a group that became a supergroup; its old messages keep their numbers."""
        for place, person in [key for key in self._conversations if key[0].chat_id == old_chat]:
            self._conversations[Place(new_chat, place.thread_id), person] = self._conversations.pop((place, person))
