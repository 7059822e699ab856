"""The noun phrases of a question, found by its function words, without a parser.

A run of words that are neither function words nor verbs is a noun phrase, with the article before it, and joined to
the next one by "of". That is coarse, but what is made of it is only tried, and shown to the user.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

WORD = re.compile(r"\w+(?:(?:[.’'-]|,(?=\d{3}))\w+)*(?:(?<=\b[A-Z])\.(?:[A-Z]\.)*)?")


def word_set(words: str) -> frozenset[str]:
    """Return the words of a list that is written as text."""
    return frozenset(words.split())


DETERMINERS = word_set(
    "a an the this that these those my your his her its our their some any all each every no both another other"
)
PREPOSITIONS = word_set(
    "of in on at for to from with by about between during after before against over under into through without around"
    " like than as near since until till versus vs besides per within across behind below above toward towards among"
    " upon off up down out related"
)
AUXILIARIES = word_set(
    "is are was were be been being am do does did done has have had having can could will would shall should may might"
    " must ought isn't aren't wasn't weren't don't doesn't didn't can't couldn't won't what's who's where's that's"
)
QUESTION_WORDS = word_set("who whom whose what when where why which how")
IMPERATIVES = word_set("tell describe explain give list name show compare")
_DO = word_set("do does did can could will would shall should may might must don't doesn't didn't can't")
_OTHER_FUNCTION_WORDS = word_set(
    "and or but if because so that though while whether there here not also too very really still ever already just"
    " only then now again else more most much many few less least long old far often first originally exactly i you he"
    " she it we they me him us them who what me mine yours hers theirs itself himself herself themselves someone"
    " somebody anyone anybody something anything everyone everything nothing please okay ok yes tell describe explain"
    " give list name compare and yourself got get due how's it's he's she's they're you're i'm let's"
)
FUNCTION_WORDS = DETERMINERS | PREPOSITIONS | AUXILIARIES | QUESTION_WORDS | _OTHER_FUNCTION_WORDS
_VERBS = word_set(
    "accept achieve act add affect agree allow announce appear apply argue arrive ask attack attend avoid ban "
    "base beat become became begin began begun believe belong bring brought build built buy bought call came "
    "carry carried catch caught cause caused choose chose chosen claim close come compare compete conduct "
    "confirm connect consider consist contain contribute cost create cross cure damage deal decide declare "
    "define depend destroy determine develop die differ discover draw drew drink drive drove earn eat ate "
    "elect employ enable end enter establish evolve exist expand expect explain explode extend face fail fall "
    "fell feed feel felt fight fought find found follow force form gave gain get given go goes going gone "
    "went grew grow grown happen hear heard held help hit hold hunt hurt import improve include increase "
    "influence invent invest invite join keep kept kill knew know known lay lead led learn leave left live "
    "look lose lost love made make manage marry mean meet met migrate move need occur offer open operate "
    "order oppose own pay paid perform play prefer prevent produce promise propose protect prove provide "
    "publish put reach read receive refer reject relate release remain remove replace represent require "
    "resign respond result return rise rose rule run ran said save saw say see seem seen sell sold send sent "
    "serve set share show shown sign sing sink sank sit speak spoke spend spent spread stand stood start "
    "state stay steal stole stop study suffer support survive swim take taken taste taught teach tell tend "
    "think thought throw took told travel treat try turn use vary visit vote wait celebrate contrast cook "
    "eaten encounter encountered explore smoke survive understand used want wash watch wear weigh win won "
    "wish work write wrote written"
)
_BEFORE_VERBS = QUESTION_WORDS | {"to", "and", "that", "you", "i", "it", "they", "he", "she", "we"} - {"which"}
_DESCRIBES = re.compile(r"\w+(?:able|ible|ful|ous|ive|less|ical|ique|ed|ant|(?<!m)ent)$|\w{3,}est$|\w+ly$")
"""Words that end what is said about a subject: "is throat cancer treatable", "was the film published"."""
_DESCRIBES_TOO = word_set(
    "bad good born better best worse worst bigger smaller harder easier cheaper safe free legal dead alive true false"
    " popular common necessary different similar same real rich poor big small large high low young open ready possible"
    " successful ethical edible toxic chronic hot cold healthy fast slow important famous endangered first last"
    " next same other main"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: ``text == question[start:end]``. ``head`` is its main noun, in lower case."""

    text: str
    start: int
    end: int

    @property
    def bare(self) -> str:
        """The phrase without its article."""
        return re.sub(r"^(?:a|an|the|some|any|all|each|every|both)\s+", "", self.text, flags=re.IGNORECASE)

    @property
    def head(self) -> str:
        """The main noun: the last word before an "of"."""
        return re.split(r"\s+(?:of|in|for|from|at|on|with|to)\s+", self.text)[0].split()[-1].lower()

    @property
    def inner(self) -> str | None:
        """What follows "of": "sharks" of "the types of sharks"."""
        return self.text.split(" of ", 1)[1] if " of " in self.text else None

    @property
    def is_name(self) -> bool:
        """Whether a word of it, not counting the first of the sentence, has a capital."""
        return any(word[0].isupper() or word[0].isdigit() for word in self.bare.split() if word[0].isalnum())


