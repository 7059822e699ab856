"""People and groups of the fake world: they write, edit, press buttons, type inline queries, and wait for answers."""

import itertools
from dataclasses import dataclass
from typing import Any

from .server import BotApiServer
from .world import BOT, World, typed_entities

_query_ids = itertools.count(1)


@dataclass(frozen=True)
class Group:
    """A group, supergroup or forum. ``topics`` other than General carry their own thread id."""

    server: BotApiServer
    id: int
    title: str

    def migrate(self, new_id: int) -> "Group":
        """Turn into a supergroup: two service messages, and the old id answers with migrate_to_chat_id."""

        def change(world: World) -> None:
            old = world.chats[self.id]
            new = world.chats[new_id] = {**old, "id": new_id, "type": "supergroup"}
            sender = next(iter(world.users.values()))
            for chat, key, value in ((old, "migrate_to_chat_id", new_id), (new, "migrate_from_chat_id", self.id)):
                service = world.store_message(chat, sender, thread=None, reply=None, **{key: value})
                world.add_update("message", service)
            world.migrated[self.id] = new_id

        self.server.run(change)
        return Group(self.server, new_id, self.title)


def group(
    server: BotApiServer, id: int, title: str, *, kind: str = "supergroup", topics: tuple[int, ...] = ()
) -> Group:
    """Create a group the bot is in."""
    chat = {"id": id, "type": kind, "title": title} | ({"is_forum": True} if topics else {})

    def create(world: World) -> None:
        world.chats[id] = chat
        world.topics[id] = set(topics)

    server.run(create)
    return Group(server, id, title)


@dataclass(frozen=True)
class Person:
    """Somebody with a private chat with the bot (same id as the person)."""

    server: BotApiServer
    id: int
    user: dict

    def say(
        self,
        text: str | None,
        *,
        to: Group | None = None,
        topic: int | None = None,
        reply_to: int | None = None,
        **content: Any,
    ) -> int:
        """Send a message and return its id. ``content`` may be a document, sticker, photo, voice …"""
        chat_id = to.id if to else self.id
        body = dict(content)
        if text is not None:
            body |= {"text": text, "entities": typed_entities(text)}

        def send(world: World) -> int:
            reply = world.messages.get((chat_id, reply_to)) if reply_to else None
            message = world.store_message(world.chats[chat_id], self.user, thread=topic, reply=reply, **body)
            if not world.hides(message):
                world.add_update("message", dict(message))
            return message["message_id"]

        return self.server.run(send)

    def edit(self, message_id: int, text: str, *, to: Group | None = None) -> None:
        """Change a message sent before."""

        def change(world: World) -> None:
            message = world.messages[to.id if to else self.id, message_id]
            message |= {"text": text, "entities": typed_entities(text), "edit_date": int(world.now())}
            if not world.hides(message):
                world.add_update("edited_message", dict(message))

        self.server.run(change)

    def upload(self, name: str, body: bytes, *, to: Group | None = None, size: int | None = None) -> int:
        """Send a file."""
        file_id = f"in-{next(_query_ids)}"
        self.server.run(lambda world: world.files.__setitem__(file_id, (name, body)))
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": size or len(body)}
        return self.say(None, to=to, document=document)

    def press(self, message: dict, button: str) -> dict:
        """Press the button whose text contains (or whose data is) ``button``; returns the answer to the press."""
        keys = [key for row in message.get("reply_markup", {}).get("inline_keyboard", []) for key in row]
        data = next((k["callback_data"] for k in keys if "callback_data" in k and button in k["text"]), button)
        query_id = self.press_data(message, data)
        self.server.wait(lambda: self.server.world.queries[query_id]["answer"] is not None)
        return self.server.world.queries[query_id]["answer"]

    def press_data(self, message: dict, data: str, *, ago: float = 0.0) -> str:
        """Press a button carrying ``data`` (so many seconds ago) without waiting; returns the query's id."""
        query_id = f"cb{next(_query_ids)}"

        def send(world: World) -> None:
            world.queries[query_id] = {"kind": "callback", "at": world.now() - ago, "answer": None}
            current = world.messages.get((message["chat"]["id"], message["message_id"]), message)
            body = {"id": query_id, "from": self.user, "chat_instance": "1", "data": data, "message": dict(current)}
            world.add_update("callback_query", body)

        self.server.run(send)
        return query_id

    def inline(self, text: str, *, wait: bool = True) -> Any:
        """Type ``@bot text`` somewhere; returns the answer (or the query's id without waiting)."""
        query_id = f"in{next(_query_ids)}"

        def send(world: World) -> None:
            world.queries[query_id] = {"kind": "inline", "at": world.now(), "answer": None}
            world.add_update("inline_query", {"id": query_id, "from": self.user, "query": text[:256], "offset": ""})

        self.server.run(send)
        if not wait:
            return query_id
        self.server.wait(lambda: self.server.world.queries[query_id]["answer"] is not None)
        return self.server.world.queries[query_id]["answer"]

    def guest(self, text: str) -> dict:
        """Mention the bot in a chat it is no member of; returns the answer."""
        query_id = f"gu{next(_query_ids)}"

        def send(world: World) -> None:
            world.queries[query_id] = {"kind": "guest", "at": world.now(), "answer": None}
            chat = {"id": -100987, "type": "supergroup", "title": "Elsewhere"}
            message = {"message_id": 1, "date": 1, "chat": chat, "from": self.user, "guest_query_id": query_id}
            world.add_update("guest_message", message | {"text": text, "entities": typed_entities(text)})

        self.server.run(send)
        self.server.wait(lambda: self.server.world.queries[query_id]["answer"] is not None)
        return self.server.world.queries[query_id]["answer"]

    def block(self, why: str = "bot was blocked by the user") -> None:
        """Block the bot (or be deactivated)."""
        self.server.run(lambda world: world.closed.__setitem__(self.id, why))

    def ask(self, text: str | None, **where: Any) -> dict:
        """Say something and return the next message the bot sends to that chat."""
        seen = len(bot_messages(self.server, where["to"].id if where.get("to") else self.id))
        self.say(text, **where)
        return wait_message(self.server, where["to"].id if where.get("to") else self.id, seen)


