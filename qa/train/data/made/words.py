"""Names, numbers and the like for made-up facts: small seeded makers, each given the source of chance."""

from collections.abc import Callable
from random import Random

from qa.train.data import parallel_facts as pf

Maker = Callable[[Random], str]
TRIES = 400
"""Draws until fewer distinct values than wanted are accepted."""
person: Maker = lambda r: f"{r.choice(pf.FIRST)} {r.choice(pf.LAST)}"
place: Maker = pf.place
org: Maker = pf.org
word: Maker = pf.word
money: Maker = pf.money
clock: Maker = pf.clock
percent: Maker = pf.percent
code: Maker = pf.code
COLOURS, JOBS, MONTHS, CITIES, COUNTRIES = pf.COLOUR, pf.JOB, pf.MONTH, pf.CITY, pf.COUNTRY
FIRST, LAST = pf.FIRST, pf.LAST
MATERIALS, SUBJECTS = pf.MATERIAL, pf.SUBJECT
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]


def one_of(choices: str) -> Maker:
    """Return a maker that picks one of these, which are separated by '|'."""
    options = choices.split("|")
    return lambda r: r.choice(options)


number_word = one_of("two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty")
fruit = one_of("pineapple|apple|cherry|plum|pear|lemon|orange|carrot|poppy|seed|walnut|almond|honey|chocolate|rhubarb")


def number(low: int, high: int, unit: str = "") -> Maker:
    """Return a maker of whole numbers with a unit behind, thousands set apart at times."""
    tail = f" {unit}" if unit else ""

    def make(r: Random) -> str:
        value = r.randint(low, high)
        return (f"{value:,}" if value > 999 and r.random() < 0.8 else str(value)) + tail

    return make


def year(low: int = 1850, high: int = 2025) -> Maker:
    """Return a maker of years."""
    return lambda r: str(r.randint(low, high))


def date(r: Random) -> str:
    """Return a date, written in one of several ways."""
    day, month, when = r.randint(1, 28), r.choice(MONTHS), r.randint(1950, 2026)
    return r.choice(
        [f"{day} {month} {when}", f"{month} {day}, {when}", f"{day} {month}", f"{when}-{r.randint(1, 12):02}-{day:02}"]
    )


def quantity(r: Random) -> str:
    """Return an amount as recipes and lists give it."""
    return r.choice(
        [f"{r.randint(2, 90) * 10} g", f"{r.randint(2, 9)} tablespoons", f"{r.randint(2, 9)} dl", f"{r.randint(2, 8)} cups",
         f"{r.randint(1, 9)}.{r.randint(1, 9)} kg", f"{r.randint(2, 9)} teaspoons", "half a litre", f"{r.randint(2, 40)} ounces"]
    )  # fmt: skip


def duration(r: Random) -> str:
    """Return a length of time."""
    return r.choice(
        [f"{r.randint(2, 55)} minutes", f"{r.randint(2, 20)} hours", f"{r.randint(2, 30)} days", f"{r.randint(2, 18)} months",
         f"{number_word(r)} weeks", f"{number_word(r)} years", "an hour and a half", f"{r.randint(2, 9)} years"]
    )  # fmt: skip


def hours(r: Random) -> str:
    """Return opening hours."""
    start, end = r.randint(6, 11), r.randint(14, 22)
    return r.choice(
        [f"{start}:00-{end}:00", f"{start} a.m. to {end - 12} p.m.", f"from {start} to {end}", f"{start}.30 - {end}.00"]
    )


def distinct(r: Random, make: Maker, count: int) -> list[str]:
    """Return up to ``count`` values of which none is part of another."""
    found: list[str] = []
    for _ in range(TRIES):
        if len(found) == count:
            break
        value = make(r)
        low = value.lower()
        if all(low not in other.lower() and other.lower() not in low for other in found):
            found.append(value)
    return found


def question_case(question: str, r: Random) -> str:
    """Write the first letter as a capital where it is a full question; some in lower case without a question mark."""
    if question.endswith("?"):
        question = question[:1].upper() + question[1:]
    return question.lower().rstrip("?") if r.random() < 0.1 else question
