"""Which of two is more, which of them does not, and questions for yes or no, answered by the clause that says it."""

from collections.abc import Iterator
from random import Random

from qa.train.data.made.draft import Draft, draw, upper_first
from qa.train.data.made.words import (
    COLOURS,
    distinct,
    number,
    org,
    person,
    place,
    question_case,
    word,
)
from qa.train.data.records import Record

_MEASURES = (
    (lambda r: "the " + word(r) + " Tower", number(20, 800, "metres"), "{s} is {v} tall.|{s} rises {v}.", "taller|higher", "shorter|lower"),
    (lambda r: "the " + word(r), number(20, 3000, "km"), "{s} is {v} long.|The length of {s} is {v}.", "longer", "shorter"),
    (place, number(900, 3000000, "inhabitants"), "{s} has {v}.|In {s} there are {v}.", "bigger|larger|more populous", "smaller"),
    (person, lambda r: str(r.randint(1900, 2005)), "{s} was born in {v}.", "younger", "older"),
    (lambda r: "the " + word(r) + " Bridge", lambda r: str(r.randint(1700, 2020)), "{s} was built in {v}.|{s} dates from {v}.", "newer", "older"),
    (lambda r: "the " + r.choice(COLOURS) + " " + r.choice(["tent", "lamp", "chair", "bicycle"]), number(20, 900, "euros"), "{s} costs {v}.|{s} sells for {v}.", "more expensive|dearer", "cheaper"),
    (lambda r: "parcel " + str(r.randint(100, 999)), number(2, 90, "kg"), "{s} weighs {v}.", "heavier", "lighter"),
)  # fmt: skip
_TRAITS = (
    (lambda r: word(r) + " Hotel", "has a pool", "has no pool", "have a pool"), (lambda r: "Room " + str(r.randint(10, 99)), "has a window", "has no window", "have a window"),
    (person, "eats meat", "does not eat meat", "eat meat"), (lambda r: "the " + r.choice(["train", "bus", "ferry"]) + " to " + place(r), "runs on Sundays", "does not run on Sundays", "run on Sundays"),
    (org, "pays for travel", "does not pay for travel", "pay for travel"), (lambda r: "model " + word(r), "comes with a charger", "comes without a charger", "come with a charger"), (person, "speaks French", "speaks no French", "speak French"),
    (place, "has an airport", "has no airport", "have an airport"), (lambda r: "the " + word(r) + " museum", "admits dogs", "does not admit dogs", "admit dogs"), (lambda r: "the " + word(r) + " pass", "includes breakfast", "does not include breakfast", "include breakfast"),
    (lambda r: word(r) + "DB", "works offline", "does not work offline", "work offline"), (lambda r: "the " + r.choice(COLOURS) + " berry", "is poisonous", "is not poisonous", "be poisonous"), (lambda r: "the " + word(r) + " road", "is open in winter", "is closed in winter", "be open in winter"),
)  # fmt: skip


def _compare(r: Random) -> Record | None:
    """Return "Which is taller, A or B?" over numbers that the passage states."""
    subject, value, forms, more, less = r.choice(_MEASURES)
    names, values = distinct(r, subject, r.choice([2, 2, 3])), distinct(r, value, 3)
    if len(names) < 2 or len(values) < 3:
        return None
    draft, form = Draft(), r.choice(forms.split("|"))
    for number_, name in enumerate(names):
        draft.add(" " if number_ else "")
        draft.write(form, {"s": name, "v": values[number_]}, key=number_)
    sizes = [int("".join(c for c in one if c.isdigit())) for one in values]
    upward = r.random() < 0.5
    at = max((0, 1), key=lambda n: sizes[n] if upward else -sizes[n])
    pair = [names[0], names[1]] if r.random() < 0.5 else [names[1], names[0]]
    which = "Who" if subject is person else "Which"
    question = f"{which} is {r.choice((more if upward else less).split('|'))}, {pair[0]} or {pair[1]}?"
    return draft.record(question_case(question, r), draft.spans[at, "s"], "compare")


def _clause(draft: Draft, name: str, text: str, key: object, r: Random) -> None:
    draft.mark(upper_first(name) + " " + text, key, "clause")
    begin = draft.spans[key, "clause"][0]
    draft.spans[key, "s"] = (begin, begin + len(name))
    draft.add(r.choice([".", ".", ", as everybody knows.", " this year."]))


def _negation(r: Random) -> Record | None:
    """Return a question for the one that does, or does not; or for yes or no about one of them."""
    subject, has, has_not, base = r.choice(_TRAITS)
    names = distinct(r, subject, 3)
    if len(names) < 3:
        return None
    odd, does = r.randrange(2), r.random() < 0.5
    draft = Draft()
    for number_ in range(2):
        draft.add(" " if number_ else "")
        _clause(draft, names[number_], has if (number_ == odd) == does else has_not, number_, r)
    copula = base.startswith("be ")
    chance = r.random()
    if chance < 0.35:
        who = "Who" if subject is person else "Which one"
        does_not = "is not " + base[3:] if copula else "does not " + base
        question, span = f"{who} {has if does else does_not}?", draft.spans[odd, "s"]
    else:
        at = r.randrange(2) if chance < 0.85 else 2
        verb = "Is" if copula else "Does"
        question = f"{verb} {names[at]} {base[3:] if copula else base}?"
        span = draft.spans.get((at, "clause"))
    return draft.record(question_case(question, r), span, "compare")


def make(r: Random, count: int) -> Iterator[Record]:
    """Yield ``count`` records."""
    yield from draw(lambda: r.choice([_compare, _negation])(r), count)
