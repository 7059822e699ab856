"""Training groups of a few sentences instead of whole passages: five times as many questions in the same time.

The reader then reads a passage in short windows of whole sentences, so what it sees at work is what it saw here.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from embeddings.text.sentences import split_sentences
from embeddings.text.words import tokenize
from qa.reading.windows import SENTENCE_WINDOW_CHARACTERS, sentence_windows
from qa.train.examples import Example
from qa.train.mix import Group, disturb, swap_names
from qa.train.nearest import nearest_by_words

MOST_CHARACTERS = SENTENCE_WINDOW_CHARACTERS
AS_READ_SHARE = 0.5
"""Of the questions, those that see the very windows their passage is read in at work; the others see an answer's
sentence with a neighbour or two, another stretch each time."""
NEIGHBOUR_CHANCE = 0.5
NEGATIVE_SHARE = 0.6
ELSEWHERE_SHARE = 0.4
"""Of the negatives, those from another passage; the others stand beside the answer."""
LOOKED_AT = 40
"""Passages of the same set among which the window most like the question is taken as the negative."""
ASKED_AT_ONCE = 2000
"""Questions held against all passages in one go: the likeness of more would not fit into memory."""
NEAR = 8
"""Passages likest to the question by their words, in place of these: what a retriever hands over."""


@lru_cache(maxsize=50_000)
def _sentences(passage: str) -> tuple[tuple[int, int], ...]:
    return tuple(split_sentences(passage))


@lru_cache(maxsize=200_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(tokenize(text))


@lru_cache(maxsize=50_000)
def _windows(passage: str) -> tuple[tuple[int, int], ...]:
    return tuple(sentence_windows(_sentences(passage)))


def make_sentence_groups(
    examples: Sequence[Example], random_source: random.Random, *, near: bool = False
) -> list[Group]:
    """Cut windows around the answers, add windows without them and changed questions; the order is shuffled.

    With ``near``, windows from another passage come from those likest to the question, else from some at random.
    """
    pools = _nearest(examples) if near else None
    passages = defaultdict(list)
    for example in examples:
        passages[example.source].append(example.passage)
    groups = []
    for number, example in enumerate(examples):
        as_read = random_source.random() < AS_READ_SHARE
        cut = _around_answer(example, random_source, as_read=as_read)
        if cut is None:
            continue
        asked = replace(cut, question=disturb(cut.question, random_source))
        members = [asked]
        if random_source.random() < NEGATIVE_SHARE:
            others = pools[number] if pools else passages[example.source]
            negative = _without_answer(example, others, random_source, as_read=as_read)
            if negative is not None:
                members.append(replace(negative, question=asked.question))
        groups.append(Group(tuple(members)))
    positives = [group.examples[0] for group in groups]
    groups += [Group((one,)) for one in swap_names(positives, random_source)]
    random_source.shuffle(groups)
    return groups


def _nearest(examples: Sequence[Example]) -> list[list[str]]:
    """The passages of the same set likest to each question, its own left out."""
    pools: list[list[str]] = [[] for _ in examples]
    for source in sorted({example.source for example in examples}):
        places = [place for place, example in enumerate(examples) if example.source == source]
        passages = sorted({examples[place].passage for place in places})
        for begin in range(0, len(places), ASKED_AT_ONCE):
            part = places[begin : begin + ASKED_AT_ONCE]
            rows = nearest_by_words([examples[place].question for place in part], passages, NEAR + 1)
            for place, row in zip(part, rows, strict=True):
                near = [passages[one] for one in row if passages[one] != examples[place].passage]
                pools[place] = near[:NEAR]
    return pools


def _around_answer(example: Example, random_source: random.Random, *, as_read: bool) -> Example | None:
    holding = [one for one in _windows(example.passage) if one[0] <= example.start and example.end <= one[1]]
    if as_read and holding:
        return _cut(example, *random_source.choice(holding))
    sentences = _sentences(example.passage)
    touched = [n for n, (start, end) in enumerate(sentences) if start < example.end and end > example.start]
    if not touched:
        return None
    return _cut(example, *_grown(sentences, touched[0], touched[-1], random_source))


def _cut(example: Example, start: int, end: int) -> Example:
    return replace(example, passage=example.passage[start:end], start=example.start - start, end=example.end - start)


def _grown(
    sentences: Sequence[tuple[int, int]], first: int, last: int, random_source: random.Random
) -> tuple[int, int]:
    """Let a neighbour in on each side, by chance, while the window stays short."""
    start, end = sentences[first][0], sentences[last][1]
    if first and random_source.random() < NEIGHBOUR_CHANCE and end - sentences[first - 1][0] <= MOST_CHARACTERS:
        start = sentences[first - 1][0]
    if last + 1 < len(sentences) and random_source.random() < NEIGHBOUR_CHANCE:
        further = sentences[last + 1][1]
        end = further if further - start <= MOST_CHARACTERS else end
    return start, end


def _without_answer(
    example: Example, passages: Sequence[str], random_source: random.Random, *, as_read: bool
) -> Example | None:
    """The window most like the question that holds none of its answers, of its own passage or of some others."""
    others = random_source.sample(passages, min(LOOKED_AT, len(passages)))
    others = [passage for passage in others if passage != example.passage]
    pools = [[example.passage], others]
    if random_source.random() < ELSEWHERE_SHARE:
        pools.reverse()
    for pool in pools:
        texts = [text for passage in pool for text in _stretches(passage, random_source, as_read=as_read)]
        if best := _likest_without_answer(example, texts, random_source):
            return Example(example.question, best, None, None, example.source, example.answers)
    return None


def _stretches(passage: str, random_source: random.Random, *, as_read: bool) -> Iterator[str]:
    sentences = _sentences(passage)
    grown = (_grown(sentences, n, n, random_source) for n in range(len(sentences)))
    return (passage[start:end] for start, end in (_windows(passage) if as_read else grown))


def _likest_without_answer(example: Example, texts: Sequence[str], random_source: random.Random) -> str | None:
    asked, answers = _words(example.question), [answer.casefold() for answer in example.answers]
    best: tuple[float, str | None] = (-1.0, None)
    for text in texts:
        if not any(answer in text.casefold() for answer in answers):
            best = max(best, (len(asked & _words(text)) + random_source.random(), text))
    return best[1]
