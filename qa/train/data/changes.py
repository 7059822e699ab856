"""Questions and passages changed so that they no longer fit, or that only the title makes them fit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from embeddings.text.sentences import split_sentences
from qa.train.data.disturb import NAME, OPPOSITES
from qa.train.data.made.premises import swap_verb
from qa.train.data.made.titles import context_line, hide_subject
from qa.train.data.records import Other, Record

SURROUNDED_SHARE = 0.4
"""How often made-up text is set among real sentences."""
_CAPITALS = re.compile(r"(?<=[a-z,;] )(?:[A-Z][\w'’-]+)(?: [A-Z][\w'’-]+)*|\b\d{4}\b")
_OPPOSITE = re.compile(rf"\b({'|'.join(OPPOSITES)})\b")


def own_paragraph(record: Record) -> Record:
    """Return the record over its labelled paragraph alone."""
    if record.home is None:
        return record
    low, high = record.home
    if record.start is None:
        return replace(record, passage=record.passage[low:high], home=None)
    return replace(record, passage=record.passage[low:high], start=record.start - low, end=record.end - low, home=None)


def _unanswered(record: Record, question: str, kind: str) -> Record:
    return replace(record, question=question, start=None, end=None, kind=kind, answers=(), others=())


def swap_names(records: Sequence[Record], r: Random, share: float) -> Iterator[Record]:
    """Put a name, number or opposite from elsewhere, or from the passage itself, into the question."""
    names = [name for record in records for name in NAME.findall(record.question)]
    for record in records:
        chance, match = r.random(), NAME.search(record.question)
        if chance >= 2 * share:
            continue
        one = own_paragraph(record)
        if chance < share:
            question = _swap_from_elsewhere(one, match, names, r)
            if question:
                yield _unanswered(one, question, "swapped")
        elif match and record.kind in ("new_wiki", "nq", "tydi", "qed", "timeqa") and len(one.passage) < 1400:
            question = _swap_from_passage(one, match, r)
            if question:
                yield _unanswered(one, question, "swapped_near")


def _swap_from_elsewhere(record: Record, match: re.Match | None, names: list[str], r: Random) -> str | None:
    question = record.question
    if match:
        other = r.choice(names)
        if other.isdigit() == match.group(0).isdigit() and other not in record.passage:
            return question[: match.start()] + other + question[match.end() :]
    changed = _OPPOSITE.sub(lambda word: OPPOSITES[word.group(1)], question, count=1)
    return changed if changed != question else None


def _swap_from_passage(record: Record, match: re.Match, r: Random) -> str | None:
    sentence = next(((a, b) for a, b in split_sentences(record.passage) if a <= record.start < b), (0, 0))
    told = record.passage[slice(*sentence)]
    fitting = [
        name
        for name in sorted(set(_CAPITALS.findall(record.passage)))
        if name.isdigit() == match.group(0).isdigit() and name not in told and name not in record.question
        and not any(name in answer or answer in name for answer in record.answers)
    ]  # fmt: skip
    if not fitting:
        return None
    return record.question[: match.start()] + r.choice(fitting) + record.question[match.end() :]


def swap_verbs(records: Sequence[Record], r: Random, most: int) -> Iterator[Record]:
    """Replace the main verb of real questions by one of another meaning."""
    made = 0
    for record in r.sample(list(records), len(records)):
        if made == most:
            return
        one = own_paragraph(record)
        question = swap_verb(one.question, one.passage, r)
        if question:
            made += 1
            yield _unanswered(one, question, "swapped_verb")


def hide_subjects(records: Sequence[Record], r: Random, most: int) -> Iterator[Record]:
    """Take the title's subject out of real passages whose question names it; under another title they do not answer."""
    titled = [record for record in records if record.title and record.start is not None and record.kind != "fairytale"]
    titles = sorted({record.title for record in titled})
    made = 0
    for record in r.sample(titled, len(titled)):
        if made == most:
            return
        name = re.sub(r"\s*\(.*?\)|,.*", "", record.title.replace("_", " ")).strip()
        if name.lower() not in record.question.lower():
            continue
        one = own_paragraph(record)
        hidden = hide_subject(one.passage, one.start, one.end, record.title)
        passage, start, end = hidden or (one.passage, one.start, one.end)
        if not hidden and re.search(rf"\b{re.escape(name.split()[-1])}\b", passage, re.I):
            continue
        made += 1
        line, wrong = context_line(record.title, "", r), context_line(r.choice(titles), "", r)
        if r.random() < 0.2:
            yield Record(one.question, passage, None, None, "hidden_title", line=wrong, line_needed=True)
        else:
            others = (Other(passage, wrong),) if hidden else ()
            yield Record(
                one.question,
                passage,
                start,
                end,
                "hidden_title",
                one.answers,
                line=line,
                line_needed=True,
                others=others,
            )


class Surroundings:
    """Real sentences to set made-up text among, as a product's passages have them."""

    def __init__(self, records: Sequence[Record], r: Random) -> None:
        passages = sorted(
            {own_paragraph(record).passage for record in records if record.kind in ("new_wiki", "reddit", "amazon")}
        )
        self._passages = r.sample(passages, min(1500, len(passages)))

    def _stretch(self, r: Random) -> str:
        passage = r.choice(self._passages)
        sentences = split_sentences(passage)
        first = r.randrange(len(sentences))
        last = min(len(sentences) - 1, first + r.randint(0, 3))
        return passage[sentences[first][0] : sentences[last][1]]

    def around(self, record: Record, r: Random) -> Record:
        """Return the record with other text before or after it, or unchanged."""
        if r.random() >= SURROUNDED_SHARE:
            return record
        join = "\n\n" if "\n" in record.passage else r.choice([" ", "\n\n", "\n"])
        before = self._stretch(r) + join if r.random() < 0.65 else ""
        behind = join + self._stretch(r) if not before or r.random() < 0.5 else ""
        passage = before + record.passage + behind
        if record.start is None:
            return replace(record, passage=passage)
        return replace(record, passage=passage, start=record.start + len(before), end=record.end + len(before))
