"""Whether a question can stand alone, and which of its words depend on what was said before.

A pronoun counts only if it can refer to nothing before it in the same question: "What did Aliyev say about his trip?"
stands alone. "That", "this" and "it" as conjunction, relative or dummy ("Who said that …", "the ferry that sank", "Is
it true that …") are none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.question.phrase_kinds import Kind, kind_of, owner_of
from qa.question.phrases import AUXILIARIES, PREPOSITIONS, QUESTION_WORDS, WORD, noun_phrases, word_set

LEAD_IN = re.compile(r"^(?:(?:and|but|so|also|then|ok|okay|well|yes|no|oh)\b[\s,]*)+", re.IGNORECASE)
MOST_WORDS_OF_A_FRAGMENT = 6
_KINDS = {
    **dict.fromkeys(["he", "him", "his", "himself"], Kind("person", plural=False, gender="m")),
    **dict.fromkeys(["she", "her", "hers", "herself"], Kind("person", plural=False, gender="f")),
    **dict.fromkeys(["it", "its", "it's", "it’s", "itself"], Kind("thing", plural=False)),
    **dict.fromkeys(["they", "them", "their", "theirs", "themselves"], Kind("any", plural=True)),
    "there": Kind("place"),
}
_POSSESSIVE = frozenset(["his", "its", "their", "it's", "it’s", "himself", "herself", "itself", "themselves"])
_SUBJECTS = frozenset(["he", "she", "it", "they"])
_DEMONSTRATIVE = frozenset(["this", "that", "these", "those"])
_TOLD_OF_IT = (
    "true|possible|likely|legal|illegal|necessary|important|safe|better|best|worth|okay|ok|bad|good|easy|hard|difficult"
    "|common|late|cold|hot|dark"
)
_DUMMY_IT = re.compile(
    # Weather, time, and the "it" that only holds the place of what comes: "is it true that …".
    rf"\b(?:is|was|will|would|does|did)\s+it\s+(?:\w+ly\s+)?(?:be\s+)?(?:{_TOLD_OF_IT})\b(?=.*\b(?:to|that|if|when)\b)"
    r"|\bit (?:\w+ly )?(?:take|cost|mean)\b(?=.*\b(?:to|for|if|when|that)\b)|\bhow far is it\b"
    r"|\bwhat time (?:is|was) it\b|\b(?:is|was|does|did) it (?:rain|snow)\w*"
    r"|\b(?:is|was) it (?:called|known as) (?:when|if|(?-i:[A-Z]))"
    r"|\bit (?:is|was|'s|’s) (?:said|true|possible)\b|\bis it (?:because|that)\b"
    r"|\b(?:makes?|made|finds?|found) it (?:\w+ )?(?:to|that|possible|difficult|easy|hard)\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:sa(?:y|ys|id)|state[ds]?|claim(?:s|ed)?|know|knows|thinks?|believes?|told us|reports?|reported)\s+$", re.I
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
    r"|on|for|of all|ever|is|was|are|were|known|found|built|invented)\b)|(?!number)[\w-]+\s+(ones?))\b"
    r"|\b(?:which|what|other|\w+al|\w+ant|popular)\s+(ones?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Anaphor:
    """A word of a question that refers to something said before: ``question[start:end]``, and what it can mean."""

    start: int
    end: int
    word: str
    kind: Kind
    possessive: bool = False
    """"his" of "his trip"; also "this" of "this film", which then stays and is explained."""
    noun: str | None = None
    """The noun after "this" or "that": the referent is of that kind."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a question, in lower case, with its neighbours if only white space is between."""

    text: str
    start: int
    end: int
    before: str
    after: str


def find_anaphors(question: str) -> list[Anaphor]:
    """Return the words that refer to earlier turns, in order; empty where the question stands alone."""
    dummies = [match.span() for match in _DUMMY_IT.finditer(question)]
    found = []
    for word in _words(question):
        anaphor = _pronoun(question, word) or _demonstrative(question, word)
        if anaphor and not (word.text == "it" and any(start <= word.start < end for start, end in dummies)):
            found.append(anaphor)
    return sorted([*found, *_nouns_left_out(question)], key=lambda anaphor: anaphor.start)


def _words(question: str) -> Iterator[_Word]:
    matches = list(WORD.finditer(question))
    for number, match in enumerate(matches):
        # "IT", "WHO" and the "He" of "Zheng He" are names.
        if match[0][0].isupper() and (number or (match[0].isupper() and len(match[0]) > 1)):
            continue
        before = matches[number - 1][0].lower() if number else ""
        follows = number + 1 < len(matches) and not question[match.end() : matches[number + 1].start()].strip()
        after = matches[number + 1][0].lower() if follows else ""
        yield _Word(match[0].lower(), match.start(), match.end(), before, after)


