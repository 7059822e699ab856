"""Passages that do not name their subject: only the title or heading, shown as the context line, does."""

import re
from collections.abc import Iterator
from random import Random

from qa.train.data.made.draft import Draft, draw
from qa.train.data.made.title_families import Fact, Family
from qa.train.data.made.words import CITIES, question_case, word
from qa.train.data.records import Other, Record

_LINKS = ("It rained on the day.", "More is told below.", "This is checked every year.", "Ask us if you are not sure.", "Nobody knows why.",
          "All figures are from this year.", "Please read it to the end.", "There is much more to say.")  # fmt: skip
_SITES = (
    "The Daily", "Wikipedia", "Home", "Official site", "Help Center", "Docs", "Blog", "News", "Visit us", "The Free Encyclopedia",
    "Manual",
)  # fmt: skip


def context_line(title: str, heading: str, r: Random) -> str:
    """Return the line that a product shows before a passage: title and heading, at times with a site's noise or as a file.

    >>> context_line("Rotterdam", "Economy", Random(5))
    'Rotterdam, Economy'
    """
    title = title.replace("_", " ").strip()
    if r.random() < 0.10:
        slug = re.sub(r"[^\w]+", r.choice(["-", "_"]), title.lower()).strip("-_")
        title = slug + r.choice(["", "", ".pdf", ".md", ".html", ".txt"])
    elif r.random() < 0.14:
        site = r.choice([*_SITES, f"{word(r)}.org", f"{r.choice(CITIES)} Times"])
        title += r.choice([" | ", " - ", " – ", " :: "]) + site
    if not heading:
        return title
    if r.random() < 0.2:
        heading = r.choice(
            [f"{r.randint(1, 9)}. {heading}", f"{r.randint(1, 9)}.{r.randint(1, 9)} {heading}", heading.upper()]
        )
    return title + r.choice([", ", ", ", " - ", " - ", " > ", ": ", " | ", " / "]) + heading


def _slots(family: Family, title: str, r: Random) -> dict[str, str]:
    """Return how questions name the subject; titles such as "How to mend a net" become "to mend a net"."""
    deed = re.sub(r"^How to ", "", title)
    return {"t": family.name(title, r), "u": r.choice(["to ", "if I want to "]) + deed, "x": deed}


def _write(r: Random, facts: list[Fact]) -> tuple[str, dict[int, tuple[int, int]]]:
    """Write the facts as sentences, lines or under their headings."""
    draft, style = Draft(), r.random()
    between = " " if style < 0.6 else "\n" if style < 0.9 else "\n\n"
    for number, fact in enumerate(facts):
        if number:
            draft.add(between)
        if between == "\n\n" and fact.headings:
            draft.add(r.choice(fact.headings) + "\n")
        lines = [s for s in fact.sentences if (s.endswith(".") or between != " ")] or list(fact.sentences)
        draft.write(r.choice(lines), {"v": fact.value(r)}, key=number)
        if between == " " and r.random() < 0.12:
            draft.add(" " + r.choice(_LINKS))
    return draft.text, {number: draft.spans[number, "v"] for number in range(len(facts))}


def sample(r: Random, families: tuple[Family, ...]) -> Record | None:
    """Return one question that names the title's subject, beside a passage that does not."""
    family = r.choice(families)
    title, wrong = family.title(r), family.title(r)
    if title.lower() in wrong.lower() or wrong.lower() in title.lower():
        return None
    facts = r.sample(list(family.facts), min(len(family.facts) - 1, r.choice([1, 2, 3, 3, 4, 5, 6])))
    text, spans = _write(r, facts)
    at = r.randrange(len(facts))
    chance = r.random()
    asked = facts[at]
    if 0.68 <= chance < 0.82:  # the right title, but the thing asked for is not told
        left = [fact for fact in family.facts if fact not in facts]
        asked, at = r.choice(left), -1
    elif chance >= 0.82:  # another subject's passage
        at = -1
    heading = r.choice(asked.headings) if asked.headings and (len(facts) == 1 or r.random() < 0.35) else ""
    question = question_case(r.choice(asked.questions).format(**_slots(family, title, r)), r)
    line, wrong_line = context_line(title, heading, r), context_line(wrong, heading, r)
    if at < 0:
        shown = line if chance < 0.82 else wrong_line
        return Record(question, text, None, None, "title", line=shown, line_needed=True)
    others = _others(r, family, facts, asked, (line, wrong_line), text)
    start, end = spans[at]
    return Record(question, text, start, end, "title", (text[start:end],), line=line, line_needed=True, others=others)