def noun_phrases(question: str) -> list[Phrase]:
    """Return the noun phrases of a question in order, those that "of" joins as one.

    >>> [phrase.text for phrase in noun_phrases("Why did the mayor of Rovik resign in May?")]
    ['the mayor of Rovik', 'May']
    """
    words = [(match.group(), match.start(), match.end()) for match in WORD.finditer(question)]
    runs = list(_runs(words, question))
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        between = [word.lower() for word, _, _ in words[joined[-1][1] : first]] if joined else []
        gap = question[words[joined[-1][1] - 1][2] : words[first][1]] if joined else ","
        names = between == ["and"] and joined and all(words[at][0][0].isupper() for at in (joined[-1][1] - 1, first))
        if (between == ["of"] or names) and not set(gap) & set(",;?!"):
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    found = []
    for first, last in joined:
        start, end = words[first][1], words[last - 1][2]
        phrase = Phrase(question[start:end], start, end)
        bare = phrase.bare.lower()
        if not re.search(r"[^\W\d_]", bare):
            continue
        if " " in bare or not (_describes(phrase.bare) or (bare in _VERBS and phrase.text == phrase.bare)):
            found.append(phrase)
    return found


def _runs(words: list[tuple[str, int, int]], question: str) -> Iterator[tuple[int, int]]:
    """Yield (first, last) word numbers of runs of content words, an article before them included."""
    at = 0
    while at < len(words):
        if _is_function(words[at][0], at):
            at += 1
            continue
        first = at
        while at < len(words) and not _is_function(words[at][0], at) and (at == first or _adjoin(words, at, question)):
            at += 1
        before = words[first - 1][0].lower() if first else ""
        start, last = _without_verbs(words, first, at, before)
        if start < last:
            article = first and start == first and before in DETERMINERS
            yield (start - 1 if article else start), last


def _adjoin(words: list[tuple[str, int, int]], at: int, question: str) -> bool:
    return not question[words[at - 1][2] : words[at][1]].strip(" '’\"")


def _is_function(word: str, at: int) -> bool:
    # "US", "IT" and "WHO" in capitals are names.
    lower = word.lower()
    if not word.isupper() and re.sub(r"['’]s$", "", lower) in QUESTION_WORDS:  # "When's the fair?"
        return True
    if word == "May" and at:
        return False
    if lower.endswith("ly") and len(lower) > 5 and word[0].islower() and lower not in ("family", "italy", "monopoly"):
        return True
    return lower in FUNCTION_WORDS and not (word.isupper() and len(word) > 1 and word.lower() not in ("a", "i"))


def _without_verbs(words: list[tuple[str, int, int]], first: int, last: int, before: str) -> tuple[int, int]:
    """Cut a run of content words at its verb."""
    run = [word for word, _, _ in words[first:last]]
    if before == "how":
        # "How tall is …"
        return first + 1, last
    if (
        _is_verb(run[0]) or (run[0].endswith("ing") and before in {"it", "they", "he", "she", "you", "we"})
    ) and before in _BEFORE_VERBS:
        # "What causes cancer", "to visit Baku": the phrase is what comes after the verb.
        return first + 1, last
    inverted = _is_inverted(words, first)
    defines = inverted == "be" and words[0][0].lower() in ("what", "who", "what's", "who's")
    for number in range(1, len(run)):
        word = run[number].lower()
        told_of = inverted and not defines and number == len(run) - 1 and _describes(word)
        if not run[number][0].isupper() and (word in _VERBS or _past(word) or told_of):
            return first, first + number
    verb_follows = last < len(words) and words[last][0].lower() in AUXILIARIES | {"get", "got"}
    if inverted == "do" and len(run) > 1 and not run[-1][0].isupper() and not verb_follows:
        return first, last - 1
    return first, last


def _is_inverted(words: list[tuple[str, int, int]], first: int) -> str:
    """Tell whether a subject follows its auxiliary: "do" where a plain verb follows it, "be" for the others."""
    at = first - 1
    if at >= 0 and words[at][0].lower() in DETERMINERS:
        at -= 1
    word = words[at][0].lower() if at >= 0 else ""
    return "do" if word in _DO else "be" if word in AUXILIARIES else ""


def _is_verb(word: str) -> bool:
    lower = word.lower()
    return lower in _VERBS or lower.removesuffix("s") in _VERBS or lower.removesuffix("es") in _VERBS or _past(lower)


def _describes(word: str) -> bool:
    return word[:1].islower() and bool(_DESCRIBES.fullmatch(word) or word in _DESCRIBES_TOO)


def _past(word: str) -> bool:
    return (
        len(word) > 4 and word.endswith("ed") and word not in ("breed", "speed", "united", "seed", "hundred", "embed")
    )