def _nouns_left_out(question: str) -> Iterator[Anaphor]:
    for match in _NOUN_LEFT_OUT.finditer(question):
        one = next((group for group in (2, 3) if match[group]), None)
        start, end = match.span(one) if one else (match.end(), match.end())
        if match[0].lower() == match[0] and not any(
            not phrase.is_name for phrase in noun_phrases(question[: match.start() if one else start])
        ):
            yield Anaphor(start, end, match[one] if one else "", Kind("thing"))


def _pronoun(question: str, word: _Word) -> Anaphor | None:
    kind = _KINDS.get(word.text)
    if kind is None:
        return None
    exists = any(match.start() <= word.start < match.end() for match in _EXISTS.finditer(question))
    if word.text == "there" and exists and not _WAS_THERE.match(question):
        return None
    owns = word.text == "her" and word.after and word.after not in PREPOSITIONS | AUXILIARIES | {"and", "or", "when"}
    possessive = word.text in _POSSESSIVE or bool(owns)
    if _antecedent(question, word, kind, possessive):
        return None
    return Anaphor(word.start, word.end, word.text, kind, possessive)


def _antecedent(question: str, word: _Word, kind: Kind, possessive: bool) -> bool:
    """Whether something before the pronoun, in the same question, can be what it means."""
    # "… the territory they controlled": the pronoun begins a clause of its own.
    subject = word.text in _SUBJECTS and word.after and word.after not in PREPOSITIONS | {"and", "or"}
    own_clause = subject and word.before not in AUXILIARIES | QUESTION_WORDS
    for phrase in noun_phrases(question[: word.start]):
        owner, _ = owner_of(phrase)
        if not any(_agrees(one, kind, possessive) for one in (phrase.text, owner) if one):
            continue
        between = question[phrase.end : word.start]
        # "Did Holm meet him?" is of somebody else; "What did Holm do to his boat", "when he …" are of Holm.
        if possessive or own_clause or _CLAUSE.search(between) or re.match(r"['’]s?\b", between):
            return True
    return False


def _agrees(text: str, kind: Kind, possessive: bool) -> bool:
    own = kind_of(text)
    if kind.sort == "person" or not possessive:
        # "FDR" may be a person's.
        return own.may_be(kind) or (possessive and text.isupper())
    # "What spheres place their surnames first?": what comes before "its" and "their" is nearly always what they mean.
    return kind.plural or own.sort != "person"


def _demonstrative(question: str, word: _Word) -> Anaphor | None:
    text, after = word.text, word.after
    if text not in _DEMONSTRATIVE or (after in _CALENDAR and text in ("this", "these")):
        return None
    if after in _CALENDAR and text == "that":
        return Anaphor(word.start, question.lower().index(after, word.end) + len(after), text, Kind("time"))
    noun = after if after and after not in AUXILIARIES | PREPOSITIONS | QUESTION_WORDS | {"and", "or", "so"} else None
    if text in ("that", "those") and not _points(word, noun):
        return None
    if after in ("who", "article", "text", "document", "days"):
        return None
    if any(phrase.head == noun for phrase in noun_phrases(question[: word.start])):
        return None
    kind = Kind("any" if noun is None else "thing", plural=text in ("these", "those"))
    return Anaphor(word.start, word.end, text, kind, noun is not None, noun)


def _points(word: _Word, noun: str | None) -> bool:
    """Whether "that" points at something: not the "that" of "Who said that …" or "the ferry that sank"."""
    if word.before in PREPOSITIONS | {"is", "was", "does", "did", "do", "has", "like", ""}:
        # "Is that true?", "at that time"; "is that he left" is a conjunction.
        conjunction = word.after in {"the", "a", "an", "he", "she", "it", "they", "there", "in"}
        return not conjunction and not (word.before == "in" and noun is None)
    return not word.after and word.text == "that"


def is_whole(anaphor: Anaphor, question: str) -> bool:
    """Whether an anaphor means all that was said: the "that" of "who said that?"."""
    return anaphor.word in ("this", "that") and anaphor.noun is None and bool(_SAYS.search(question[: anaphor.start]))


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
    if len(words) == 2 and words[0] in QUESTION_WORDS and bare.split()[1].islower():
        # "What followed?"
        return True
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
