"""Lists whose whole is the answer, in a sentence or over lines."""

from collections.abc import Iterator
from random import Random

from qa.train.data.made.draft import Draft, draw, upper_first
from qa.train.data.made.words import (
    COUNTRIES,
    JOBS,
    SUBJECTS,
    distinct,
    fruit,
    one_of,
    org,
    person,
    place,
    question_case,
    word,
)
from qa.train.data.records import Record

_SHOP = one_of("boats|bread|tickets|maps|shoes|wool|bicycles|honey|tools|books")
FORMS = (
    (lambda r: f"{_SHOP(r)} in {place(r)}", org, ("These sell {s}", "{s} are sold by", "Sellers of {s}", "Shops for {s}"), ("Who sells {s}?", "Which shops sell {s}?", "Where can I buy {s}?", "{s} sellers")),
    (lambda r: "the board of " + org(r), person, ("Members of {s}", "{s} consists of", "On {s} sit"), ("Who sits on {s}?", "Who are the members of {s}?", "members of {s}")),
    (lambda r: "the " + word(r) + " pact", one_of("|".join(COUNTRIES)), ("Countries of {s}", "{s} was signed by", "These joined {s}"), ("Which countries belong to {s}?", "Who signed {s}?", "countries {s}")),
    (lambda r: "the " + fruit(r) + " salad", one_of("walnuts|celery|cream|parsley|raisins|vinegar|honey|mint|lettuce|olives|salt|pepper"), ("For {s} you need", "Ingredients of {s}", "{s} contains"), ("What do I need for {s}?", "What is in {s}?", "What are the ingredients of {s}?", "ingredients {s}")),
    (lambda r: "the school of " + place(r), one_of("|".join(SUBJECTS)), ("Subjects at {s}", "{s} teaches", "At {s} one can learn"), ("Which subjects does {s} teach?", "What can one learn at {s}?", "subjects {s}")),
    (lambda r: "line " + str(r.randint(2, 99)), place, ("Stops of {s}", "{s} stops at", "{s} goes through"), ("Where does {s} stop?", "What are the stops of {s}?", "stops {s}")),
    (lambda r: "the " + word(r) + " kit", one_of("a hammer|two screws|a spare key|a brush|the manual|a cable|a bag|four bolts|a lamp"), ("{s} includes", "In the box of {s}", "{s} comes with"), ("What does {s} include?", "What comes with {s}?", "contents of {s}")),
    (lambda r: org(r), lambda r: "a " + r.choice([j for j in JOBS if j[0] not in "aeiou"]), ("{s} is looking for", "Open posts at {s}", "{s} wants to hire"), ("Who is {s} looking for?", "Which posts are open at {s}?", "jobs {s}")),
)  # fmt: skip


def _write(r: Random, draft: Draft, subject: str, heads: tuple[str, ...], items: list[str], key: object) -> None:
    """Write one list, in a sentence or over lines; the whole of it is marked, its first mark left out."""
    lines = r.random() < 0.6
    heads = tuple(one for one in heads if lines or (one[0] == "{" and not one.endswith("}"))) or heads
    if lines:
        mark = r.choice(["- ", "* ", "• ", "", "1"])
        draft.write(r.choice(heads) + r.choice([":\n", "\n", ":\n\n"]), {"s": subject}, key=(key, "head"))
        first = "1. " if mark == "1" else mark
        draft.add(first)
        rest = [(f"{n}. " if mark == "1" else mark) + upper_first(item) for n, item in enumerate(items, 1)]
        draft.mark("\n".join(rest)[len(first) :], key, "v")
        draft.add("\n")
    else:
        draft.write(r.choice(heads) + " ", {"s": subject}, key=(key, "head"))
        draft.mark(", ".join(items[:-1]) + r.choice([" and ", ", and "]) + items[-1], key, "v")
        draft.add(". ")


def _sample(r: Random) -> Record | None:
    subject, item, heads, questions = r.choice(FORMS)
    subjects, shown = distinct(r, subject, 3), r.choice([1, 1, 2])
    items = [distinct(r, item, r.randint(2, 7)) for _ in range(2)]
    if len(subjects) < 3 or min(map(len, items)) < 2:
        return None
    draft = Draft()
    for at in range(shown):
        _write(r, draft, subjects[at], heads, items[at], at)
    at = r.randrange(shown) if r.random() < 0.83 else 2
    question = question_case(r.choice(questions).format(s=subjects[at]), r)
    return draft.record(question, draft.spans.get((at, "v")), "made_list")


def make(r: Random, count: int) -> Iterator[Record]:
    """Yield ``count`` records: one or two lists, a sixth of the questions unanswerable."""
    yield from draw(lambda: _sample(r), count)
