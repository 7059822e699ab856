"""Follow-up questions: completed from the turn before, so that they stand alone.

Rules, not a model: they touch a question only where it leans on what came before (a pronoun, "what about", an
ellipsis), and what a question was understood as is always shown, so that a wrong completion is seen and not believed.
"""

import re
from collections.abc import Sequence

from qa.answer import Turn

_NAME = r"(?:[A-ZÀ-ÖØ-ÞĀ-ŽƏİА-ЯЁ][\w'’.-]*)"
_NAME_RUN = re.compile(rf"{_NAME}(?:\s+(?:(?:of|the|de|al|bin|van|von|and)\s+)*{_NAME})*")
_PERSON_PRONOUN = re.compile(r"\b(he|she|him|his|her|hers|himself|herself)\b", re.IGNORECASE)
_THING_PRONOUN = re.compile(
    r"\b(it|its|they|them|their|theirs|this|that|these|those)\b(?!\s+(?:a|an|the|is|are|was|were|there)\b)",
    re.IGNORECASE,
)
_PLACE_PRONOUN = re.compile(
    r"\bthere\b(?=\s*\??$)|\b(?<!is )(?<!are )(?<!was )(?<!were )there\b(?!\s+(?:is|are|was|were)\b)", re.IGNORECASE
)
"""Not the "there" of "is there a portal?"."""
_BEFORE_PLACES = frozenset(
    ["in", "at", "to", "from", "of", "the", "near", "visit", "visits", "visited", "into", "over"]
)
_ROLE = re.compile(r"(the|a|an|his|her|its|their)\s+(\S+(?:\s+\S+){0,4})", re.IGNORECASE)
"""Who somebody is where no name was given: "the mayor", "The Head of State"."""
_POSSESSIVE = {"his", "hers", "its", "their", "theirs"}
_LEAD_IN = re.compile(r"^(?:(?:and|but|so|also|then|ok|okay|well)\b[\s,]*)+", re.IGNORECASE)
_WHAT_ABOUT = re.compile(r"^(?:what|how)\s+about\s+(.+?)\s*\??$", re.IGNORECASE)
_ELLIPSIS = re.compile(
    r"^(who|when|where|why|how|how many|how much|which|what|by whom|since when|until when|with whom)\s*\??$",
    re.IGNORECASE,
)
_QUESTION_WORDS = frozenset(
    [
        "who",
        "whom",
        "whose",
        "what",
        "when",
        "where",
        "why",
        "which",
        "how",
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "has",
        "have",
        "had",
        "in",
        "on",
        "at",
        "of",
        "the",
        "a",
        "an",
    ]
)


def stand_alone(question: str, history: Sequence[Turn]) -> str | None:
    """Complete a follow-up from the last turn; return None where the question already stands alone.

    >>> from qa.answer import Answer
    >>> turn = Turn("Who said the mission would return?", Answer("…", "Ilham Aliyev", 0.9, ()))
    >>> stand_alone("and what did he say about the police?", [turn])
    'what did Ilham Aliyev say about the police?'
    """
    if not history:
        return None
    last = history[-1]
    bare = _LEAD_IN.sub("", question).strip() or question
    for complete in (_complete_what_about, _complete_ellipsis, _complete_pronouns):
        understood = complete(bare, last)
        if understood is not None:
            return understood
    return bare if bare != question else None


def _complete_what_about(question: str, last: Turn) -> str | None:
    match = _WHAT_ABOUT.match(question)
    if match is None:
        return None
    topic = match.group(1)
    names = _names(last.question)
    if names and _NAME_RUN.search(topic):
        at = last.question.rindex(names[-1])
        article = re.match(r"the\s+", topic, re.IGNORECASE)
        if article and last.question[:at].lower().endswith("the "):
            topic = topic[article.end() :]
        return last.question[:at] + topic + last.question[at + len(names[-1]) :]
    return f"{last.question.rstrip('?! .')}, {topic}?"


def _complete_ellipsis(question: str, last: Turn) -> str | None:
    match = _ELLIPSIS.match(question)
    if match is None:
        return None
    rest = re.sub(
        r"^(?:who|whom|what|when|where|why|which|how(?: many| much)?)\s+", "", last.question, flags=re.IGNORECASE
    )
    known = f" ({last.answer.text})" if last.answer.text else ""
    return f"{match.group(1)} {rest.rstrip('?! .')}{known}?"


def _complete_pronouns(question: str, last: Turn) -> str | None:
    understood = question
    for pronoun, referent in (
        (_PERSON_PRONOUN, _person(last)),
        (_PLACE_PRONOUN, _place(last)),
        (_THING_PRONOUN, _thing(last)),
    ):
        match = pronoun.search(understood)
        if match is None or referent is None or referent.lower() in understood.lower():
            continue
        understood = (
            understood[: match.start()]
            + _inflect(match.group(0), referent, understood[match.end() :])
            + understood[match.end() :]
        )
    return understood if understood != question else None


def _inflect(pronoun: str, referent: str, rest: str) -> str:
    if pronoun.lower() == "there":
        return f"in {referent}"
    possessive = pronoun.lower() in _POSSESSIVE or (pronoun.lower() == "her" and re.match(r"\s+[a-z]", rest))
    if pronoun.lower() in {"this", "that", "these", "those"} and re.match(r"\s+[a-z]", rest):
        return f"{pronoun} ({referent})"
    return f"{referent}'s" if possessive else referent


def _names(text: str) -> list[str]:
    """Find runs of capitalised words, leaving out question words that are capitalised for standing first."""
    found = []
    for match in _NAME_RUN.finditer(text):
        words = match.group(0).split()
        # "WHO" in capitals is an organisation.
        while words and words[0].lower() in _QUESTION_WORDS and not (words[0].isupper() and len(words[0]) > 1):
            words.pop(0)
        if words:
            found.append(" ".join(words).rstrip(".,"))
    return found


def _is_name(text: str | None) -> bool:
    return bool(text) and len(text.split()) <= 6 and text in _names(text)


def _person(last: Turn) -> str | None:
    if re.match(r"(?:by\s+)?who", last.question, re.IGNORECASE):
        if _is_name(last.answer.text):
            return last.answer.text
        if role := _ROLE.fullmatch(last.answer.text or ""):
            return f"{role[1].lower()} {role[2]}"
    return next((name for name in _names(last.question) if _may_be_person(name, last.question)), None) or next(
        (name for name in _names(last.answer.text or "") if _may_be_person(name, last.answer.text)), None
    )


def _may_be_person(name: str, text: str) -> bool:
    """Whether a name may be a person's: no abbreviation, and not where a place or a thing would stand."""
    before = text[: text.index(name)].rstrip().rpartition(" ")[2].lower() if name in text else ""
    return not name.isupper() and before not in _BEFORE_PLACES


def _place(last: Turn) -> str | None:
    if re.match(r"(?:in\s+)?(?:where|which|what)\b", last.question, re.IGNORECASE) and last.answer.text:
        found = _names(last.answer.text)
        return found[-1] if found else last.answer.text
    return next(iter(reversed(_names(last.question))), None)


def _thing(last: Turn) -> str | None:
    names = _names(last.question)
    if names:
        return names[-1]
    if last.answer.text and len(last.answer.text.split()) <= 8:
        return last.answer.text
    return _topic(last.question)


def _topic(question: str) -> str | None:
    """The last noun-like stretch of a question: what follows its last article."""
    match = re.search(r".*\b((?:the|a|an)\s+[\w\s'’-]+?)\s*\??$", question, re.IGNORECASE)
    return match.group(1) if match else None
