"""The referents of a conversation, each with its kind and how likely it is meant next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answer import Turn
from qa.question.phrase_kinds import Kind, kind_of, owner_of
from qa.question.phrases import AUXILIARIES, PREPOSITIONS, Phrase, noun_phrases, word_set

INTRODUCED, COUNTED, UNDERSTOOD, ANSWERED, SUBJECT, ANSWER, MENTIONED, IN_ANSWER = (
    1.6,
    1.3,
    1.2,
    1.1,
    1.0,
    0.9,
    0.8,
    0.7,
)
"""Weight of a referent by how it was mentioned. "Tell me about X" introduces it; what a pronoun was
understood as stays the subject; an answer that was asked for by name ("who") goes before the question's subject.
Set on CAsT 2019 and the conversations of benchmarks/answers/follow_ups.py."""
OF_SOMETHING = 0.4
"""Factor for "the causes" of "the causes of cancer"."""
MERELY = 0.3
"""Factor for a phrase that belongs to something else."""
SHORT_ANSWER = 6
"""Words of an answer that may be a name as a whole."""
SHORT = 5
"""Words of a question that only names another: after "And Mount Whitney?" the mountain is the subject."""
_OWNERS = frozenset(["his", "her", "its", "their", "my", "your", "our", "it's"])
OLDER = 0.6
"""Factor for each turn further back."""
FIRST_TURN = 0.3
"""The first turn's factor never falls below this."""
_ONLY_OF_SOMETHING = word_set(
    "advantage advantages disadvantage disadvantages benefit benefits type types cause causes effect effects symptom"
    " symptoms evidence term name names role theme themes character characters feature features option options"
    " application applications characteristic characteristics root roots result results finding findings objective"
    " objectives impact significance importance meaning relationship problem problems measure level variety version"
    " versions factor factors reason reasons purpose function influence origin origins history layers members"
)
"""Heads of phrases that belong to something else, which is then the subject."""
_COUNTS = re.compile(
    r"(?:how many|which|what)\s+([\w-]+(?: [\w-]+)?)\s+((?:is|are|was|were|has|have|had)\b\s*)(.+?)\s*\?*$",
    re.IGNORECASE,
)
_ACTS = re.compile(
    r"\s+(?:say|tell|think|want|write|believe|meet|go|marry|die|live|wear|ask|speak|feel|become|resign|visit|know|do|like|get"
    r"|note|explain|propose|invent|study|teach|work|retire|born)\b"
)
_IS_WHO = re.compile(
    r"\bwho\s+(?:is|was|were|are|met|married|killed|saw|told|succeeded|replaced|called)\s+$", re.IGNORECASE
)
_TIME = re.compile(
    r"(?:(?:on|in|by|since|until|around)\s+)?(?:the\s+)?(?:\d{1,2}\s+)?(?:\d{3,4}s?\b|January|February|March|April"
    r"|May\b|June|July|August|September|October|November|December|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
)
_NUMBERS = word_set(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand"
)
_TOO_GENERAL = word_set(
    "time times way ways thing things kind kinds type types sort part general example examples difference differences"
    " worth similarities people lot number case"
)
"""Heads of phrases that are never the subject of a conversation."""
_INTRODUCES = re.compile(
    r"(?:tell me (?:more )?about|describe|explain|(?:what|who)(?: is| are| was| were|['’]s))\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Referent:
    """Something mentioned in a conversation: the words for it, its kind, and how likely it is meant next."""

    text: str
    kind: Kind
    weight: float


def referents(history: Sequence[Turn]) -> list[Referent]:
    """Return the referents of the turns, each once, most likely first: those mentioned often and recently."""
    found: dict[str, Referent] = {}
    genders = _genders(history)
    for age, turn in enumerate(reversed(history)):
        for referent in _of_turn(turn):
            key = _key(referent.text)
            weight = referent.weight * (max(OLDER**age, FIRST_TURN) if turn is history[0] else OLDER**age)
            known = found.get(key)
            if known is not None:
                found[key] = replace(known, weight=known.weight + weight)
            else:
                kind = Kind("person", False, genders[key]) if key in genders else referent.kind
                found[key] = replace(referent, weight=weight, kind=kind)
    return sorted(found.values(), key=lambda referent: -referent.weight)


def _of_turn(turn: Turn) -> list[Referent]:
    """The referents of one turn: the subject of its question, other mentions, and its answer."""
    found = []
    for number, phrase in enumerate(noun_phrases(turn.question)):
        if phrase.text.lower().split()[0] in _OWNERS or phrase.bare.lower() in _TOO_GENERAL:
            continue
        kind, weight = _kind_in(turn.question, phrase), _weigh(turn, phrase, number == 0)
        owner, whole = owner_of(phrase)
        if owner:
            found.append(Referent(owner, kind_of(owner), weight))
            # "Darwin's theory" is as likely meant as Darwin, "the causes of cancer" less than cancer.
            weight *= 1.05 if Phrase(owner, 0, 0).is_name and not phrase.inner else OF_SOMETHING
        if phrase.head in _ONLY_OF_SOMETHING and not phrase.is_name:
            weight *= MERELY
        if kind.sort == "person" and not phrase.is_name and phrase.text.lower().startswith(("a ", "an ")):
            # "Where was he a professor?": somebody else is meant.
            weight *= MERELY
        found.append(Referent(whole, kind, weight))
    return [*_counted(turn.question), *found, *_of_answer(turn)]


def _kind_in(question: str, phrase: Phrase) -> Kind:
    """Return a phrase's kind by its words, and by what the question says about it."""
    kind = kind_of(phrase.text, question[: phrase.start])
    if kind.sort == "any" and not kind.plural:
        if _ACTS.match(question[phrase.end :]) or _IS_WHO.search(question[: phrase.start]):
            return replace(kind, sort="person")
        if " " not in phrase.text:
            # One word may name a town, a firm, a river: "he" refers to none of them.
            return replace(kind, sort="place")
    return kind


def _weigh(turn: Turn, phrase: Phrase, is_first: bool) -> float:
    asked = turn.answer.question.lower()
    if phrase.text.lower() not in asked:
        return UNDERSTOOD
    completed = turn.question.lower() != asked
    if completed and len(asked.split()) <= SHORT:
        return INTRODUCED
    ends_there = not turn.question[phrase.end :].strip(" ?.!")
    if _INTRODUCES.search(turn.question[: phrase.start]) and ends_there and not owner_of(phrase)[0]:
        return INTRODUCED
    return SUBJECT if is_first else MENTIONED


def _counted(question: str) -> list[Referent]:
    """Return who or what a question counts or chooses, in full: "How many passengers were on the ferry?"."""
    match = _COUNTS.match(question)
    if match is None or match[3].startswith("there"):
        return []
    words = match[1].lower().split()
    kind = kind_of(match[1])
    if words[0] in AUXILIARIES or words[-1] in _ONLY_OF_SOMETHING | _TOO_GENERAL or not kind.plural:
        return []
    verb = "" if match[3].lower().split()[0] in PREPOSITIONS else f"that {match[2]}"
    return [Referent(f"the {match[1]} {verb}{match[3]}", kind, COUNTED)]


def _of_answer(turn: Turn) -> list[Referent]:
    text = re.sub(r"(?<=s)['’]$|['’]s$", "", (turn.answer.text or "").strip(" .,;"))
    asks = turn.question.lower().split()[:2]
    if not text or not asks or asks[0] in AUXILIARIES:
        # The answer to "is there a portal?" is a yes, nothing that "it" could refer to.
        return []
    if _TIME.match(text):
        return [Referent(text, Kind("time"), SUBJECT)]
    if text[0].isdigit():
        return []
    phrases = noun_phrases(text)
    if len(text.split()) <= SHORT_ANSWER and phrases and phrases[0].start <= 4 and phrases[0].end >= len(text) - 1:
        return _whole_answer(text, asks)
    found = []
    for phrase in phrases:
        if phrase.text.split()[0].lower() not in _OWNERS and not phrase.text[0].isdigit():
            kind = kind_of(phrase.text, text[: phrase.start])
            owner, whole = owner_of(phrase)
            found += [Referent(owner, kind_of(owner), IN_ANSWER)] if owner else []
            if "where" in asks and phrase.is_name:
                found.append(Referent(whole, replace(kind, sort="place"), ANSWERED))
            else:
                found.append(Referent(whole, kind, IN_ANSWER if phrase.is_name else IN_ANSWER / 2))
    return found


def _whole_answer(text: str, asks: Sequence[str]) -> list[Referent]:
    """Take an answer that is one phrase as what was asked for: a person for "who", a place for "where"."""
    if not re.search(r"[^\W\d_]{2}", text) or text.lower() in _NUMBERS:
        return []
    kind, who, where = kind_of(text), bool({"who", "whom"} & set(asks)), "where" in asks
    if who and not kind.is_institution:
        kind = replace(kind, sort="person")
    elif where:
        kind = replace(kind, sort="place")
    chosen = who or where or (asks[0] in ("what", "which") and Phrase(text, 0, len(text)).is_name)
    owner, _ = owner_of(Phrase(text, 0, len(text)))
    owners = [Referent(owner, kind_of(owner), ANSWER)] if owner else []
    return [Referent(text, kind, ANSWERED if chosen else ANSWER), *owners]


def _genders(history: Sequence[Turn]) -> dict[str, str]:
    """Return the gender of those who were called "he" or "she" and resolved."""
    known = {}
    for turn in history:
        asked = turn.answer.question.lower()
        said = set(re.findall(r"\w+", asked))
        for gender, pronouns in (("m", {"he", "his", "him"}), ("f", {"she", "her", "hers"})):
            if said & pronouns and turn.question.lower() != asked:
                for phrase in noun_phrases(turn.question):
                    name = _key(owner_of(phrase)[0] or phrase.text)
                    if name not in asked:
                        known[name] = gender
    return known


def _key(text: str) -> str:
    """Return a key that is the same for two mentions of one thing."""
    return re.sub(r"['’]s?$", "", text.lower().removeprefix("the "))