def person(server: BotApiServer, id: int, name: str, language: str | None = "en") -> Person:
    """Create somebody who has started the bot."""
    user = {"id": id, "is_bot": False, "first_name": name} | ({"language_code": language} if language else {})

    def create(world: World) -> None:
        world.users[id] = user
        world.chats[id] = {"id": id, "type": "private", "first_name": name}

    server.run(create)
    return Person(server, id, user)


def bot_messages(server: BotApiServer, chat_id: int) -> list[dict]:
    """Messages of the bot in a chat, oldest first, as they stand now."""
    messages = list(server.world.messages.values())
    return [m for m in messages if m["chat"]["id"] == chat_id and m["from"]["id"] == BOT["id"]]


def wait_message(server: BotApiServer, chat_id: int, seen: int) -> dict:
    """Wait until the bot has sent more than ``seen`` messages to the chat; return message number ``seen`` as it was
    sent, whatever the bot has edited in it by now."""
    message = server.wait(lambda: bot_messages(server, chat_id)[seen:])[0]
    return dict(server.world.as_sent[chat_id, message["message_id"]])


def wait_text(server: BotApiServer, chat_id: int, message_id: int, part: str) -> dict:
    """Wait until a message's text contains ``part`` (after an edit), and return the message as it then was."""

    def found() -> dict | None:
        message = dict(server.world.messages.get((chat_id, message_id), {}))
        return message if part in message.get("text", "") else None

    return server.wait(found)


def buttons(message: dict) -> list[str]:
    """The texts of a message's buttons."""
    return [key["text"] for row in message.get("reply_markup", {}).get("inline_keyboard", []) for key in row]


def wait_button(server: BotApiServer, message: dict, text: str) -> dict:
    """Wait until a message has a button of just this text (after an edit), and return the message as it then was."""

    def found() -> dict | None:
        now = dict(server.world.messages[message["chat"]["id"], message["message_id"]])
        return now if text in buttons(now) else None

    return server.wait(found)
