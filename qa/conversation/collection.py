"""Facts about the collection: which articles there are, what is new, what they are about."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from embeddings.documents.document import Document
from embeddings.index.snapshot import DocumentFacts
from embeddings.text.sentences import split_sentences
from embeddings.text.words import STOP_WORDS
from qa.engine import Engine
from qa.question.names_and_dates import NAME

READ_FOR_TOPICS = 300
"""Articles read for their topics, newest first: more would change little, and take seconds."""
CHARACTERS_READ = 20_000
"""Characters of each article: its subject comes early."""
NAMES_OF_AN_ARTICLE = 3
"""An article is about its most frequent names."""
_NO_TOPIC = re.compile(
    r"Mr|Mrs|Ms|Dr|Sir|Prof|President|Prime|Minister|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|[A-Z]\.?|Head|State|North|South|East|West|Central|English|British|American|French|German"
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A name, and how many articles are about it."""

    name: str
    articles: int


def newest_first(documents: Sequence[DocumentFacts]) -> list[DocumentFacts]:
    """Sort articles by date, newest first; one without a date counts by when its file was last changed."""
    return sorted(documents, key=lambda facts: (_day(facts), facts.mtime_ns), reverse=True)


def _day(facts: DocumentFacts) -> date:
    return facts.date or datetime.fromtimestamp(facts.mtime_ns / 1e9, UTC).date()


def topics(engine: Engine, top: int = 8) -> tuple[Topic, ...]:
    """Return the names that most articles are about, with how many are; at most ``top``."""
    return _topics(engine, engine.documents())[:top]


@lru_cache(maxsize=4)
def _topics(engine: Engine, documents: tuple[DocumentFacts, ...]) -> tuple[Topic, ...]:
    """Find the topics of the articles; cached for each generation of the index, by its documents."""
    articles, mentions = Counter(), Counter()
    for facts in newest_first(documents)[:READ_FOR_TOPICS]:
        names = _names_of(engine.document(facts.id))
        articles.update(names.keys())
        mentions.update(names)
    chosen: list[str] = []
    for name in sorted(articles, key=lambda name: (-articles[name], -mentions[name], name)):
        if not any(_overlap(name, other) for other in chosen):
            chosen.append(name)
    return tuple(Topic(name, articles[name]) for name in chosen)


def _overlap(one: str, other: str) -> bool:
    """Whether two names share a word: "Aliyev" adds nothing to "Ilham Aliyev"."""
    words, others = ({word.removesuffix("s") for word in name.split()} for name in (one, other))
    return bool(words & others - STOP_WORDS)


def _names_of(document: Document) -> dict[str, int]:
    """Return the most frequent names of an article, with their counts."""
    text = document.text[:CHARACTERS_READ]
    starts = {start for start, _ in split_sentences(text)}
    counts, inside = Counter(), set()
    for match in NAME.finditer(text):
        name = _bare(match.group())
        counts[name] += 1
        # At the start of a sentence any word is capital.
        if not text.startswith(name, match.start()) or match.start() not in starts:
            inside.add(name)
    kept = [(name, count) for name, count in counts.most_common() if count > 1 and name in inside and _is_topic(name)]
    return dict(kept[:NAMES_OF_AN_ARTICLE])


def _bare(name: str) -> str:
    """Strip what comes before a name ("On Monday President …"), and the ending of "Aliyev's"."""
    words = name.split()
    while words and (_NO_TOPIC.fullmatch(words[0].rstrip(".")) or words[0].lower() in STOP_WORDS):
        words.pop(0)
    bare = re.sub(r"['’]s?$|(?<![A-Z])\.$", "", " ".join(words))
    return bare + "." if re.fullmatch(r"(?:[A-Z]\.)+[A-Z]", bare) else bare


def _is_topic(name: str) -> bool:
    return len(name) > 2 and not all(_NO_TOPIC.fullmatch(word) for word in name.split())
