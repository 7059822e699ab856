"""The state behind the fake Bot API: chats, people, messages, updates, and everything that was asked of it."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .checks import ApiError, bad_request
from .markup import Entity, utf16_length

BOT = {"id": 4242, "is_bot": True, "first_name": "Citebot", "username": "cite_test_bot", "can_join_groups": True,
       "can_read_all_group_messages": True, "supports_inline_queries": True}  # fmt: skip
QUERY_LIFE = 300.0
"""Seconds within which a callback or inline query must be answered. Telegram waits some 15: here only a test that sets
the clock of a query back finds it too old, and not each that runs on a busy machine."""


@dataclass(frozen=True)
class Call:
    """One request as the server saw it, with what it answered. ``ok`` is False for a refusal or an injected fault."""

    method: str
    params: dict[str, Any]
    ok: bool
    result: Any
    at: float
    injected: bool = False

    @property
    def chat_id(self) -> int | None:
        return self.params.get("chat_id")


@dataclass
class Fault:
    """A rule that spoils matching requests ``times`` times: an error, a delay, or a cut connection."""

    method: str
    chat_id: int | None = None
    times: int = 1
    code: int = 0
    description: str = ""
    parameters: dict = field(default_factory=dict)
    delay: float = 0.0
    after: bool = False
    """Do the work first, then spoil the answer: what a time-out after delivery looks like."""
    cut: bool = False

    def matches(self, method: str, params: dict) -> bool:
        return self.times > 0 and self.method in (method, "*") and self.chat_id in (None, params.get("chat_id"))


class World:
    """Everything the server knows. Touched only from the server's own thread."""

    def __init__(self, now: Callable[[], float] = time.time):
        self.now = now
        self.chats: dict[int, dict] = {}
        self.privacy_mode = False
        """BotFather's /setprivacy: on, the bot is not sent all that is written in groups."""
        self.users: dict[int, dict] = {BOT["id"]: BOT}
        self.topics: dict[int, set[int]] = {}
        self.closed: dict[int, str] = {}
        self.migrated: dict[int, int] = {}
        self.messages: dict[tuple[int, int], dict] = {}
        self.as_sent: dict[tuple[int, int], dict] = {}
        """Each message as it was when it was sent, whatever was edited since."""
        self.files: dict[str, tuple[str, bytes]] = {}
        self.queries: dict[str, dict] = {}
        self.plain_members: dict[int, set[int]] = {}
        """Those in a group who are no admins of it; everybody else is its creator."""
        self.bot_is_admin: set[int] = set()
        """Groups of which the bot is an admin: only there it is told of reactions."""
        self.reactions: dict[tuple[int, int], list[str]] = {}
        self.commands: dict[tuple[str, str], list] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.webhook: dict[str, Any] = {"url": ""}
        self.updates: list[dict] = []
        self.allowed_updates: list[str] = []
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self._message_id = 100
        self._update_id = 5000

    def next_message_id(self) -> int:
        self._message_id += 1
        return self._message_id

    def add_update(self, kind: str, body: dict) -> dict:
        self._update_id += 1
        update = {"update_id": self._update_id, kind: body}
        self.updates.append(update)
        return update

    def me(self) -> dict:
        """The bot as getMe tells it."""
        return BOT | {"can_read_all_group_messages": not self.privacy_mode}

    def hides(self, message: dict) -> bool:
        """Whether a bot in privacy mode is not sent a message of a group: only commands and replies to it reach it.

        Telegram's documentation lists no mentions there, and reports disagree: the fake takes the documentation at
        its word.
        """
        if not self.privacy_mode or message["chat"]["type"] == "private" or "text" not in message:
            return False
        replied = message.get("reply_to_message", {}).get("from", {}).get("id")
        command = re.match(r"/\w+(?:@(\w+))?", message["text"])
        mine = command is not None and (command[1] or BOT["username"]).lower() == BOT["username"]
        return not mine and replied != BOT["id"]

    def writable_chat(self, chat_id: Any) -> dict:
        """Return the chat a message may go to, or raise what Telegram would answer."""
        chat_id = int(chat_id)
        if chat_id in self.migrated:
            new = self.migrated[chat_id]
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, text, migrate_to_chat_id=new)
        if chat_id in self.closed:
            raise ApiError(403, f"Forbidden: {self.closed[chat_id]}")
        if chat_id not in self.chats:
            raise bad_request("chat not found")
        return self.chats[chat_id]

    def thread(self, chat: dict, thread_id: Any, reply: dict | None) -> int | None:
        """The topic a message lands in: the one named, or that of the message replied to."""
        if thread_id is None:
            return (reply or {}).get("message_thread_id")
        if int(thread_id) not in self.topics.get(chat["id"], set()):
            raise bad_request("message thread not found")
        return int(thread_id)

    def replied(self, chat: dict, parameters: dict | None) -> dict | None:
        """The message replied to, checked as the Bot API does, quote included."""
        if not parameters:
            return None
        message = self.messages.get((chat["id"], parameters.get("message_id")))
        if message is None:
            if parameters.get("allow_sending_without_reply"):
                return None
            raise bad_request("message to be replied not found")
        quote = parameters.get("quote")
        if quote is not None and (utf16_length(quote) > 1024 or quote not in message.get("text", "")):
            raise bad_request("QUOTE_TEXT_INVALID")
        return message

    def store_message(
        self, chat: dict, sender: dict, *, thread: int | None, reply: dict | None, **content: Any
    ) -> dict:
        message = {
            "message_id": self.next_message_id(),
            "date": int(self.now()),
            "chat": chat,
            "from": sender,
            **content,
        }
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        if reply is not None:
            message["reply_to_message"] = {k: v for k, v in reply.items() if k != "reply_to_message"}
        self.as_sent[chat["id"], message["message_id"]] = dict(message)
        self.messages[chat["id"], message["message_id"]] = message
        return message

    def own_message(self, chat_id: Any, message_id: Any) -> dict:
        chat = self.writable_chat(chat_id)
        message = self.messages.get((chat["id"], int(message_id)))
        if message is None:
            raise bad_request("message to edit not found")
        if message["from"]["id"] != BOT["id"]:
            raise bad_request("message can't be edited")
        return message

    def open_query(self, query_id: str, kind: str) -> dict:
        """Take a callback or inline query to be answered: known, of this kind, in time, and only once."""
        query = self.queries.get(query_id)
        too_late = query is not None and self.now() - query["at"] > QUERY_LIFE
        if query is None or query["kind"] != kind or query["answer"] is not None or too_late:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        return query


def entities_json(entities: list[Entity]) -> list[dict]:
    return [{k: v for k, v in vars(entity).items() if v is not None} for entity in entities]


def typed_entities(text: str) -> list[dict]:
    """The entities a client adds to what a person types: commands and mentions, in UTF-16 units."""
    found = []
    for kind, pattern in (
        ("bot_command", r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w+)?"),
        ("mention", r"(?<!\w)@[A-Za-z]\w{3,31}"),
    ):
        for match in re.finditer(pattern, text):
            offset = utf16_length(text[: match.start()])
            found.append({"type": kind, "offset": offset, "length": utf16_length(match.group())})
    return sorted(found, key=lambda entity: entity["offset"])
