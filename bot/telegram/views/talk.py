"""What the bot says of itself and of the articles as a whole. Pure functions."""

from collections.abc import Sequence

from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.markup import clean, head, line, render
from bot.telegram.views.view import Button, Keyboard, View, button_key
from qa.conversation.collection import Topic
from qa.conversation.small_talk import Talk

BUTTON_UNITS = 64


def said_to(talk: Talk, texts: Texts) -> str | None:
    """A line for small talk; None for what asks for something."""
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
    """A text, and under it questions to press that the articles answer."""
    if not examples:
        return View((render([line(text)])[0],))
    return View((render([line(text), line(""), line(texts.examples)])[0],), example_keys(examples))


def example_keys(examples: Sequence[str]) -> Keyboard:
    """Buttons that ask."""
    return tuple((Button(head(clean(question), BUTTON_UNITS), f"E|{button_key(question)}"),) for question in examples)


def about(count: int, topics: Sequence[Topic], texts: Texts) -> str:
    """How many articles there are, and what most of them are about."""
    if not topics:
        return texts.library.format(count=count).rstrip(":")
    names = ", ".join(f"{head(clean(topic.name), 60)} ({topic.articles})" for topic in topics)
    return texts.topics.format(count=count, topics=names)
