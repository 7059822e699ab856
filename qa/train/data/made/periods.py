"""One subject through several periods: the wrong period's fact is what misleads."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from qa.train.data.made.draft import Draft, draw
from qa.train.data.made.words import (
    CITIES,
    COLOURS,
    ORDINALS,
    Maker,
    distinct,
    money,
    number,
    org,
    percent,
    person,
    place,
    question_case,
    word,
)
from qa.train.data.records import Record


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of succession. Slots: ``{s}`` subject, ``{v}`` value, ``{a}``-``{b}`` its period, ``{p}`` the one before, ``{n}`` the next."""

    subject: Maker
    value: Maker
    first: tuple[str, ...]
    """Sentences for the first period."""
    later: tuple[str, ...]
    """Sentences for those that follow."""
    within: tuple[str, ...]
    """Questions that name a year ``{y}`` inside the period."""
    before: tuple[str, ...]
    """Questions for what was before ``{n}``."""
    after: tuple[str, ...]
    """Questions for what came after ``{p}``."""
    nth: tuple[str, ...]
    """Questions with an ordinal ``{o}``."""
    now: tuple[str, ...]
    """Questions for the last of them."""
    start: tuple[str, ...] = ()
    """Questions for the year in which ``{v}`` began."""


def _family(subject: Maker, value: Maker, *parts: str) -> Family:
    return Family(subject, value, *(tuple(part.split("|")) if part else () for part in parts))


