"""Mentions are the message's own entities."""

from telegram import Chat, Message, MessageEntity

from bot.telegram.incoming.addressing import without_mention


def test_the_bots_name_is_taken_out_of_a_question():
    text = "@Some_Bot: who won, @some_bots?"
    mentions = [MessageEntity("mention", 0, 9), MessageEntity("mention", 20, 10)]
    message = Message(1, None, Chat(1, "private"), text=text, entities=mentions)
    assert without_mention(message, "some_bot") == "who won, @some_bots?"
