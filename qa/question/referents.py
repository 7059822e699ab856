"""What a conversation has spoken of, and of which kind each is: a person, a place, a thing; one or several."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answer import Turn
from qa.question.phrases import AUXILIARIES, PREPOSITIONS, Phrase, noun_phrases, word_set

SHORT = 5
"""Words of a question that only names another: of "And Mount Whitney?" the mountain is what the talk goes on about."""
_OWNERS = frozenset(["his", "her", "its", "their", "my", "your", "our", "it's"])
OLDER = 0.6
"""What a turn speaks of weighs so much less than what the next one does."""
FIRST_TURN = 0.3
"""What a conversation began with never weighs less than this."""
_ONLY_OF_SOMETHING = word_set(
    "advantage advantages disadvantage disadvantages benefit benefits type types cause causes effect effects symptom"
    " symptoms evidence term name names role theme themes character characters feature features option options"
    " application applications characteristic characteristics root roots result results finding findings objective"
    " objectives impact significance importance meaning relationship problem problems measure level variety version"
    " versions factor factors reason reasons purpose function influence origin origins history layers members"
)
"""Heads of phrases that only speak of something else's: the talk goes on about that."""
_COUNTS = re.compile(
    r"(?:how many|which|what)\s+([\w-]+(?: [\w-]+)?)\s+((?:is|are|was|were|has|have|had)\b\s*)(.+?)\s*\?*$",
    re.IGNORECASE,
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
"""Heads of phrases that a conversation is never about."""
_INTRODUCES = re.compile(
    r"(?:tell me (?:more )?about|describe|explain|(?:what|who)(?: is| are| was| were|['’]s))\s*$", re.IGNORECASE
)
_MEN = word_set(
    "king man boy father son brother husband uncle mr sir lord prince actor duke emperor monk priest "
    "grandfather gentleman"
)
_WOMEN = word_set(
    "queen woman girl mother daughter sister wife aunt mrs ms miss lady princess actress duchess empress "
    "nun widow grandmother"
)
_ROLES = (
    _MEN
    | _WOMEN
    | word_set(
        "president minister mayor director deputy head chief captain leader author writer singer player "
        "founder inventor doctor teacher professor scientist composer editor owner chairman chairwoman "
        "secretary governor senator judge lawyer officer general commander soldier driver pilot engineer "
        "architect painter poet coach manager chancellor pope bishop reporter journalist witness victim "
        "suspect killer candidate spokesman spokeswoman neighbour neighbor friend child baby person student "
        "worker farmer fisherman firefighter keeper successor predecessor winner creator designer publisher "
        "dr prof boss guy spouse parent partner rival"
    )
)
_BY_TRADE = re.compile(r"\w{3,}(?:ist|ician|man|woman)")
_PEOPLE = word_set(
    "people men women children passengers residents inhabitants fishermen firefighters police victims workers players"
    " members soldiers partisans students parents voters crew team family band couple group brothers sisters"
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
_SINGULAR_S = word_set(
    "news physics mathematics politics series species means lens gas bus virus status analysis crisis basis class"
    " process texas paris"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What something is, as far as it is known: "person", "place", "thing", "time" or "any"; None is not known."""

    sort: str = "any"
    plural: bool | None = None
    gender: str | None = None
    """ "m" or "f"."""

    def may_be(self, other: "Kind") -> bool:
        """Whether a referent of this kind can be meant by a pronoun of the other."""
        if "time" in (self.sort, other.sort):
            return self.sort == other.sort
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
    plural = bool(head not in _SINGULAR_S and _PLURAL.search(head)) or bool(re.search(r"\w and \w", text))
    gender = "f" if set(words) & _WOMEN else "m" if set(words) & _MEN else None
    first_words = set(re.split(r"\s+of\s+", text.lower())[0].split())
    roles = {word for word in first_words if word in _ROLES or _BY_TRADE.fullmatch(word)}
    if head in roles or (roles and phrase.is_name):
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
        return Kind("thing")
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
            key = _key(referent.text)
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
        if phrase.text.lower().split()[0] in _OWNERS or phrase.bare.lower() in _TOO_GENERAL:
            continue
        kind = kinds_of(phrase.text, turn.question[: phrase.start])
        # What a pronoun was understood as is what the talk is about.
        weight = 1.2 if phrase.text.lower() not in asked else 1.0 if number == 0 else 0.8
        if weight <= 1.0 and len(asked.split()) <= SHORT and turn.question.lower() != asked:
            weight = 1.6
        rest = turn.question[phrase.end :].strip(" ?.!")
        owner, whole = owner_of(phrase)
        if kind.sort == "person" and not phrase.is_name and phrase.text.lower().startswith(("a ", "an ")):
            # "Where was he a professor?": somebody else is spoken of.
            weight *= 0.3
        if _INTRODUCES.search(turn.question[: phrase.start]) and not rest and not owner:
            weight = 1.6
        if owner:
            named = Phrase(owner, 0, 0).is_name and not phrase.inner
            found.append(Referent(owner, kinds_of(owner), weight))
            weight *= 1.05 if named else 0.4
        if phrase.head in _ONLY_OF_SOMETHING and not phrase.is_name:
            weight *= 0.3
        found.append(Referent(whole, kind, weight))
    return [*_counted(turn.question), *found, *_of_answer(turn)]


def _counted(question: str) -> list[Referent]:
    """Tell who or what a question counts or chooses, in full: "How many passengers were on the ferry?"."""
    match = _COUNTS.match(question)
    if match is None or match[1].lower().split()[0] in AUXILIARIES:
        return []
    kind = kinds_of(match[1])
    if match[3].startswith("there") or match[1].lower().split()[-1] in _ONLY_OF_SOMETHING | _TOO_GENERAL:
        return []
    where = match[3].lower().split()[0] in PREPOSITIONS
    return (
        [Referent(f"the {match[1]} {'' if where else f'that {match[2]}'}{match[3]}", kind, 1.3)] if kind.plural else []
    )


def owner_of(phrase: Phrase) -> tuple[str | None, str]:
    """Take apart "the history of toilets" and "Holm's boat": the toilets and Holm are spoken of, if not a person is."""
    whole = re.sub(r"['’]s?$", "", phrase.text)
    if match := re.match(r"(.+?)(?:['’]s|(?<=s)['’])\s", whole):
        return match[1], whole
    if (
        phrase.inner
        and kinds_of(phrase.text).sort != "person"
        and not phrase.text.split(" of ")[0].split()[-1][0].isupper()
    ):
        return phrase.inner, whole
    return None, whole


def _of_answer(turn: Turn) -> list[Referent]:
    text = re.sub(r"(?<=s)['’]$|['’]s$", "", (turn.answer.text or "").strip(" .,;"))
    if not text:
        return []
    if _TIME.match(text):
        return [Referent(text, Kind("time"), 1.0)]
    asks = turn.question.lower().split()
    who = any(word in ("who", "whom") for word in asks[:2])
    where = "where" in asks[:2]
    phrases = noun_phrases(text)
    if len(text.split()) <= 6 and phrases and phrases[0].start <= 4 and phrases[0].end >= len(text) - 1:
        kind = kinds_of(text)
        if who and not _THINGS.search(text):
            kind = replace(kind, sort="person")
        if where:
            kind = replace(kind, sort="place")
        if not re.search(r"[^\W\d_]{2}", text) or text.lower() in _NUMBERS:
            return []
        chosen = asks[0] in ("what", "which") and Phrase(text, 0, len(text)).is_name
        return [Referent(text, kind, 1.1 if who or where or chosen else 0.9)]
    found = []
    for phrase in phrases:
        if phrase.text.split()[0].lower() not in _OWNERS:
            kind = kinds_of(phrase.text, text[: phrase.start])
            owner, whole = owner_of(phrase)
            found += [Referent(owner, kinds_of(owner), 0.7)] if owner else []
            named = where and phrase.is_name
            kind = replace(kind, sort="place") if named else kind
            found.append(Referent(whole, kind, 1.1 if named else 0.6 if phrase.is_name else 0.4))
    return found


def _genders(history: Sequence[Turn]) -> dict[str, str]:
    """Tell the gender of those who were spoken of as "he" or "she" and understood as somebody."""
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
    """Return the letters that two mentions of one thing have in common."""
    return re.sub(r"['’]s?$", "", text.lower().removeprefix("the "))
