"""Which messages are addressed to the bot: all in private chats; mentions, replies and commands in groups."""

from typing import TYPE_CHECKING

from telegram import Bot, Message, Update

if TYPE_CHECKING:
    from bot.telegram.services import Services


def addressed(message: Message, bot: Bot) -> bool:
    """Tell whether a group message is addressed to the bot: a mention of it, a reply to it, or a command.

    Only the message's own entities count as mentions.
    """
    if message.from_user and message.from_user.is_bot and message.sender_chat is None:
        return False  # two bots would answer each other without end
    text = message.text or message.caption or ""
    name = f"@{bot.username}".casefold()
    if text.startswith("/"):
        command = text.split()[0].casefold()
        is_command = command[1:2].isascii() and command[1:2].isalpha()
        return is_command and ("@" not in command or command.endswith(name))
    mentions = message.parse_entities(["mention"]) if message.text else message.parse_caption_entities(["mention"])
    if any(mention.casefold() == name for mention in mentions.values()):
        return True
    replied = message.reply_to_message
    return bool(replied and replied.from_user and replied.from_user.id == bot.id)


def without_mention(message: Message, username: str) -> str:
    """Return a message's text without mentions of the bot."""
    text, entities = message.text or message.caption or "", message.entities or message.caption_entities
    raw = text.encode("utf-16-le", "surrogatepass")
    for entity in sorted(entities, key=lambda entity: -entity.offset):
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        name = raw[start:end].decode("utf-16-le", "surrogatepass").casefold()
        if entity.type == "mention" and name == f"@{username}".casefold():
            raw = raw[:start] + raw[end:]
    return raw.decode("utf-16-le", "surrogatepass").strip(" ,:\n")


def question_row(services: "Services", update: Update) -> tuple[int, int, int | None, str] | None:
    """Return (chat, message, thread, language) of a message that may be a question, from somebody with access."""
    message = update.message or update.edited_message
    if message is None or not (message.text or message.caption):
        return None
    chat, user = message.chat, message.from_user
    if not services.access.admits(chat.id, user.id if user else None):
        return None
    if chat.type != "private" and not addressed(message, services.bot):
        return None
    thread = message.message_thread_id if message.is_topic_message else None
    return chat.id, message.message_id, thread, services.texts(chat.id, user).code
