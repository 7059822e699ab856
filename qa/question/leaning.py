"""Whether a question can stand alone, and which of its words lean on what was said before.

A pronoun leans only where nothing before it in the same question can be meant: "What did Aliyev say about his trip?"
stands alone. "That", "this" and "it" as conjunction, relative or dummy ("Who said that …", "the ferry that sank", "Is
it true that …") never lean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.question.phrases import AUXILIARIES, PREPOSITIONS, QUESTION_WORDS, WORD, noun_phrases, word_set
from qa.question.referents import Kind, kinds_of

LEAD_IN = re.compile(r"^(?:(?:and|but|so|also|then|ok|okay|well|yes|no|oh)\b[\s,]*)+", re.IGNORECASE)
MOST_WORDS_OF_A_FRAGMENT = 6
_KINDS = {
    **dict.fromkeys(["he", "him", "his", "himself"], Kind("person", plural=False, gender="m")),
    **dict.fromkeys(["she", "her", "hers", "herself"], Kind("person", plural=False, gender="f")),
    **dict.fromkeys(["it", "its", "it's", "it’s", "itself"], Kind("thing", plural=False)),
    **dict.fromkeys(["they", "them", "their", "theirs", "themselves"], Kind("any", plural=True)),
    "there": Kind("place"),
}
_POSSESSIVE = frozenset(["his", "its", "their", "it's", "it’s"])
_DEMONSTRATIVE = frozenset(["this", "that", "these", "those"])
_TOLD_OF_IT = (
    "true|possible|likely|legal|illegal|necessary|important|safe|better|best|worth|okay|ok|bad|good|easy|hard|difficult"
    "|common|late|cold|hot|dark"
)
_DUMMY_IT = re.compile(
    # Weather, time, and the "it" that only holds the place of what comes: "is it true that …".
    rf"\b(?:is|was|will|would|does|did)\s+it\s+(?:be\s+)?(?:cost|{_TOLD_OF_IT})\b(?=.*\b(?:to|that|if|when)\b)"
    r"|\bhow long (?:does|did|will|would) it take to\b|\bwhat time (?:is|was) it\b"
    r"|\b(?:is|was|does|did) it (?:rain|snow)\w*"
    r"|\bit (?:is|was|'s|’s) (?:said|true|possible)\b|\bis it (?:because|that)\b"
    r"|\b(?:makes?|made|finds?|found) it (?:\w+ )?(?:to|that|possible|difficult|easy|hard)\b",
    re.IGNORECASE,
)
_CALENDAR = word_set("year month week day morning evening night time moment century decade season summer winter")
_EXISTS = re.compile(
    r"\b(?:is|are|was|were|will|be|been|has|have)\s+there\b|\bthere\s+(?:is|are|was|were|be|been|to|any)\b|\bthere['’]s\b",
    re.I,
)
_WAS_THERE = re.compile(r"(?:who|when|why)\b.*\b(?:is|are|was|were|been)\s+there\s*\?*$", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?:and|or|but|when|if|because|while|after|before|that|who|which|whose|whether|since|as|than|to|where)\b|,", re.I
)
_NOUN_LEFT_OUT = re.compile(
    # "the largest in the world", "the most important ones", "which one".
    r"\b(?:the|these|those)\s+(?:(?:most|least|very)\s+)?(?:(\w{2,}est|first|last|others?|best|worst)(?=\s*[?.!]|\s+(?:in"
    r"|on|for|to|of all|ever|is|was|are|were|known|found|built|invented)\b)|[\w-]+\s+(ones?))\b"
    r"|\b(?:which|what|other|\w+al|\w+ant|popular)\s+(ones?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Lean:
    """A word of a question that means something said before: ``question[start:end]``, and what it can mean."""

    start: int
    end: int
    word: str
    kind: Kind
    possessive: bool = False
    """"his" of "his trip"; also "this" of "this film", which then stays and is explained."""
    noun: str | None = None
    """The noun behind "this" or "that": what is meant is of that sort."""


def leans(question: str) -> list[Lean]:
    """Return what leans in a question, in order; empty where it can stand alone."""
    words = [(match.group(), match.start(), match.end()) for match in WORD.finditer(question)]
    dummies = [match.span() for match in _DUMMY_IT.finditer(question)]
    found = []
    for number, (word, start, end) in enumerate(words):
        lower = word.lower()
        before = words[number - 1][0].lower() if number else ""
        after = (
            words[number + 1][0].lower()
            if number + 1 < len(words) and not question[end : words[number + 1][1]].strip()
            else ""
        )
        if word.isupper() and len(word) > 1:
            continue
        lean = _pronoun(question, lower, start, end, before, after) or _demonstrative(
            question, lower, start, end, before, after
        )
        if lean and not (lower == "it" and any(a <= start < b for a, b in dummies)):
            found.append(lean)
    return sorted([*found, *_nouns_left_out(question)], key=lambda lean: lean.start)


def _nouns_left_out(question: str) -> Iterator[Lean]:
    for match in _NOUN_LEFT_OUT.finditer(question):
        one = next((group for group in (2, 3) if match[group]), None)
        start, end = match.span(one) if one else (match.end(), match.end())
        if not any(not phrase.is_name for phrase in noun_phrases(question[:start])):
            yield Lean(start, end, match[one] if one else "", Kind("thing"))


def _pronoun(question: str, word: str, start: int, end: int, before: str, after: str) -> Lean | None:
    kind = _KINDS.get(word)
    if kind is None:
        return None
    if (
        word == "there"
        and not _WAS_THERE.match(question)
        and any(match.start() <= start < match.end() for match in _EXISTS.finditer(question))
    ):
        return None
    possessive = word in _POSSESSIVE or (
        word == "her" and bool(after) and after not in PREPOSITIONS | AUXILIARIES | {"and", "or", "when"}
    )
    if _antecedent(question, start, kind, possessive):
        return None
    return Lean(start, end, word, kind, possessive)


def _antecedent(question: str, start: int, kind: Kind, possessive: bool) -> bool:
    """Whether something before the pronoun, in the same question, can be what it means."""
    for phrase in noun_phrases(question[:start]):
        own = kinds_of(phrase.text)
        if not own.may_be(kind):
            continue
        between = question[phrase.end : start]
        # "Did Holm meet him?" is of somebody else; "What did Holm do to his boat", "when he …" are of Holm.
        if possessive or _CLAUSE.search(between) or re.match(r"['’]s?\b", between):
            return True
    return False


def _demonstrative(question: str, word: str, start: int, end: int, before: str, after: str) -> Lean | None:
    if word not in _DEMONSTRATIVE or (after in _CALENDAR and word in ("this", "these")):
        return None
    if after in _CALENDAR and word == "that":
        return Lean(start, question.lower().index(after, end) + len(after), word, Kind("time"))
    noun = after if after and after not in AUXILIARIES | PREPOSITIONS | QUESTION_WORDS | {"and", "or", "so"} else None
    plural = word in ("these", "those")
    if word in ("that", "those") and not _points(before, after, noun, word):
        return None
    if after in ("who", "article", "text", "document", "days"):
        return None
    if any(phrase.head == noun for phrase in noun_phrases(question[:start])):
        return None
    return Lean(start, end, word, Kind("any" if noun is None else "thing", plural=plural), noun is not None, noun)


def _points(before: str, after: str, noun: str | None, word: str) -> bool:
    """Whether "that" points at something: not the "that" of "Who said that …" or "the ferry that sank"."""
    if before in PREPOSITIONS | {"is", "was", "does", "did", "do", "has", "like"} or not before:
        # "Is that true?", "at that time"; "is that he left" is a conjunction.
        return after not in {"the", "a", "an", "he", "she", "it", "they", "there", "in"} and not (
            before == "in" and noun is None
        )
    return not after and word == "that"


def is_fragment(question: str) -> bool:
    """Whether a question is only a piece of one: "when?", "and in 1990?", "what about food?", "the captain?"."""
    bare = LEAD_IN.sub("", question).strip(" ?!.")
    words = bare.lower().split()
    if not words:
        return True
    if re.match(r"(?:what|how) about\b", bare, re.IGNORECASE):
        return True
    if any(word in AUXILIARIES for word in words):
        return False
    asks = [word for word in words if word in QUESTION_WORDS]
    if not asks:
        # "And Sweden?"; without the "and", "Sweden" may be all that is asked for.
        return bare != question.strip(" ?!.") and len(words) <= MOST_WORDS_OF_A_FRAGMENT
    return len(words) <= 3 and words[-1] in QUESTION_WORDS | {
        "else",
        "not",
        "so",
        "come",
        "many",
        "much",
        "long",
        "old",
    }