_the = lambda *kinds: lambda r: f"the {word(r)} {r.choice(kinds)}"
TRAIN = (
    _family(_the("street", "school", "theatre", "ship", "company", "square", "hospital", "stadium"), lambda r: word(r) + r.choice([" House", " Star", " Park", "", " Hall"]),
        "{s} was first called {v}.|In {a}, {s} got the name {v}.|{s} opened in {a} under the name {v}.|From {a} to {b} {s} bore the name {v}.",
        "In {a} it was renamed {v}.|From {a} to {b} it was called {v}.|Since {a} the name has been {v}.|It took the name {v} in {a}.|The name was changed to {v} in {a}.",
        "What was {s} called in {y}?|What was the name of {s} in {y}?|Which name did {s} have in {y}?|name of {s} in {y}",
        "What was {s} called before it was renamed {n}?|What was the name of {s} before {n}?|What was {n} called before?|What was {s} called until {b}?",
        "What was {s} called after {p}?|Which name did {s} get after {p}?|What was {p} renamed to?|What was {s} renamed in {a}?", "What was the {o} name of {s}?",
        "What is {s} called now?|What is {s} called today?|What is the name of {s} since {a}?", "When was {s} renamed {v}?|When did {s} get the name {v}?|Since when was {s} called {v}?"),
    _family(lambda r: "the " + r.choice(["mayor of ", "bishop of ", "director of the museum in ", "harbour master of ", "head of the library of "]) + place(r), person,
        "{v} was {s} from {a} to {b}.|In {a}, {v} became {s}.|{v} held the office of {s} from {a} until {b}.|The first was {v}, {s} from {a} to {b}.",
        "{v} followed in {a}.|In {a} came {v}.|{v} held the office from {a} to {b}.|From {a} to {b} it was {v}.|{v} took over in {a}.|In {a} {v} was elected.|{p} was succeeded by {v} in {a}.",
        "Who was {s} in {y}?|Who held the office of {s} in {y}?|{s} in {y}|{s} {y}", "Who was {s} before {n}?|Whom did {n} succeed as {s}?|Who was {s} until {b}?|Who came before {n} as {s}?|predecessor of {n}",
        "Who was {s} after {p}?|Who followed {p} as {s}?|Who succeeded {p}?|Who became {s} in {a}?", "Who was the {o} to be {s}?|Who was {o} as {s}?", "Who is {s} now?|Who has been {s} since {a}?", "When did {v} become {s}?|Since when was {v} {s}?|From when was {v} {s}?"),
    _family(lambda r: r.choice(["a ticket to ", "the ferry to ", "a day pass in ", "the bus to "]) + place(r), money,
        "In {a}, {s} cost {v}.|{s} cost {v} in {a}.|From {a} the price of {s} was {v}.", "In {a} the price rose to {v}.|From {a} it cost {v}.|In {a} it was changed to {v}.|Since {a} one pays {v}.|Until {b} the price was {v}.",
        "How much did {s} cost in {y}?|What was the price of {s} in {y}?|price of {s} {y}", "How much did {s} cost before it rose to {n}?|What did {s} cost until {b}?|What was the price of {s} before {n}?",
        "To what did the price of {s} change after {p}?|What did {s} cost after the price of {p}?|How much did {s} cost from {a}?", "What was the {o} price of {s}?", "How much does {s} cost now?|What does {s} cost today?|How much has {s} cost since {a}?", "When did {s} begin to cost {v}?"),
    _family(_the("castle", "mill", "estate", "hotel", "newspaper", "brewery", "island"), lambda r: r.choice([person, org])(r),
        "In {a}, {s} was bought by {v}.|{v} owned {s} from {a} to {b}.|{s} belonged to {v} until {b}.", "In {a} it was sold to {v}.|{v} bought it in {a}.|It passed to {v} in {a}.|From {a} to {b} it belonged to {v}.",
        "Who owned {s} in {y}?|Whom did {s} belong to in {y}?|owner of {s} in {y}", "Who owned {s} before {n}?|Who owned {s} until {b}?|Who was the owner of {s} before {n}?", "Who owned {s} after {p}?|Who bought {s} in {a}?|Who bought {s} from {p}?",
        "Who was the {o} owner of {s}?", "Who owns {s} today?|Who owns {s} now?", "When did {v} get {s}?|When did {v} buy {s}?|Since when did {s} belong to {v}?"),
    _family(_the("club", "union", "choir", "party", "society", "parish"), lambda r: number(21, 900)(r),
        "In {a}, {s} had {v} members.|{s} had {v} members in {a}.|{s} began in {a} with {v} members.", "In {a} there were {v}.|By {a} the number was {v}.|In {a} it had {v} members.|{v} were counted in {a}.|{a}: {v} members.",
        "How many members did {s} have in {a}?|How many members had {s} in {a}?|members of {s} in {a}|{s} {a} members", "", "", "", "", "When did {s} have {v} members?|In which year had {s} {v} members?"),
    _family(_the("office", "court", "archive", "embassy", "factory", "academy"), place,
        "{s} was set up in {v} in {a}.|Until {b} {s} was in {v}.|In {a}, {s} opened in {v}.", "In {a} it moved to {v}.|From {a} to {b} it was in {v}.|Since {a} its seat has been {v}.|It was moved to {v} in {a}.",
        "Where was {s} in {y}?|In which town was {s} in {y}?|{s} location in {y}", "Where was {s} before it moved to {n}?|Where was {s} until {b}?|Where was {s} before {n}?", "Where did {s} move from {p}?|Where was {s} after {p}?|Where did {s} move in {a}?",
        "What was the {o} seat of {s}?", "Where is {s} now?|Where is {s} today?", "When did {s} move to {v}?|When was {s} set up in {v}?"),
    _family(person, lambda r: r.choice([org(r), "the school in " + place(r), "the " + word(r) + " Theatre"]),
        "{s} worked for {v} from {a} to {b}.|{s} began at {v} in {a}.|In {a}, {s} joined {v}.", "In {a} came a post at {v}.|From {a} to {b} the employer was {v}.|A move to {v} followed in {a}.|Then, in {a}, it was {v}.",
        "Who did {s} work for in {y}?|Where did {s} work in {y}?|employer of {s} in {y}", "Where did {s} work before {n}?|Who did {s} work for until {b}?|Who employed {s} before {n}?", "Where did {s} work after {p}?|Who did {s} join in {a}?|Where did {s} go after leaving {p}?",
        "Who was the {o} employer of {s}?", "Who does {s} work for now?|Where does {s} work today?", "When did {s} join {v}?|When did {s} start at {v}?"),
    _family(lambda r: place(r), lambda r: number(1000, 900000)(r),
        "In {a}, {s} had {v} inhabitants.|The population of {s} was {v} in {a}.", "In {a} it was {v}.|By {a} it had grown to {v}.|{a}: {v}.|The census of {a} counted {v}.",
        "How many people lived in {s} in {a}?|What was the population of {s} in {a}?|population {s} {a}", "", "", "", "", "When did {s} have {v} inhabitants?"),
    _family(_the("law", "speed limit", "tax", "interest rate", "fee"), percent,
        "In {a}, {s} was set at {v}.|{s} stood at {v} from {a} to {b}.", "It rose to {v} in {a}.|In {a} it fell to {v}.|From {a} to {b} it was {v}.|Since {a} it has been {v}.",
        "How high was {s} in {y}?|What was {s} in {y}?|{s} in {y}", "How high was {s} before it was changed to {n}?|What was {s} until {b}?|What was {s} before {n}?", "What was {s} changed to after {p}?|What was {s} from {a}?", "", "How high is {s} now?|What is {s} today?", "When was {s} set at {v}?"),
)  # fmt: skip
TEST = (
    _family(lambda r: r.choice(CITIES) + r.choice([" United", " Rovers", " City"]), lambda r: r.choice([person(r), person(r)]),
        "{v} coached {s} from {a} to {b}.|In {a}, {v} was made coach of {s}.", "In {a} {v} took the job.|{v} was coach from {a} to {b}.|In {a} the club turned to {v}.|{p} was replaced by {v} in {a}.",
        "Who coached {s} in {y}?|Who was coach of {s} in {y}?|coach {s} {y}", "Who coached {s} before {n}?|Who was coach of {s} until {b}?", "Who coached {s} after {p}?|Who replaced {p}?", "Who was the {o} coach of {s}?", "Who coaches {s} now?", "When did {v} become coach of {s}?"),
    _family(lambda r: "the kingdom of " + word(r), place,
        "In {a}, {v} was the capital of {s}.|The capital of {s} was {v} until {b}.", "In {a} the court moved to {v}.|From {a} to {b} the king resided in {v}.|{v} became the capital in {a}.",
        "What was the capital of {s} in {y}?|capital of {s} in {y}", "What was the capital of {s} before {n}?|What was the capital of {s} until {b}?", "What was the capital of {s} after {p}?|What became the capital of {s} in {a}?", "What was the {o} capital of {s}?", "What is the capital of {s} today?", "When did {v} become the capital of {s}?"),
    _family(lambda r: "the " + r.choice(["tower", "lighthouse", "ferry", "tram", "gate"]) + " of " + place(r), lambda r: r.choice(COLOURS),
        "{s} was painted {v} in {a}.|In {a}, {s} was {v}.", "In {a} it was painted {v}.|From {a} to {b} it was {v}.|Since {a} it has been {v}.",
        "What colour was {s} in {y}?|colour of {s} {y}", "What colour was {s} before it became {n}?|What colour was {s} until {b}?", "What colour was {s} after {p}?|What colour was {s} painted in {a}?", "What was the {o} colour of {s}?", "What colour is {s} now?", "When was {s} painted {v}?"),
    _family(lambda r: "the " + word(r) + " mine", lambda r: number(100, 9000, "tons")(r),
        "In {a}, {s} gave {v} of ore.|{s} gave {v} in {a}.", "In {a} it was {v}.|{a} brought {v}.|By {a} it had risen to {v}.", "How much ore did {s} give in {a}?|How much came out of {s} in {a}?|{s} {a} ore", "", "", "", "", "In which year did {s} give {v}?"),
)  # fmt: skip


