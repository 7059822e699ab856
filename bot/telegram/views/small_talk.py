"""Replies to small talk, and to questions about the bot and its articles as a whole. Pure functions."""

from collections.abc import Sequence

from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.markup import clean, head, line, render
from bot.telegram.views.view import Button, View, button_key
from qa.conversation.collection import Topic
from qa.conversation.small_talk import Talk

BUTTON_UNITS = 64


def small_talk_reply(talk: Talk, texts: Texts) -> str | None:
    """Return the reply to small talk; None for what asks for something."""
    lines = {
        Talk.GREETING: texts.greeting,
        Talk.THANKS: texts.welcome,
        Talk.FAREWELL: texts.farewell,
        Talk.ASSENT: texts.assent,
        Talk.COMPLAINT: texts.complaint,
        Talk.REACTION: "🙂",
        Talk.NOTHING: texts.wordless,
    }
    return lines.get(talk)


def with_examples(text: str, examples: Sequence[str], texts: Texts) -> View:
    """Return a text with buttons for example questions that the articles answer."""
    if not examples:
        return View((render([line(text)])[0],))
    rows = ((Button(head(clean(question), BUTTON_UNITS), f"E|{button_key(question)}"),) for question in examples)
    return View((render([line(text), line(""), line(texts.examples)])[0],), tuple(rows))


def about(count: int, topics: Sequence[Topic], texts: Texts) -> str:
    """Return how many articles there are, and their main topics."""
    if not topics:
        return texts.library.format(count=count).rstrip(":")
    names = ", ".join(f"{head(clean(topic.name), 60)} ({topic.articles})" for topic in topics)
    return texts.topics.format(count=count, topics=names)
