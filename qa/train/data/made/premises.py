"""False premises: what is asked resembles the passage, and is not in it. Verbs of another meaning, roles changed about,
a neighbour's first name, number or ordinal; with each the question that the passage does answer."""

import re
from collections.abc import Iterator
from random import Random

from qa.train.data.made.draft import Draft, draw
from qa.train.data.made.words import (
    CITIES,
    COLOURS,
    FIRST,
    JOBS,
    LAST,
    ORDINALS,
    Maker,
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
)  # fmt: skip
from qa.train.data.records import Record

THING = one_of(
    "masks|paintings|diamonds|documents|weapons|coins|horses|carpets|vaccines|letters|bicycles|computers|rifles|books|boats|statues|violins|stamps"
)
_BUILDING = one_of("bridge|castle|station|theatre|mill|hotel|school|lighthouse|chapel")
_HOUSE = lambda r: f"the {r.choice([word(r), r.choice(CITIES)])} {_BUILDING(r)}"
_PAPER = one_of("treaty|report|letter|bill|plan|contract|petition|speech|rules")
_TEXT = lambda r: (
    f"the {_PAPER(r)}{r.choice([' on fishing', ' on the harbour', ' about ' + word(r), ' of ' + place(r)])}"
)
_FIRM = org
_ROLE = one_of("thief|witness|prisoner|driver|singer|goalkeeper|nurse|captain|editor")
_PRISONER = lambda r: f"the {_ROLE(r)}"
_SHIP = lambda r: "the " + r.choice(["ship ", "ferry ", "trawler ", "yacht "]) + word(r)
_BODY = one_of("police|council|army|coast guard|ministry|customs|mayor|owners|fire brigade|church|bank")
AGENT = lambda r: r.choice([person(r), person(r), org(r), f"the {_BODY(r)}"])
# Each line: what is done to, then pairs "base past participle > base past participle": the second is not the first.
PAIRS: dict[str, tuple[Maker, str]] = {
    "thing": (lambda r: "the " + THING(r), """steal stole stolen > seize seized seized; seize seized seized > steal stole stolen; buy bought bought > sell sold sold; sell sold sold > buy bought bought;
        lend lent lent > borrow borrowed borrowed; find found found > lose lost lost; hide hid hidden > find found found; deliver delivered delivered > order ordered ordered;
        order ordered ordered > deliver delivered delivered; burn burned burned > save saved saved; count counted counted > steal stole stolen; repair repaired repaired > break broke broken;
        pack packed packed > unpack unpacked unpacked; import imported imported > export exported exported; donate donated donated > receive received received; insure insured insured > own owned owned;
        examine examined examined > steal stole stolen; clean cleaned cleaned > paint painted painted; guard guarded guarded > steal stole stolen; return returned returned > take took taken"""),
    "house": (_HOUSE, """build built built > destroy destroyed destroyed; destroy destroyed destroyed > build built built; buy bought bought > sell sold sold; sell sold sold > buy bought bought; design designed designed > build built built;
        open opened opened > close closed closed; close closed closed > open opened opened; restore restored restored > design designed designed; rent rented rented > own owned owned; own owned owned > rent rented rented;
        pay-for paid-for paid-for > design designed designed; inspect inspected inspected > repair repaired repaired; defend defended defended > attack attacked attacked; attack attacked attacked > defend defended defended;
        visit visited visited > found founded founded; paint painted painted > build built built; inherit inherited inherited > buy bought bought; search searched searched > build built built"""),
    "text": (_TEXT, """write wrote written > sign signed signed; sign signed signed > write wrote written; reject rejected rejected > propose proposed proposed; propose proposed proposed > reject rejected rejected; publish published published > write wrote written;
        translate translated translated > write wrote written; support supported supported > oppose opposed opposed; oppose opposed opposed > support supported supported; read read read > write wrote written;
        criticise criticised criticised > praise praised praised; praise praised praised > criticise criticised criticised; send sent sent > receive received received; receive received received > send sent sent; draft drafted drafted > veto vetoed vetoed; leak leaked leaked > write wrote written"""),
    "firm": (_FIRM, """found founded founded > buy bought bought; buy bought bought > found founded founded; leave left left > join joined joined; join joined joined > leave left left; sue sued sued > defend defended defended;
        advise advised advised > lead led led; lead led led > advise advised advised; finance financed financed > found founded founded; sell sold sold > found founded founded; audit audited audited > sue sued sued; rescue rescued rescued > ruin ruined ruined"""),
    "one": (_PRISONER, """arrest arrested arrested > free freed freed; free freed freed > arrest arrested arrested; hire hired hired > dismiss dismissed dismissed; dismiss dismissed dismissed > hire hired hired; accuse accused accused > defend defended defended;
        defend defended defended > accuse accused accused; teach taught taught > examine examined examined; follow followed followed > rescue rescued rescued; rescue rescued rescued > injure injured injured; hide hid hidden > betray betrayed betrayed;
        question questioned questioned > arrest arrested arrested; replace replaced replaced > marry married married; praise praised praised > blame blamed blamed; blame blamed blamed > thank thanked thanked"""),
    "ship": (_SHIP, """sink sank sunk > raise raised raised; raise raised raised > sink sank sunk; launch launched launched > sink sank sunk; tow towed towed > ram rammed rammed; build built built > sink sank sunk; board boarded boarded > sink sank sunk;
        charter chartered chartered > own owned owned; spot spotted spotted > sink sank sunk; name named named > build built built; insure insured insured > build built built"""),
}  # fmt: skip
TEST_VERBS = frozenset(["guard", "rent", "draft", "advise", "follow", "tow", "translate", "insure"])
"""Pairs that begin with one of these are kept for testing."""
_TIMES = (
    "in the spring", "last week", "in 1987", "on Monday", "before noon", "during the war", "in the end", "in May", "at night",
    "after a long debate",
)  # fmt: skip
_ACTIVE = ("Who {past} {o}?", "Who was it that {past} {o}?", "By whom was {o} {part}?", "who {past} {o}", "Which people {past} {o}?")  # fmt: skip