def _years(r: Random, count: int) -> list[int]:
    """Return years that rise by two or more, one for each period's beginning and one for the end of the last."""
    years = [r.randint(1780, 1990)]
    for _ in range(count):
        years.append(years[-1] + r.randint(2, 30))
    return years


def _slots(subject: str, values: list[str], years: list[int], at: int) -> dict[str, str]:
    return {
        "s": subject,
        "v": values[at],
        "a": str(years[at]),
        "b": str(years[at + 1]),
        "p": values[at - 1] if at else "",
        "n": values[at + 1] if at + 1 < len(values) else "",
    }


def _write(r: Random, family: Family, subject: str, values: list[str], years: list[int], told: list[int]) -> Draft:
    draft, style = Draft(), r.random()
    for place_, at in enumerate(told):
        slots = _slots(subject, values, years, at)
        forms = (
            family.first
            if place_ == 0
            else [one for one in family.later if "{p}" not in one or (at and at - 1 in told)]
        )
        if at + 1 == len(values):
            forms = [one for one in forms if "{b}" not in one] or list(forms)
        else:
            forms = [one for one in forms if "Since" not in one] or list(forms)
        if place_:
            draft.add("\n" if style < 0.1 else " ")
        draft.write(r.choice(forms), slots, key=at)
    return draft


