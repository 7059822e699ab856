"""The name is in one sentence, the answer in the next, which says "she", "it" or "the company"."""

from collections.abc import Iterator
from random import Random

from qa.train.data.made.draft import Draft, draw
from qa.train.data.made.words import (
    JOBS,
    SUBJECTS,
    date,
    distinct,
    money,
    number,
    one_of,
    org,
    percent,
    person,
    place,
    question_case,
    word,
    year,
)
from qa.train.data.records import Record

_job = one_of("|".join(job for job in JOBS if job[0] not in "aeiou"))
_PERSON = (
    ("{s} joined the team in spring.", "{s} is a well-known {j}.", "{s} has lived here for years.", "Everybody knows {s}.", "Then {s} arrived."),
    ((place, "{P} was born in {v}.", "Where was {s} born?"), (date, "{P} died on {v}.", "When did {s} die?"), (org, "{P} works for {v}.", "Who does {s} work for?"), (lambda r: r.choice(SUBJECTS), "{P} studied {v}.", "What did {s} study?"),
     (person, "{P} married {v}.", "Who did {s} marry?"), (year(), "{P} retired in {v}.", "When did {s} retire?"), (place, "In the end {p} moved to {v}.", "Where did {s} move?"), (lambda r: word(r) + " Prize", "Later {p} won the {v}.", "What did {s} win?")),
)  # fmt: skip
_ORG = (
    ("{s} is one of the oldest firms of the region.", "Many people know {s}.", "{s} had a difficult year.", "Then there is {s}.", "{s} was in the news again."),
    ((place, "{P} has its seat in {v}.", "Where is {s} based?"), (year(), "{P} was founded in {v}.", "When was {s} founded?"), (person, "{P} is led by {v}.", "Who leads {s}?"), (number(20, 90000), "{P} employs {v} people.", "How many people does {s} employ?"),
     (money, "Last year {p} earned {v}.", "How much did {s} earn?"), (lambda r: "the " + word(r), "{P} sells {v} engine.", "Which engine does {s} sell?"), (percent, "{P} grew by {v}.", "By how much did {s} grow?")),
)  # fmt: skip
_PLACE = (
    ("{s} lies in the north.", "One should not forget {s}.", "The road goes on to {s}.", "{s} is worth a visit."),
    ((number(300, 90000), "{P} has {v} inhabitants.", "How many people live in {s}?"), (year(1100, 1900), "{P} was founded in {v}.", "When was {s} founded?"), (person, "The mayor there is {v}.", "Who is the mayor of {s}?"), (one_of("cheese|glass|wool|ships|honey"), "{P} is known for {v}.", "What is {s} known for?")),
)  # fmt: skip
_KINDS = (
    (person, _PERSON, ("he", "she")),
    (org, _ORG, ("it", "the company", "the firm")),
    (place, _PLACE, ("it", "the town", "the place")),
)


def _sample(r: Random) -> Record | None:
    subject, (openers, facts), stand_ins = r.choice(_KINDS)
    shown = r.choice([1, 2, 2, 3, 4])
    names = distinct(r, subject, shown + 1)
    if len(names) <= shown:
        return None
    same = r.random() < 0.6
    chosen = [r.choice(facts)] * shown if same else [r.choice(facts) for _ in range(shown)]
    values = distinct(r, lambda r: r.choice(chosen)[0](r), shown) if same else [fact[0](r) for fact in chosen]
    if len(values) < shown:
        return None
    draft = Draft()
    for at in range(shown):
        pronoun = r.choice(stand_ins)
        draft.add(" " if at else "")
        draft.write(r.choice(openers) + " ", {"s": names[at], "j": _job(r)}, key=(at, "open"))
        draft.write(chosen[at][1], {"p": pronoun, "P": pronoun, "v": values[at]}, key=at)
    at = r.randrange(shown)
    absent = r.random() < 0.22
    question = question_case(chosen[at][2].format(s=names[shown] if absent else names[at]), r)
    return draft.record(question, None if absent else draft.spans[at, "v"], "pronoun")


def make(r: Random, count: int) -> Iterator[Record]:
    """Yield ``count`` records: two to four such pairs, and a question for one of them, or for what is not told of it."""
    yield from draw(lambda: _sample(r), count)