def verb_pairs(test: bool) -> list[tuple[Maker, tuple[str, ...], tuple[str, ...]]]:
    """Return (maker of what it is done to, forms of the verb told, forms of the verb asked) of every pair."""
    found = []
    for make_object, text in PAIRS.values():
        for pair in text.split(";"):
            told, asked = (
                tuple(side.replace("-", " ").split(" "))
                for side in pair.strip().replace("pay-for paid-for paid-for", "pay_for paid_for paid_for").split(" > ")
            )
            told = tuple(one.replace("_", " ") for one in told)
            if (told[0] in TEST_VERBS) == test:
                found.append((make_object, told, asked))
    return found


def _verb_record(r: Random, pairs: list) -> Record | None:
    """Return a question about an act in the passage, or about another act of the same people and things."""
    make_object, told, asked = r.choice(pairs)
    agents, things = distinct(r, AGENT, 3), distinct(r, make_object, 3)
    if len(agents) < 3 or len(things) < 3:
        return None
    draft, chance = Draft(), r.random()
    slots = {"s": agents[0], "o": things[0], "when": r.choice(_TIMES), "past": told[1], "part": told[2], "were": "was"}
    _deed(r, draft, slots)
    for _ in range(r.choice([0, 1, 1, 2])):
        draft.add(" ")
        alike = [verbs for maker, *both in pairs if maker is make_object for verbs in both if verbs[0] != told[0]]
        other, verb = r.choice([1, 2]), asked if r.random() < 0.35 else r.choice(alike)
        draft.write(
            "{s} {past} {o} {when}.",
            {"s": agents[other], "o": things[other], "past": verb[1], "when": r.choice(_TIMES)},
            key=f"more{other}",
        )
    base, past, part = told if chance < 0.45 else asked
    span = draft.spans[1, "s"] if chance < 0.45 else None
    form = r.choice(_ACTIVE)
    question = form.format(past=past, part=part, o=things[0])
    if r.random() < 0.3:  # the other argument
        question = r.choice(["What did {s} {base}?", "What was {part} by {s}?", "What was it that {s} {past}?"]).format(
            s=agents[0], base=base, part=part, past=past
        )
        span = draft.spans[1, "o"] if span else None
    elif 0.45 <= chance < 0.6:  # the right deed, by the wrong one
        question, span = (
            r.choice(["What did {s} {base}?", "What was {part} by {s}?"]).format(
                s=agents[1] if "more1" not in str(draft.spans) else "the " + r.choice(JOBS), base=told[0], part=told[2]
            ),
            None,
        )
    if things[0].endswith("s"):
        question = question.replace("was the " + things[0][4:], "were the " + things[0][4:])
    return draft.record(question_case(question, r), span, "premise")