def _others(
    r: Random, family: Family, facts: list[Fact], asked: Fact, lines: tuple[str, str], text: str
) -> tuple[Other, ...]:
    """Return the same passage under another title, another one there, and the right title over other facts."""
    line, wrong = lines
    others = [Other(text, wrong)]
    others.append(Other(_write(r, r.sample(facts, len(facts)))[0], wrong))
    left = [fact for fact in family.facts if fact is not asked and fact.sentences != asked.sentences]
    others.append(Other(_write(r, r.sample(left, min(len(left), 3)))[0], line.split(" - ")[0]))
    return tuple(r.sample(others, 2))


def make(r: Random, families: tuple[Family, ...], count: int) -> Iterator[Record]:
    """Yield ``count`` records."""
    yield from draw(lambda: sample(r, families), count)


_FEMALE, _MALE = re.compile(r"\b(?:she|her)\b", re.I), re.compile(r"\b(?:he|his)\b", re.I)
_NOUN = re.compile(
    r"\b(?:is|was) (?:an?|the) (?:[\w-]+ ){0,4}?(city|town|village|river|company|club|team|film|book|album|novel|ship|school|university|country|language|band|war|church|island|party|game|building|bank|region|province)\b"
)


def hide_subject(passage: str, start: int, end: int, title: str) -> tuple[str, int, int] | None:
    """Replace the title's subject in a passage by a pronoun; None where it is not named, or is in the answer.

    >>> hide_subject("Rovik is a town. In Rovik there is a port.", 37, 41, "Rovik")
    ('It is a town. In the town there is a port.', 37, 41)
    """
    name = re.sub(r"\s*\(.*?\)|,.*", "", title.replace("_", " ")).strip()
    if len(name) < 4 or name in passage[start:end] or not _is_name(name, passage):
        return None
    noun = _NOUN.search(passage)
    he, she = len(_MALE.findall(passage)), len(_FEMALE.findall(passage))
    person = max(he, she) >= 2 and not noun
    pieces, last, new_start, new_end, found = [], 0, start, end, 0
    for match in re.finditer(rf"(?:\b[Tt]he )?\b{re.escape(name)}\b(?P<s>['’]s)?", passage):
        if match.start() < end and match.end() > start:
            return None
        word_ = _stand_in(match, passage, noun.group(1) if noun and found else "", person, she > he)
        found += 1
        pieces += [passage[last : match.start()], word_]
        shift = len(word_) - (match.end() - match.start())
        new_start += shift * (match.end() <= start)
        new_end += shift * (match.end() <= start)
        last = match.end()
    return ("".join(pieces) + passage[last:], new_start, new_end) if found else None


def _is_name(name: str, passage: str) -> bool:
    """Return whether a title is a name and not a word such as "IP address" or "Latin letters"."""
    words = [word_ for word_ in name.split() if word_ not in ("of", "the", "and", "de", "in", "for", "von", "van")]
    return (
        all(not word_[:1].islower() for word_ in words)
        and name.lower() not in passage
        and not re.search(rf"\b[Aa]n? {re.escape(name)}\b", passage)
    )


def _stand_in(match: re.Match, passage: str, noun: str, person: bool, woman: bool) -> str:
    before = passage[max(0, match.start() - 2) : match.start()]
    first = not passage[: match.start()].strip() or before in (". ", "\n\n", "? ", "! ") or before.endswith("\n")
    possessive = bool(match["s"])
    if noun:
        text = f"the {noun}" + ("'s" if possessive else "")
    elif person:
        subject = first or re.search(
            r"(?:, |and |when |that |where )$", passage[max(0, match.start() - 6) : match.start()]
        )
        text = (
            ("her" if woman else "his")
            if possessive
            else ("she" if woman else "he")
            if subject
            else ("her" if woman else "him")
        )
    else:
        text = "its" if possessive else "it"
    return text[:1].upper() + text[1:] if first else text
