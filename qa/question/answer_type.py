"""What kind of answer a question asks for: a yes or no, a choice, a reason, a way, a definition, a list, a phrase."""

import re
from enum import Enum

_POLITE = re.compile(
    r"^(?:(?:hi|hello|please|well|so|and|ok|okay)\b[,!.]?\s+)*"
    r"(?:(?:could|can|would|will) you (?:please )?(?:tell|say|explain|let)(?: to)? (?:me|us)(?: know)?|do you know"
    r"|(?:please )?tell (?:me|us)|i(?:['’]d| would) like to know|i want(?:ed)? to know|i wonder|any idea)"
    r"[,:]?\s+(?:please\s+)?(?:(?P<whether>whether|if)\s+)?",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|may|might|must)(?:n['’]t)?\b",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_WHY = re.compile(
    r"(?:why|how come|for what reason)\b|what (?:is|are|was|were) the reasons?\b|.*[-–,] why\b", re.IGNORECASE
)
_HOW = re.compile(
    r"how\s+(?:do|does|did|can|could|is|are|was|were|has|have|had|to|would|should|will|might|must|exactly)\b"
    r"|in what way\b|by what means\b|what should (?:i|you|we|one) do\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"(?:what|who)(?:\s+(?:exactly|on earth))?(?:\s+(?:is|are|was|were)|['’]s)\s+(?:an?\s+|the\s+)?"
    r"(?:[\w’.-]+\s+){0,2}[\w.-]+(?:,? exactly)?\s*\?*$"
    r"|(?:define|explain|describe)\s|what (?:does|do|did|is) .{2,60}? (?:mean|stand for|meant by)\b"
    r"|(?:meaning|definition) of\b|.{2,60}? [-–—:] (?:what|who) (?:is|are|was|were) (?:it|that|this|they|he|she)\b",
    re.IGNORECASE,
)
_ASKS_FOR_ONE_THING = re.compile(
    r"\b(?:of|in|at|for|by|from|with|to|that|first|last|\w+est|most|name|title|number|price|date|age|reason|average"
    r"|total|cost|size|rate|capital|population|height|length|weight)\b|['’]s?\s",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"(?:name|list|enumerate)\b|(?:what|which)\s+(?:are|were)\s+(?:the|some|all)\b|what all\b"
    r"|\b(?:what|which|name|list)\s+(?:(?:the|all|other)\s+)*(?:two|three|four|five|six|seven|eight|nine|ten|several)\b"
    r"|(?:in |on |from |of |with |at )?(?:what|which)\s+(?:(?:other|different|(?:kind|type|sort)s? of)\s+)?(?:\w+\s+)?"
    r"(?!(?:was|is|has|does|its|his|us|this|happens|means|makes|goes)\b)\w{2,}[^s\W]s\b(?!['’])",
    re.IGNORECASE,
)


_PART = (
    (
        "when",
        r"\bwhen\b|\bhow long ago\b|\b(?:what|which) (?:year|date|day|month|century|decade)\b|\bwhat time\b",
    ),
    (
        "number",
        r"\bhow (?:many|much|old|tall|high|far|long|big|large|often|deep|wide|heavy|fast)\b"
        r"|\bwhat (?:percentage|number|amount|age|population|percent)\b",
    ),
    (
        "who",
        r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|company|organi[sz]ation|team|group|president|minister)\b",
    ),
    (
        "where",
        r"\bwhere\b"
        r"|\b(?:what|which) (?:city|country|place|state|town|region|location|village|street|river)\b",
    ),
)


class AnswerType(Enum):
    """What an answer to a question has to be."""

    YES_OR_NO = "yes or no"
    CHOICE = "choice"
    REASON = "reason"
    WAY = "way"
    DEFINITION = "definition"
    LIST = "list"
    DATE = "when"
    NUMBER = "number"
    PERSON = "who"
    PLACE = "where"
    PART = "other"


def without_courtesy(question: str) -> str:
    """Return the question without the polite phrase in front of it.

    >>> without_courtesy("Could you tell me when the council meets?")
    'when the council meets?'
    """
    courtesy = _POLITE.match(question)
    return question[courtesy.end() :] if courtesy else question


def answer_type_of(question: str) -> AnswerType:
    """Tell what kind of answer a question asks for.

    >>> [answer_type_of(one).value for one in ("Does Baku support it?", "Who is Anna Lund?", "How do I reset it?")]
    ['yes or no', 'definition', 'way']
    """
    courtesy, bare = _POLITE.match(question.strip()), without_courtesy(question.strip())
    whether = bool(courtesy and courtesy["whether"])
    if whether or (_AUXILIARY.match(bare) and not _QUESTION_WORD.search(bare)):
        return AnswerType.CHOICE if _OR.search(bare) else AnswerType.YES_OR_NO
    for pattern, kind in ((_WHY, AnswerType.REASON), (_HOW, AnswerType.WAY)):
        if pattern.match(bare):
            return kind
    if _OR.search(bare) and _QUESTION_WORD.search(bare):
        return AnswerType.CHOICE
    if _DEFINITION.match(bare) and not _ASKS_FOR_ONE_THING.search(bare.partition(" ")[2]):
        return AnswerType.DEFINITION
    asked = next((AnswerType(part) for part, words in _PART if re.search(words, bare, re.IGNORECASE)), AnswerType.PART)
    return AnswerType.LIST if asked in (AnswerType.PART, AnswerType.PERSON) and _LIST.match(bare) else asked
