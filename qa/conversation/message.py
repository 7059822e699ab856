"""Splits a message as people write it (several questions, a greeting before, thanks after) into parts, in order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from embeddings.text.sentences import split_sentences
from qa.conversation.small_talk import REQUESTS, Talk, talk_of
from qa.question.tidy import MAX_CHARACTERS

_LIST_MARK = re.compile(r"^\s*(?:\(?\d{1,2}[.)]|[-*•–—])\s+")
_ASKS = (
    r"(?:by |to |in |on |at |of |for |from |with |since |until )?(?:who|whom|whose|what|whats|when|where|why|which|how)"
)
_BEGINS_A_QUESTION = re.compile(
    rf"(?:(?:and|but|so|also|then|or|ok|okay)\b[\s,]*)*"
    rf"(?:{_ASKS}|is|are|was|were|do|does|did|can|could|will|would|has|have|had|should|tell me|describe|explain)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"(?<=[?？؟])\s+")
"""A question ends here even if the next one begins with a lower-case letter."""
_COURTESY_BEFORE = re.compile(rf"((?:\S+\s+){{0,3}}?\S+?)[\s,!.:]+(?=(?:and\s+)?{_ASKS}\b)", re.IGNORECASE)
"""What may be a greeting right before a question, without a full stop: "hello there, who won?"."""
_SECOND_CLAUSE = re.compile(
    # "Who won, and when did they play?": a question word with its own verb after an "and".
    r"(?<=\S)(?:,\s*|\s+)(?=and\s+(?:also\s+)?(?:(?:who|what|when|where|why|how)\s+(?:is|are|was|were|do|does|did|has|have|had"
    r"|can|could|will|would)|how (?:many|much|old|long|far)|who\s+\w+ed)\b|and (?:who|when|where|why|how)\s*\?*$)",
    re.IGNORECASE,
)
_ONE_QUESTION = re.compile(r"\b(?:between|both|either|whether|if|know|say|said|explain|describe)\b", re.IGNORECASE)
"""Words before an "and" that may hold both of its sides: "the difference between who asks and who answers"."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message: a question about the articles, a request to the bot, or a courtesy."""

    talk: Talk
    text: str


def read_message(message: str) -> tuple[Part, ...]:
    """Split a message into what is to be answered one by one; never empty.

    Courtesies beside a question or a request are left out, and so are repeated questions. A message of courtesies
    alone is one part, and so is one that is too long to be asked. Other sentences beside a question ("I read about the
    mission. Who led it?") stay with it.

    >>> [(str(part.talk), part.text) for part in read_message("Hi! Who put out the fire? And when? Thanks")]
    [('question', 'Who put out the fire?'), ('question', 'And when?')]
    """
    if len(message) > MAX_CHARACTERS:
        return (Part(Talk.QUESTION, message),)
    parts = [Part(talk_of(text), text) for text in split_questions(message)]
    wanted = [part for part in parts if part.talk is Talk.QUESTION or part.talk in REQUESTS]
    return tuple(dict.fromkeys(wanted)) or (Part(talk_of(message), message.strip()),)


def split_questions(message: str) -> list[str]:
    """Split a message into its questions, as written; other sentences stay with the question before or after them.

    >>> split_questions("1. who won\\n2. when and where")
    ['who won', 'when and where']
    """
    groups: list[list[str]] = []
    waiting: list[str] = []
    for sentence in _sentences(message):
        if talk_of(sentence) is not Talk.QUESTION:
            # Small talk separates what comes before it from what comes after it.
            groups += [[*waiting]] if waiting else []
            groups, waiting = [*groups, [sentence]], []
        elif sentence.rstrip("\"'”’)»* ").endswith(("?", "？", "؟")) or _BEGINS_A_QUESTION.match(sentence):
            groups, waiting = [*groups, [*waiting, sentence]], []
        else:
            waiting.append(sentence)
    if waiting:
        last_asks = groups and talk_of(groups[-1][-1]) is Talk.QUESTION
        groups = [*groups[:-1], groups[-1] + waiting] if last_asks else [*groups, waiting]
    return [" ".join(group) for group in groups]


def _sentences(message: str) -> Iterator[str]:
    """Yield sentences without list marks and greetings, split before a second clause that asks."""
    for line in chain.from_iterable(map(_ASKED.split, _whole_lines(message))):
        for start, end in split_sentences(line):
            courtesy = _COURTESY_BEFORE.match(line, start, end)
            if courtesy and talk_of(courtesy[1]) not in (Talk.QUESTION, Talk.NOTHING, *REQUESTS):
                yield courtesy[1]
                start = courtesy.end()
            yield from _clauses(line[start:end])


def _whole_lines(message: str) -> list[str]:
    """Join lines that only a narrow window broke: a line that begins in lower case and is no question itself."""
    whole: list[str] = []
    for line in filter(None, map(str.strip, message.splitlines())):
        bare = _LIST_MARK.sub("", line)
        goes_on = bare == line and line[0].islower() and not _BEGINS_A_QUESTION.match(line)
        if whole and goes_on and talk_of(line) is Talk.QUESTION and whole[-1][-1] not in ".?!:":
            whole[-1] += f" {line}"
        else:
            whole.append(bare)
    return whole


def _clauses(sentence: str) -> Iterator[str]:
    cut = _SECOND_CLAUSE.search(sentence)
    if (
        cut is None
        or " " not in sentence[: cut.start()]
        or not _BEGINS_A_QUESTION.match(sentence)
        or _ONE_QUESTION.search(sentence, 0, cut.start())
    ):
        yield sentence
        return
    yield sentence[: cut.start()].rstrip(" ,") + "?"
    yield from _clauses(sentence[cut.end() :])
