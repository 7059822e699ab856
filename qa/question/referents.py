"""What a conversation has spoken of, and of which kind each is: a person, a place, a thing; one or several."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answer import Turn
from qa.question.phrases import QUESTION_WORDS, Phrase, noun_phrases

_OWNERS = frozenset(["his", "her", "its", "their", "my", "your", "our", "it's"])
OLDER = 0.6
"""What a turn speaks of weighs so much less than what the next one does."""
FIRST_TURN = 0.3
"""What a conversation began with never weighs less than this."""
_ONLY_OF_SOMETHING = frozenset(
    "advantage advantages disadvantage disadvantages benefit benefits type types cause causes effect effects symptom"
    " symptoms evidence term name names role theme themes character characters feature features option options"
    " application applications characteristic characteristics root roots result results finding findings objective"
    " objectives impact significance importance meaning relationship problem problems measure level variety version"
    " versions factor factors reason reasons purpose function influence origin origins history layers members".split()
)
"""Heads of phrases that only speak of something else's: the talk goes on about that."""
_INTRODUCES = re.compile(
    r"(?:tell me (?:more )?about|describe|explain|(?:what|who)(?: is| are| was| were|['’]s))\s*$", re.IGNORECASE
)
_ROLES_M = "king man boy father son brother husband uncle mr sir lord prince actor duke emperor monk priest grandfather gentleman".split()
_ROLES_F = "queen woman girl mother daughter sister wife aunt mrs ms miss lady princess actress duchess empress nun widow grandmother".split()
_ROLES = frozenset(
    _ROLES_M
    + _ROLES_F
    + "president minister mayor director deputy head chief captain leader author writer singer player founder inventor"
    " doctor teacher professor scientist composer editor owner chairman chairwoman secretary governor senator judge lawyer"
    " officer general commander soldier driver pilot engineer architect painter poet actor coach manager chancellor pope"
    " bishop reporter journalist witness victim suspect killer candidate spokesman spokeswoman neighbour neighbor friend"
    " child baby person student worker farmer fisherman firefighter keeper successor predecessor winner creator designer"
    " publisher dr prof creator boss guy spouse parent partner rival".split()
)
_PEOPLE = frozenset(
    "people men women children passengers residents inhabitants fishermen firefighters police victims workers players"
    " members soldiers partisans students parents voters crew team family band couple group brothers sisters".split()
)
_PLACES = re.compile(
    r"\b(?:city|town|village|country|state|region|river|lake|island|street|square|park|valley|mountains?|sea|ocean"
    r"|district|province|county|port|harbou?r|bay|desert|forest|airport|station|museum|university|hospital|school)\b",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"\b(?:University|Museum|Party|Organi[sz]ation|Company|Corporation|Institute|Committee|Council|Act|Treaty|War|Agreement"
    r"|Revolution|Movement|League|Cup|Times|Post|Bank|Group|Inc|Ltd|Association|Club|Church|Army|Court|Award|Prize|Bridge"
    r"|Tower|Station|Commission|Ministry|Department|System|Program|Project|Theory)\b"
)
_BEFORE_PLACES = re.compile(
    r"\b(?:in|at|to|from|near|into|visit(?:s|ed)?|across|around|outside|inside)\s+(?:the\s+)?$", re.IGNORECASE
)
_PLURAL = re.compile(r"(?:[^su'’]s|ous\b.{0}s|men|children|people|police|mice|feet|teeth)$")
_SINGULAR_S = frozenset(
    "news physics mathematics politics series species means lens gas bus virus status analysis crisis basis class process texas paris".split()
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What something is, as far as it is known: "person", "place", "thing" or "any"; None is not known."""

    sort: str = "any"
    plural: bool | None = None
    gender: str | None = None
    """ "m" or "f"."""

    def may_be(self, other: "Kind") -> bool:
        """Whether a referent of this kind can be meant by a pronoun of the other."""
        if (
            "any" not in (self.sort, other.sort)
            and self.sort != other.sort
            and {self.sort, other.sort} != {"place", "thing"}
        ):
            return False
        if None not in (self.plural, other.plural) and self.plural != other.plural:
            return False
        return None in (self.gender, other.gender) or self.gender == other.gender


@dataclass(frozen=True, slots=True)
class Referent:
    """Something a conversation has spoken of: the words for it, its kind, and how likely it is what is meant next."""

    text: str
    kind: Kind
    weight: float


def kinds_of(text: str, before: str = "") -> Kind:
    """Tell the kind of what a phrase names; ``before`` is the text before it."""
    phrase = Phrase(text, 0, len(text))
    generic = text.lower().startswith(("a ", "an "))
    head, words = phrase.head.rstrip(".'’"), [word.lower().strip(".") for word in text.split()]
    plural = head not in _SINGULAR_S and bool(_PLURAL.search(head)) or bool(re.search(r"\w and \w", text))
    gender = "f" if set(words) & set(_ROLES_F) else "m" if set(words) & set(_ROLES_M) else None
    first_words = set(re.split(r"\s+of\s+", text.lower())[0].split())
    if head in _ROLES or (first_words & _ROLES and phrase.is_name):
        return Kind("person", False, gender)
    if head in _PEOPLE or head.removesuffix("s") in _ROLES:
        return (
            Kind("person", True, gender)
            if head not in ("team", "group", "band", "crew", "family")
            else Kind("any", None)
        )
    if not phrase.is_name:
        # "How does a virtual machine work?" "What are they used for?"
        return Kind("place" if _PLACES.search(head) else "thing", plural or (None if generic else False))
    if _THINGS.search(text) or re.search(r"\d", text) or (text.isupper() and len(text) > 1):
        return Kind("thing", plural and text.lower().startswith("the ") or None)
    if _PLACES.search(text) or _BEFORE_PLACES.search(before):
        return Kind("place", False)
    if any(
        word[0].islower()
        for word in phrase.bare.split()
        if word not in ("of", "the", "de", "van", "von", "bin", "al", "da")
    ):
        # "Mako sharks", "Lyme disease": a name with a common noun.
        return Kind("thing", plural)
    if text.lower().startswith("the "):
        return Kind("thing", plural or None)
    return Kind("any", True if " and " in text else None if plural else False)


def referents(history: Sequence[Turn]) -> list[Referent]:
    """Return what the turns spoke of, likeliest first, each once: what was spoken of often and lately."""
    found: dict[str, Referent] = {}
    genders = _genders(history)
    for age, turn in enumerate(reversed(history)):
        for referent in _of_turn(turn):
            key = referent.text.lower().removeprefix("the ")
            weight = referent.weight * (max(OLDER**age, FIRST_TURN) if turn is history[0] else OLDER**age)
            known = found.get(key)
            if known is not None:
                found[key] = replace(known, weight=known.weight + weight)
            else:
                gender = referent.kind.gender or genders.get(key)
                found[key] = replace(referent, weight=weight, kind=replace(referent.kind, gender=gender))
    return sorted(found.values(), key=lambda referent: -referent.weight)


def _of_turn(turn: Turn) -> list[Referent]:
    """What one turn spoke of: what its question is about before what it mentions, and its answer."""
    found = []
    asked = turn.answer.question.lower()
    for number, phrase in enumerate(noun_phrases(turn.question)):
        if phrase.text.lower().split()[0] in _OWNERS:
            continue
        kind = kinds_of(phrase.text, turn.question[: phrase.start])
        # What a pronoun was understood as is what the talk is about.
        weight = 1.2 if phrase.text.lower() not in asked else 1.0 if number == 0 else 0.8
        rest = turn.question[phrase.end :].strip(" ?.!")
        owner, whole = _owner(phrase, kind)
        if _INTRODUCES.search(turn.question[: phrase.start]) and not rest and not owner:
            weight = 1.6
        if owner:
            named = Phrase(owner, 0, 0).is_name and not phrase.inner
            found.append(Referent(owner, kinds_of(owner), weight))
            weight *= 1.05 if named else 0.4
        if phrase.head in _ONLY_OF_SOMETHING and not phrase.is_name:
            weight *= 0.3
        found.append(Referent(whole, kind, weight))
    return found + _of_answer(turn)


def _owner(phrase: Phrase, kind: Kind) -> tuple[str | None, str]:
    """Take apart "the history of toilets" and "Holm's boat": the toilets and Holm are spoken of, if not a person is."""
    whole = re.sub(r"['’]s?$", "", phrase.text)
    if match := re.match(r"(.+?)(?:['’]s|(?<=s)['’])\s", whole):
        return match[1], whole
    if phrase.inner and kind.sort != "person" and not phrase.text.split(" of ")[0].split()[-1][0].isupper():
        return phrase.inner, whole
    return None, whole


def _of_answer(turn: Turn) -> list[Referent]:
    text = (turn.answer.text or "").strip(" .,;")
    if not text:
        return []
    asks = turn.question.lower().split()
    who = any(word in ("who", "whom") for word in asks[:2])
    where = "where" in asks[:2]
    phrases = noun_phrases(text)
    if len(text.split()) <= 6 and phrases and phrases[0].start <= 4 and phrases[0].end >= len(text) - 1:
        kind = kinds_of(text)
        if who and kind.sort in ("any", "person"):
            kind = replace(kind, sort="person")
        if where:
            kind = replace(kind, sort="place")
        if re.search(
            r"^\W*\d[\d,.]*\W*$|^(?:on |in )?(?:\d|January|February|March|April|May|June|July|August|Sept|Octo|Nov|Dec|\w+day\b)",
            text,
        ):
            return []
        return [Referent(text, kind, 1.1 if who or where else 0.9)]
    return [
        Referent(phrase.text, kinds_of(phrase.text, text[: phrase.start]), 0.6 if phrase.is_name else 0.4)
        for phrase in phrases
        if phrase.text.split()[0].lower() not in _OWNERS
    ]


def _genders(history: Sequence[Turn]) -> dict[str, str]:
    """Tell the gender of those who were spoken of as "he" or "she" and understood as somebody."""
    known = {}
    for turn in history:
        said = set(re.findall(r"\w+", turn.answer.question.lower()))
        for gender, pronouns in (("m", {"he", "his", "him"}), ("f", {"she", "her", "hers"})):
            if said & pronouns and turn.question.lower() != turn.answer.question.lower():
                for phrase in noun_phrases(turn.question):
                    name = phrase.text.removesuffix("'s").removesuffix("’s")
                    if name.lower() not in turn.answer.question.lower():
                        known[name.lower()] = gender
    return known
