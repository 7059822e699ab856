"""Example questions made from the articles themselves: each is asked first, and shown only if it is answered.

A clause whose subject is a name ("Azerbaijani firefighters liquidated the fire", "The Grand Bazaar was built in 1455")
is turned into a question for its subject or its date; the engine must then give that answer with enough confidence.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from embeddings.index.snapshot import DocumentFacts
from embeddings.text.sentences import split_sentences
from qa.conversation.collection import newest_first
from qa.engine import Engine
from qa.question.names_and_dates import DATE, NAME

EXAMPLES = 2
MAX_CHARACTERS = 90
"""Longer examples do not fit a button."""
MAX_ASKED = 24
"""Candidates asked at most; each costs a question."""
PER_ARTICLE = 4
"""Candidates asked of one article before the next."""
CHARACTERS_READ = 20_000

_DONE_BY_SOMEBODY = (
    "announced|appointed|bought|built|composed|created|declared|defeated|designed|developed|directed|discovered|elected"
    "|emphasi[sz]ed|established|founded|headed|introduced|invented|joined|killed|launched|led|liquidated|married|opened"
    "|ordered|organi[sz]ed|owned|painted|patented|played|produced|proposed|published|refused|resigned|ruled|said|signed"
    "|sold|stated|taught|told|visited|won|wrote"
)
_WHO = re.compile(
    rf"(?:^|[,;:] |\bthat )(?P<answer>(?:(?:The|the|President|Minister) )?{NAME.pattern}(?: [a-z]+)?)"
    rf"(?:,? (?=will )| (?!will ))"
    r"(?P<said>(?:will (?:lead|head|visit|open|play|sign|build)"
    rf"|(?:{_DONE_BY_SOMEBODY})(?! (?:in|by|on|at|as|to)\b))\b[^,;:.()]+)"
)
_WHEN = re.compile(
    rf"(?:^|[,;:] )(?P<subject>(?:(?:The|the) )?{NAME.pattern}) (?P<be>was|were)"
    rf" (?P<done>\w+(?:ed|ilt|ten|orn|un|old)\b[^,;:.()]*?) (?:in|on) (?P<answer>{DATE})"
)
_LEANS = re.compile(
    r"\b(?:that|he|she|it|they|his|her|its|their|this|these|those|him|them|our|we|I|here|also)\b", re.IGNORECASE
)


def example_questions(engine: Engine) -> tuple[str, ...]:
    """Return questions that the articles answer, of different articles where there are several; at most ``EXAMPLES``.

    The first call for a generation asks a few questions; the next ones cost nothing.
    """
    return _examples(engine, engine.documents())


@lru_cache(maxsize=4)
def _examples(engine: Engine, documents: tuple[DocumentFacts, ...]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    asked = 0
    articles = [facts.id for facts in newest_first(documents)]
    for article in articles[:MAX_ASKED]:
        for question, wanted in list(candidates(engine.document(article).text[:CHARACTERS_READ]))[:PER_ARTICLE]:
            asked += 1
            answer = engine.ask(question, top=1)
            if answer.text and (answer.text in wanted or wanted in answer.text):
                found[question] = article
                if len(articles) > 1:
                    break
            if asked >= MAX_ASKED or len(found) >= EXAMPLES:
                return tuple(found)
        if len(found) >= EXAMPLES:
            break
    return tuple(found)


def candidates(text: str) -> Iterator[tuple[str, str]]:
    """Yield questions that a text's own clauses answer, each with its answer.

    >>> list(candidates("After the blast, Azerbaijani firefighters liquidated the fire, and left."))
    [('Who liquidated the fire?', 'Azerbaijani firefighters')]
    """
    for start, end in split_sentences(text):
        sentence = text[start:end]
        for match in _WHO.finditer(sentence):
            # One word may be a thing, and "Who" would be wrong.
            if " " in match["answer"]:
                yield from _usable(f"Who {match['said'].strip()}?", match["answer"])
        for match in _WHEN.finditer(sentence):
            subject = re.sub(r"^The ", "the ", match["subject"])
            yield from _usable(f"When {match['be']} {subject} {match['done']}?", match["answer"])


def _usable(question: str, answer: str) -> Iterator[tuple[str, str]]:
    question = " ".join(question.split())
    if 20 <= len(question) <= MAX_CHARACTERS and not _LEANS.search(f"{question} {answer}"):
        yield question, answer
