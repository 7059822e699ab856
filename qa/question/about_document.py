"""Questions about a document itself rather than about its content: who wrote it, when it was published, its title."""

import re
from dataclasses import dataclass
from enum import Enum

from embeddings.text.words import tokenize


class Fact(Enum):
    """What of a document is asked for."""

    AUTHOR = "author"
    DATE = "date"
    TITLE = "title"


_DOCUMENT = (
    r"(?:news |blog |press |magazine |newspaper )?(?:article|piece|story|post|text|page|web ?page|document|report|item"
    r"|release|column|essay|review|interview|recipe|letter|newsletter|paper|manual|guide|note|memo|biography|life story"
    r"|write-up|account|obituary|minutes)s?\b"
)
_SURE = re.compile(r"\b(?:article|piece|post|text|(?:web ?)?page|document|item|column|write-up)s?\b", re.IGNORECASE)
"""Words that can only mean a document of the folder; a "letter" or "report" may be what a document is about."""
_THE = r"(?:the|this|that|an?)\s+"
_WRITER = r"(?:the\s+)?(?:name\s+of\s+the\s+)?(?:author|writer|byline)\s+(?:name\s+)?(?:of|for)"
_OUT = r"(?:published|written|posted|released|dated|printed|updated|appear|come\s+out)"
_WHAT_DAY = r"(?:when|in\s+(?:what|which)\s+year|on\s+(?:what|which)\s+(?:day|date))"
_WHO = re.compile(
    rf"^(?:who|whom)(?:\s+is|\s+was|['’]s)?\s+(?:wrote|write|written|authored|penned|published|compiled|reported"
    rf"|(?:the\s+)?(?:author|writer)\s+of|responsible\s+for)\s+(?:by\s+)?{_THE}?(?:[\w’'-]+\s+){{0,2}}?{_DOCUMENT}"
    rf"|^(?:(?:what|who)\s+(?:is|was)\s+)?{_WRITER}\b.*?{_DOCUMENT}"
    rf"|^by\s+whom\s+(?:is|was|were)\s+{_THE}.*?{_DOCUMENT}.*\bwritten\b"
    rf"|^who(?:\s+is|['’]s)?\s+{_THE}?{_DOCUMENT}.*\bby\s*\?*$",
    re.IGNORECASE,
)
_WHEN = re.compile(
    rf"^{_WHAT_DAY}\s+(?:was|were|is|did|does)\s+{_THE}(?:[\w’'-]+\s+){{0,2}}?{_DOCUMENT}.*\b{_OUT}\b"
    rf"|^(?:what\s+(?:is|was)\s+)?(?:the\s+)?(?:publication\s+)?date(?:\s+of\s+publication)?\s+(?:of|for)\b"
    rf".*?{_DOCUMENT}"
    rf"|^what\s+(?:is\s+)?(?:the\s+)?date\s+(?:is|of)\s+{_THE}.*?{_DOCUMENT}",
    re.IGNORECASE,
)
_TITLE = re.compile(
    rf"^(?:what\s+(?:is|was)\s+)?(?:the\s+)?(?:title|headline|heading)\s+(?:of|for)\b.*?{_DOCUMENT}"
    rf"|^what\s+(?:is|was)\s+{_THE}.*?{_DOCUMENT}.*\b(?:called|titled|entitled|headlined)\b"
    rf"|^(?:what|which)\s+(?:title|headline)\s+(?:does|did|has)\b.*?{_DOCUMENT}",
    re.IGNORECASE,
)
_NAMED = (
    (
        Fact.AUTHOR,
        re.compile(
            r"^(?:who(?:m)?(?:\s+is|\s+was|['’]s)?\s+)?(?:wrote|authored|penned|(?:the\s+)?(?:author|writer)\s+of)\s+(.+)$",
            re.I,
        ),
    ),
    (
        Fact.DATE,
        re.compile(
            rf"^{_WHAT_DAY}\s+(?:was|were)\s+(.+?)\s+(?:first\s+)?(?:published|written|released|posted)\W*$", re.I
        ),
    ),
)
"""Questions that give a document's title, with no word for what it is: "Who wrote The Old Man and the Sea?"."""
MIN_TITLE_WORDS = 2
"""A single word is hardly ever the whole title of the document that is meant."""
_ASKING = frozenset(
    tokenize(
        "who whom wrote write written author authored writer penned published publish publication compiled reported"
        " responsible name byline when year day date dated posted released printed updated appear come came out"
        " title titled entitled headline headlined heading called what which this that about on of for by in"
    )
)
_DOCUMENT_WORDS = frozenset(
    tokenize(
        "news blog press magazine newspaper article piece story post text page webpage web document report item release"
        " column essay review interview recipe letter newsletter paper manual guide note memo biography life account"
        " obituary minutes write-up"
    )
)


@dataclass(frozen=True, slots=True)
class AboutDocument:
    """A question for a document's own facts. ``topic`` are the stemmed words that name the document."""

    fact: Fact
    topic: frozenset[str]
    sure: bool
    """Whether a document of the folder must be meant, not one that it is about ("the letter to the king")."""
    named: bool = False
    """Whether the topic must be the document's title, since no word says that a document is meant."""


def read_about_document(question: str) -> AboutDocument | None:
    """Return which fact of a document a question asks for; None where it asks about the content of documents.

    >>> read_about_document("Who wrote the article about the ferry?").fact
    <Fact.AUTHOR: 'author'>
    >>> read_about_document("Who wrote the symphony?") is None
    True
    """
    bare = question.strip()
    for fact, pattern in ((Fact.AUTHOR, _WHO), (Fact.DATE, _WHEN), (Fact.TITLE, _TITLE)):
        if pattern.search(bare):
            topic = frozenset(tokenize(bare)) - _ASKING - _DOCUMENT_WORDS
            return AboutDocument(fact, topic, bool(_SURE.search(bare)))
    for fact, pattern in _NAMED:
        named = pattern.search(bare)
        topic = frozenset(tokenize(named[1])) if named else frozenset()
        if len(topic) >= MIN_TITLE_WORDS:
            return AboutDocument(fact, topic, sure=False, named=True)
    return None