def _deed(r: Random, draft: Draft, slots: dict[str, str]) -> None:
    plural = slots["o"].endswith("s") and slots["o"].startswith("the ")
    forms = ["{s} {past} {o} {when}.", "{s} {past} {o}.", "It was {s} who {past} {o} {when}.",
             f"{{o}} {'were' if plural else 'was'} {{part}} by {{s}} {{when}}.", "According to the paper, {s} {past} {o}."]  # fmt: skip
    draft.write(r.choice(forms), slots, key=1)


def _role_record(r: Random, pairs: list) -> Record | None:
    """Return a question with the two parts of a deed between people, right or changed about."""
    deeds = "defeated/defeat/defeated|taught/teach/taught|betrayed/betray/betrayed|hired/hire/hired|succeeded/succeed/succeeded|sued/sue/sued|praised/praise/praised|followed/follow/followed|invited/invite/invited|painted/paint/painted|warned/warn/warned|replaced/replace/replaced|rescued/rescue/rescued|accused/accuse/accused|called/call/called|saw/see/seen|paid/pay/paid|beat/beat/beaten"
    past, base, part = r.choice(deeds.split("|")).split("/")
    first, second = distinct(r, person, 2) if r.random() < 0.8 else distinct(r, lambda r: r.choice(CITIES), 2)
    draft = Draft()
    draft.write(
        r.choice(["{a} {past} {b} {when}.", "{b} was {part} by {a} {when}.", "{a} {past} {b}."]),
        {"a": first, "b": second, "past": past, "part": part, "when": r.choice(_TIMES)},
        key=1,
    )
    if r.random() < 0.5:
        draft.add(" " + r.choice(["Both lived in the same town.", "It was told for years.", "Nobody was surprised.", "The papers wrote about it."]))  # fmt: skip
    question, key = r.choice([
        ("Who {past} {b}?", "a"), ("Whom did {a} {base}?", "b"), ("Who was {part} by {a}?", "b"), ("By whom was {b} {part}?", "a"),
        ("Who {past} {a}?", None), ("Whom did {b} {base}?", None), ("Who was {part} by {b}?", None), ("By whom was {a} {part}?", None),
    ])  # fmt: skip
    question = question_case(question.format(a=first, b=second, past=past, base=base, part=part), r)
    return draft.record(question, draft.spans[1, key] if key else None, "premise")


# Neighbours: (how a subject is written, how its neighbour differs).
def _neighbours(r: Random, kind: str) -> list[str]:
    """Return four subjects that differ in one word or figure; the last is not told of."""
    if kind == "name":
        firsts, lasts = r.sample(FIRST, 3), r.sample(LAST, 3)
        names = [
            f"{firsts[0]} {lasts[0]}",
            f"{firsts[1]} {lasts[1]}",
            f"{firsts[0]} {lasts[1]}",
            f"{firsts[1]} {lasts[0]}",
        ]
        return names
    if kind == "number":
        what, at = (
            r.choice(["parcel", "room", "case", "order", "flight", "form", "platform", "paragraph", "invoice", "gate"]),
            r.randint(3, 9000),
        )
        return [f"{what} {at + step}" for step in r.sample([-2, -1, 0, 1, 2], 4)]
    if kind == "section":
        what, major, minor = (
            r.choice(["section", "article", "rule", "chapter", "clause", "version"]),
            r.randint(1, 12),
            r.randint(2, 8),
        )
        return [
            f"{what} {one}"
            for one in r.sample(
                [
                    f"{major}.{minor}",
                    f"{major}.{minor + 1}",
                    f"{major}.{minor - 1}",
                    f"{major + 1}.{minor}",
                    f"{major}.{minor}.1",
                ],
                4,
            )
        ]
    if kind == "ordinal":
        what = r.choice(
            ["prize", "floor", "chapter", "attempt", "expedition", "edition", "bell", "question", "act", "door"]
        )
        return [f"the {one} {what}" for one in r.sample(ORDINALS[:7], 4)]
    what = r.choice(["harbour", "gate", "tower", "road", "shore", "wing", "district", "entrance", "bank"])
    return [
        f"the {one} {what}"
        for one in r.sample(["northern", "southern", "eastern", "western", "old", "new", "upper", "lower"], 4)
    ]


