"""The kind of a phrase: person, place, or thing; singular or plural; gender, where the words show it.

Word lists, no model: a phrase that they do not know may be of any kind, and fits any pronoun.
"""

import re
from dataclasses import dataclass

from qa.question.phrases import Phrase, word_set

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
    " members soldiers partisans students parents voters couple brothers sisters"
)
_PLACES = re.compile(
    r"\b(?:city|town|village|country|state|region|river|lake|island|street|square|park|valley|mountains?|sea|ocean"
    r"|district|province|county|port|harbou?r|bay|desert|forest|airport|station|museum|university|hospital|school)\b",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"\b(?:University|Museum|Party|Organi[sz]ation|Company|Corporation|Institute|Committee|Council|Act|Treaty|War|Agreement"
    r"|Revolution|Movement|League|Cup|Times|Post|Bank|Group|Inc|Ltd|Association|Club|Church|Army|Court|Award|Prize|Bridge"
    r"|Tower|Cathedral|Chapel|Palace|Castle|Stadium|Station|International|News|Fire|Crisis|School|College|Hall|Building|Festival|Amendment|Bill"
    r"|Dispute|Election|Government|Front|Orchestra|Quartet|Observatory|Academy|Gallery|Library|Theat(?:re|er)|Team|Commission|Ministry|Department|System|Program|Project|Theory)\b"
)
_BEFORE_PLACES = re.compile(
    r"\b(?:in|at|to|from|near|into|visit(?:s|ed)?|across|around|outside|inside)\s+(?:the\s+)?$", re.IGNORECASE
)
_PLURAL = re.compile(r"(?:[^su'’]s|ous\b.{0}s|men|children|people|police|mice|feet|teeth)$")
_SINGULAR_S = word_set(
    "news physics mathematics politics series species means lens gas bus virus status analysis crisis basis class"
    " process texas paris"
)
_IN_NAMES = frozenset(["of", "the", "de", "van", "von", "bin", "al", "da", "and"])
_CREWS = frozenset(["team", "group", "band", "crew", "family"])
"""Singular or plural."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What something is: "person", "place", "thing", "time" or "any"; None where number or gender is unknown."""

    sort: str = "any"
    plural: bool | None = None
    gender: str | None = None
    """ "m" or "f"."""
    is_institution: bool = False
    """Whether its name shows an institution: a party, a company, a university."""

    def may_be(self, other: "Kind") -> bool:
        """Whether a pronoun of the other kind can refer to this kind."""
        if "time" in (self.sort, other.sort):
            return self.sort == other.sort
        place_as_it = (self.sort, other.sort) == ("place", "thing")
        if len({self.sort, other.sort} - {"any"}) > 1 and not place_as_it:
            return False
        if None not in (self.plural, other.plural) and self.plural != other.plural:
            return False
        return None in (self.gender, other.gender) or self.gender == other.gender


def kind_of(text: str, before: str = "") -> Kind:
    """Return the kind of what a phrase names; ``before`` is the text before it.

    >>> kind_of("the mayor of Rovik").sort, kind_of("Mako sharks").plural
    ('person', True)
    """
    text = re.split(r"['’]s?\s", text)[-1]
    phrase = Phrase(text, 0, len(text))
    head, words = phrase.head.rstrip(".'’"), {word.lower().strip(".") for word in text.split()}
    gender = "f" if words & _WOMEN else "m" if words & _MEN else None
    roles = {word for word in text.lower().split(" of ")[0].split() if word in _ROLES or _BY_TRADE.fullmatch(word)}
    if head in roles or (roles and phrase.is_name):
        return Kind("person", False, gender)
    if head in _CREWS:
        return Kind("thing")
    if head in _PEOPLE or head.removesuffix("s") in _ROLES:
        return Kind("person", True, gender)
    plural = bool(head not in _SINGULAR_S and _PLURAL.search(head)) or bool(re.search(r"\w and \w", text))
    if phrase.is_name:
        return _kind_of_name(phrase, before, plural)
    # "How does a virtual machine work?" "What are they used for?"
    unknown = text.lower().startswith(("a ", "an "))
    return Kind("place" if _PLACES.search(head) else "thing", plural or (None if unknown else False))


def _kind_of_name(phrase: Phrase, before: str, plural: bool) -> Kind:
    text = phrase.text
    if _THINGS.search(text):
        return Kind("thing", is_institution=True)
    if re.search(r"\d", text) or (text.isupper() and len(text) > 1):
        return Kind("thing")
    if _PLACES.search(text) or _BEFORE_PLACES.search(before):
        return Kind("place", False)
    if any(word[0].islower() and word not in _IN_NAMES for word in phrase.bare.split()):
        # "Mako sharks", "Lyme disease": a name with a common noun.
        return Kind("thing", plural)
    if text.lower().startswith("the "):
        # "the Sierra Nevada": a place or a thing, no person.
        return Kind("place", plural or None)
    return Kind("any", True if " and " in text else None if plural else False)


def owner_of(phrase: Phrase) -> tuple[str | None, str]:
    """Split "the history of toilets" and "Holm's boat" into owner and whole: the owner may be the subject."""
    whole = re.sub(r"['’]s?$", "", phrase.text)
    if match := re.match(r"(.+?)(?:['’]s|(?<=s)['’])\s", whole):
        return match[1], whole
    named = phrase.text.split(" of ")[0].split()[-1][0].isupper()
    if phrase.inner and not named and kind_of(phrase.text).sort != "person":
        return phrase.inner, whole
    return None, whole
