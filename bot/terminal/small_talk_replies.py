"""What the terminal chat says to small talk, and to questions about citebot and the articles."""

from bot.terminal.rendering.escape import on_one_line
from bot.terminal.rendering.wording import counted
from embeddings.index.snapshot import DocumentFacts
from qa.conversation.collection import newest_first, topics
from qa.conversation.examples import example_questions
from qa.conversation.small_talk import Talk
from qa.engine import Engine

NEWEST = 5
"""Articles that "what's new?" names."""
_SAID = {
    Talk.THANKS: "You're welcome.",
    Talk.FAREWELL: "Goodbye. Ctrl-D or /quit ends.",
    Talk.ASSENT: "Good. Ask on.",
    Talk.COMPLAINT: "Sorry. Try it in other words; the quotes show where an answer comes from.",
    Talk.REACTION: "🙂",
    Talk.NOTHING: "Ask in words, for example: who put out the fire?",
}
_WHO = (
    "I am citebot, a program. I answer questions about {articles}, with quotes, and say so where there is no answer."
    " I read English only, for now."
)


def reply(talk: Talk, engine: Engine) -> str:
    """Return what to say, one or more lines."""
    if talk in _SAID:
        return _SAID[talk]
    documents = engine.documents()
    if talk is Talk.LISTING:
        return "\n".join(
            [f"{counted(len(documents), 'article')}, the newest first:", *map(_line, newest_first(documents))]
        )
    if talk is Talk.NEWEST:
        return "\n".join(["The newest articles:", *map(_line, newest_first(documents)[:NEWEST])])
    about = _about(engine, len(documents))
    if talk is Talk.TOPICS:
        return f"{about}\n/sources lists them."
    if talk is Talk.GREETING:
        return _with_examples("Hello. Ask me about the articles.", engine)
    who = _WHO.format(articles=counted(len(documents), "article"))
    return who if talk is Talk.WHO else _with_examples(f"{who}\n{about}", engine)


def _about(engine: Engine, documents: int) -> str:
    names = ", ".join(f"{on_one_line(topic.name)} ({topic.articles})" for topic in topics(engine))
    return f"{counted(documents, 'article')}, on {names}." if names else f"{counted(documents, 'article')}."


def _with_examples(text: str, engine: Engine) -> str:
    examples = [f"  {on_one_line(question)}" for question in example_questions(engine)]
    return "\n".join([f"{text} For example:", *examples]) if examples else text


def _line(facts: DocumentFacts) -> str:
    return "  " + on_one_line("  ".join(str(fact) for fact in (facts.date, facts.title, facts.id) if fact))