_FACTS = {
    "name": [(place, "{s} was born in {v}.", "Where was {s} born?|In which town was {s} born?"), (one_of("|".join(j for j in JOBS if j[0] not in "aeiou")), "{s} works as a {v}.", "What does {s} work as?|What is {s}'s job?"), (date, "{s} died on {v}.", "When did {s} die?"),
             (org, "{s} is employed by {v}.", "Who employs {s}?|Who does {s} work for?"), (percent, "{s} got {v} of the votes.", "What share of the votes did {s} get?"), (place, "{s} moved to {v}.", "Where did {s} move?")],
    "number": [(person, "{s} was signed for by {v}.", "Who signed for {s}?"), (place, "{s} was sent to {v}.", "Where was {s} sent?|Where did {s} go?"), (date, "{s} is due on {v}.", "When is {s} due?"), (one_of("gas|wood|oil|steam|coal"), "{s} is heated by {v}.", "How is {s} heated?|What is {s} heated by?"), (money, "{s} cost {v}.", "How much did {s} cost?")],
    "section": [(one_of("dogs|loud music|open fires|smoking|bicycles|parking|night fishing|large boats|cameras"), "{s} forbids {v}.", "What does {s} forbid?|What is forbidden by {s}?"), (one_of("fees|holidays|passwords|repairs|appeals|insurance|visitors"), "{s} deals with {v}.", "What does {s} deal with?|What is {s} about?"), (date, "{s} took effect on {v}.", "When did {s} take effect?"), (person, "{s} was written by {v}.", "Who wrote {s}?")],
    "ordinal": [(person, "{s} went to {v}.", "Who got {s}?|Who did {s} go to?"), (date, "{s} was finished on {v}.", "When was {s} finished?"), (one_of("|".join(COLOURS)), "{s} is {v}.", "What colour is {s}?"), (person, "{s} was made by {v}.", "Who made {s}?")],
    "side": [(person, "{s} was built by {v}.", "Who built {s}?"), (year(), "{s} was finished in {v}.", "When was {s} finished?"), (money, "{s} cost {v}.", "How much did {s} cost?"), (number(20, 900, "metres"), "{s} is {v} long.", "How long is {s}?")],
}  # fmt: skip


TEST_NEIGHBOURS = "ordinal"
"""Neighbours of this kind are kept for testing."""


def _neighbour_record(r: Random, pairs: list) -> Record | None:
    """Return a question about one of several neighbours, about one that is missing, or for a fact told of others only."""
    test = pairs[0][1][0] in TEST_VERBS
    kind = TEST_NEIGHBOURS if test else r.choice([one for one in _FACTS if one != TEST_NEIGHBOURS])
    subjects, facts = _neighbours(r, kind), r.sample(_FACTS[kind], 2)
    shown = subjects[: r.choice([1, 2, 3, 3])]
    values = [distinct(r, fact[0], len(shown)) for fact in facts]
    if min(map(len, values)) < len(shown):
        return None
    draft, told = Draft(), set()
    for number_, subject in enumerate(shown):
        for which, fact in enumerate(facts):
            if which and r.random() < 0.5:
                continue
            draft.add(" " if draft.text else "")
            draft.write(fact[1], {"s": subject, "v": values[which][number_]}, key=(number_, which))
            told.add((number_, which))
    chance = r.random()
    if chance < 0.45:
        at = r.choice(sorted(told))
        question = question_case(r.choice(facts[at[1]][2].split("|")).format(s=shown[at[0]]), r)
        return draft.record(question, draft.spans[at, "v"], "premise")
    if chance < 0.8:
        asked, fact = subjects[3], facts[0]
    else:
        untold = [number_ for number_ in range(len(shown)) if (number_, 1) not in told]
        if not untold:
            return None
        asked, fact = shown[r.choice(untold)], facts[1]
    return draft.record(question_case(r.choice(fact[2].split("|")).format(s=asked), r), None, "premise")