def sample(r: Random, families: tuple[Family, ...]) -> Record | None:
    """Return one question about one period of one subject."""
    family, count = r.choice(families), r.choice([2, 3, 3, 4, 5])
    values, years = distinct(r, family.value, count), _years(r, count)
    if len(values) < count:
        return None
    subject = family.subject(r)
    told, chance = list(range(count)), r.random()
    if chance > 0.85 and count > 2:
        told.remove(r.randrange(1, count))
    draft = _write(r, family, subject, values, years, told)
    if r.random() < 0.25:
        draft.add(r.choice([" ", "\n\n"]))
        more = distinct(r, family.value, 2)
        draft.write(
            r.choice(family.first),
            _slots(family.subject(r), more, [years[0] + 1, years[0] + 9, years[0] + 20], 0),
            key="other",
        )
    asked = _ask(r, family, subject, values, years, told)
    if asked is None:
        return None
    question, span = asked[0], draft.spans.get(asked[1]) if asked[1] else None
    if asked[1] and span is None:
        return None
    return draft.record(question_case(question, r), span, "period")


def _ask(
    r: Random, family: Family, subject: str, values: list[str], years: list[int], told: list[int]
) -> tuple[str, tuple[int, str] | None] | None:
    """Return a question and the key of the value that answers it, None where the passage does not cover it."""
    at = r.randrange(len(values))
    slots = _slots(subject, values, years, at)
    last = at + 1 == len(values)
    by_year = not family.before
    kinds = [("within", 4), ("start", 1)]
    if not by_year:
        kinds += [("before", 3 * (not last)), ("after", 3 * (at > 0)), ("nth", 1), ("now", int(last)), ("out", 1.5)]
    else:
        kinds += [("out", 1.5)]
    kind = r.choices([one for one, _ in kinds], [weight for _, weight in kinds])[0]
    forms = getattr(family, "within" if kind == "out" else kind)
    if not forms:
        return None
    form = r.choice(forms)
    slots["y"] = str(r.randint(years[at], years[at + 1] - 1)) if not last else str(years[at])
    slots["o"] = ORDINALS[at]
    if kind == "out":  # a year before all, or beside the years told
        slots["y"] = slots["a"] = (
            str(years[0] - r.randint(3, 40))
            if not by_year
            else str(r.choice([one for one in range(years[0] - 9, years[-1]) if one not in years]))
        )
        return form.format(**slots), None
    if kind == "nth" and len(told) < len(values):
        return None
    if "{p}" in form and at - 1 not in told:
        return None
    if "{n}" in form and at + 1 not in told:
        return None
    if last and "{b}" in form:
        return None
    if kind == "start":
        return (form.format(**slots), (at, "a")) if at in told else None
    if at not in told:  # left out: only a question for its very year cannot be read as one for a neighbour
        return (form.format(**slots), None) if kind == "within" and by_year else None
    if kind == "within" and at + 1 < len(values) and at + 1 not in told:
        slots["y"] = str(years[at])
    return form.format(**slots), (at, "v")


def make(r: Random, families: tuple[Family, ...], count: int) -> Iterator[Record]:
    """Yield ``count`` records."""
    yield from draw(lambda: sample(r, families), count)
