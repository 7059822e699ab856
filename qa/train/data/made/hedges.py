"""Values with their hedges and whole codes: the gold is "about 25", "between 5 and 9", "07-1315", never a part of it."""

from collections.abc import Iterator
from random import Random

from qa.train.data.made.draft import Draft, draw
from qa.train.data.made.words import (
    MONTHS,
    distinct,
    number,
    number_word,
    one_of,
    org,
    person,
    place,
    question_case,
    word,
)
from qa.train.data.records import Record

_PLAIN = number(5, 900000)
_UNITS = ("metres", "kilometres", "hours", "euros", "tons", "litres", "members", "days", "pages", "miles", "kg")


def hedged(r: Random) -> str:
    """Return an amount with the words that bound it."""
    low = r.randint(2, 60)
    n = r.choice([_PLAIN(r), str(low), number_word(r), f"{r.randint(1, 9)}.{r.randint(1, 9)} million"])
    return r.choice([
        f"about {n}", f"around {n}", f"more than {n}", f"less than {n}", f"up to {n}", f"at least {n}", f"at most {n}", f"nearly {n}", f"almost {n}", f"roughly {n}", f"over {n}", f"some {n}",
        f"between {low} and {low + r.randint(1, 40)}", f"{low} to {low + r.randint(1, 40)}", f"{low}-{low + r.randint(1, 40)}", f"fewer than {n}", f"approximately {n}", f"no more than {n}", f"not quite {n}", f"an estimated {n}", f"from {low} to {low + r.randint(1, 40)}",
    ])  # fmt: skip


def rough_time(r: Random) -> str:
    """Return a time that is not exact."""
    y = r.randint(1500, 2020)
    return r.choice([
        f"about {y}", f"around {y}", f"before {y}", f"after {y}", f"the late {y // 10 * 10}s", f"early {y}", f"between {y} and {y + r.randint(2, 30)}",
        f"the middle of {r.choice(MONTHS)} {y}", f"mid-{r.choice(MONTHS)}", f"the end of {y}", f"no later than {r.choice(MONTHS)} {y}",
    ])  # fmt: skip


def whole_code(r: Random) -> str:
    """Return a code, number or address of several parts."""
    a, b = r.randint(1, 99), r.randint(100, 9999)
    letters = "".join(r.choice("ABCDEFGHKLMNPRSTX") for _ in range(r.randint(1, 3)))
    return r.choice([
        f"{a:02}-{b}", f"{letters}-{b}", f"{letters} {b}/{a}", f"{a}.{b % 90}.{b % 7}", f"{letters}{a}-{b}-{r.choice('XYZ')}", f"{b}/{r.randint(1990, 2026)}",
        f"No. {a:02}-{b}", f"{word(r).lower()}@{word(r).lower()}.org", f"+{a} {b} {r.randint(100, 999)}", f"{letters}.{a}.{b}",
    ])  # fmt: skip


_KIND = one_of("bridge|road|tunnel|report|crossing|lake|society|fair")
_THING = lambda r: r.choice([f"the {word(r)} {_KIND(r)}", org(r)])
FORMS = (
    (_THING, hedged, "{s} has {v} members.|{v} people belong to {s}.", "How many members does {s} have?|How many people belong to {s}?"),
    (_THING, lambda r: hedged(r) + " " + r.choice(_UNITS), "{s} measures {v}.|For {s} the figure is {v}.", "How much does {s} measure?|What does {s} measure?"),
    (_THING, lambda r: hedged(r) + " hours", "{s} takes {v}.|It takes {v} to get through {s}.", "How long does {s} take?|How much time does {s} take?"),
    (place, hedged, "In {s}, {v} people were hurt.|{v} people were hurt in {s}.|The storm left {v} people without power in {s}.", "How many people were hurt in {s}?|number of people hurt in {s}"),
    (place, lambda r: hedged(r) + " " + r.choice(["dollars", "euros", "crowns"]), "Rent in {s} is {v}.|In {s} one pays {v} for rent.", "How high is rent in {s}?|How much is rent in {s}?|rent {s}"),
    (_THING, rough_time, "{s} dates from {v}.|The beginnings of {s} lie in {v}.", "When does {s} date from?|From when is {s}?"),
    (lambda r: r.choice(["case ", "flight ", "the file of ", "the contract with "]) + r.choice([person, org])(r), whole_code, "The number of {s} is {v}.|{s} has the number {v}.|{s}: {v}.", "What is the number of {s}?|Which number does {s} have?|{s} number"),
    (org, whole_code, "{s} can be reached under {v}.|Write to {s} at {v}.", "How can {s} be reached?|How do I reach {s}?|contact {s}"),
)  # fmt: skip


def _sample(r: Random) -> Record | None:
    subject, value, forms, questions = r.choice(FORMS)
    shown = r.choice([1, 2, 2, 3, 4])
    subjects, values = distinct(r, subject, shown + 1), distinct(r, value, shown)
    if len(subjects) <= shown or len(values) < shown:
        return None
    draft = Draft()
    for at in range(shown):
        draft.add(" " if at else "")
        draft.write(r.choice(forms.split("|")), {"s": subjects[at], "v": values[at]}, key=at)
    at = r.randrange(shown) if r.random() < 0.8 else shown
    question = question_case(r.choice(questions.split("|")).format(s=subjects[at]), r)
    return draft.record(question, draft.spans.get((at, "v")), "hedge")


def make(r: Random, count: int) -> Iterator[Record]:
    """Yield ``count`` records: parallel facts with hedged values, a fifth of the questions unanswerable."""
    yield from draw(lambda: _sample(r), count)