def make(r: Random, test: bool, count: int) -> Iterator[Record]:
    """Yield ``count`` records; the verbs of testing and of training are others."""
    pairs = verb_pairs(test)
    makers = [_verb_record, _verb_record, _role_record, _neighbour_record, _neighbour_record]
    if test:
        makers = [_verb_record, _neighbour_record]
    yield from draw(lambda: r.choice(makers)(r, pairs), count)


# Real questions whose verb is replaced by one of another meaning: (pattern, what is put in).
SWAPS = (
    ("founded", "sold|destroyed|left"), ("built", "destroyed|sold|bombed"), ("destroyed", "built|bought|restored"), ("wrote", "burned|translated|reviewed"), ("written", "burned|translated|forged"),
    ("won", "lost|refused|banned"), ("lost", "won"), ("invented", "banned|stole"), ("discovered", "destroyed|hid|denied"), ("killed", "rescued|married|hired"), ("bought", "sold|burned"), ("sold", "bought|stole"),
    ("opened", "closed|burned down"), ("closed", "opened"), ("born", "arrested|buried|married"), ("died", "married|graduated"), ("elected", "dismissed|arrested"), ("joined", "left|sued"), ("left", "joined|bought"),
    ("married", "divorced|arrested|painted"), ("divorced", "married"), ("directed", "banned|financed|criticised"), ("designed", "destroyed|bought"), ("created", "abolished|stole"), ("established", "abolished|dissolved"), ("formed", "dissolved|banned"),
    ("introduced", "abolished|forbade"), ("abolished", "introduced"), ("signed", "refused|burned"), ("started", "ended|banned"), ("began", "ended"), ("ended", "began"), ("increased", "decreased"), ("decreased", "increased"), ("rose", "fell"),
    ("gained", "lost"), ("published", "banned|burned"), ("released", "banned|withdrawn"), ("arrived", "left"), ("supported", "opposed"), ("opposed", "supported"), ("accepted", "rejected"), ("rejected", "accepted"), ("attacked", "defended"),
    ("defended", "attacked"), ("captured", "freed|lost"), ("conquered", "lost|sold"), ("recorded", "banned|erased"), ("sang|sings|sing", "hated"), ("played|plays|play", "refused"), ("liked|likes", "hated"), ("loved|loves", "hated"), ("recommend", "forbid"),
    ("allowed", "forbidden"), ("permitted", "forbidden"), ("collect", "delete"), ("collected", "deleted"), ("shared", "deleted"), ("share", "delete"), ("protect", "sell"), ("praised", "blamed"), ("arrested", "freed"), ("hired", "dismissed"),
    ("found", "lost"), ("gave", "stole"), ("given", "refused"), ("received", "refused"), ("taught", "arrested"), ("sent", "burned"), ("led", "opposed"), ("caused", "prevented"), ("prevented", "caused"), ("married to", "sued by"),
)  # fmt: skip
_SWAP = [(re.compile(rf"\b(?:{words})\b"), others.split("|")) for words, others in SWAPS]


def swap_verb(question: str, passage: str, r: Random) -> str | None:
    """Return the question with its verb replaced by one that the passage does not tell of, or None."""
    low = passage.lower()
    for pattern, others in r.sample(_SWAP, len(_SWAP)):
        match = pattern.search(question)
        if match:
            other = r.choice(others)
            if other[:5] in low or other[: max(3, len(other) - 2)] in low:
                return None
            return question[: match.start()] + other + question[match.end() :]
    return None
