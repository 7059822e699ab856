"""Groups become token ids and targets: question, separator, passage, with the answer's first and last token."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from qa.train.examples import Example
from qa.train.mix import Group

MAX_TOKENS = 288
MAX_QUESTION_TOKENS = 64
SHORTEST_WINDOW, LONGEST_WINDOW = 64, 224
"""Passage tokens shown of a long passage, drawn anew each time: the mean is half the cost of the whole, and the
answer's place in the window tells nothing."""
HERE = 0
"""The first token: what stands for "not in this passage"."""


SPECIAL_TOKENS = (("[CLS]", "[SEP]"), ("<s>", "</s>"))
"""First token and separator, of the kinds of tokenizers known."""


def special_tokens(tokenizer: Tokenizer) -> tuple[str, str]:
    """Return a tokenizer's first token and separator; leave the program where it has neither kind."""
    for pair in SPECIAL_TOKENS:
        if all(tokenizer.token_to_id(token) is not None for token in pair):
            return pair
    raise SystemExit("the tokenizer has neither [CLS] and [SEP] nor <s> and </s>")


def special_ids(tokenizer: Tokenizer) -> tuple[int, int]:
    """Return the ids of a tokenizer's first token and separator."""
    first, separator = special_tokens(tokenizer)
    return tokenizer.token_to_id(first), tokenizer.token_to_id(separator)


@dataclass(frozen=True, slots=True)
class Features:
    """One passage as the model reads it. ``start`` and ``end`` are token positions, ``HERE`` for no answer."""

    ids: list[int]
    types: list[int]
    start: int
    end: int


def features_of(example: Example, tokenizer: Tokenizer, random_source: random.Random) -> Features | None:
    """Tokenise one example; a long passage is cut to a window around its answer. None where the answer got lost."""
    question = tokenizer.encode(example.question, add_special_tokens=False).ids[:MAX_QUESTION_TOKENS]
    encoded = tokenizer.encode(example.passage, add_special_tokens=False)
    room = min(MAX_TOKENS - len(question) - 3, random_source.randint(SHORTEST_WINDOW, LONGEST_WINDOW))
    first, last = _answer_tokens(example, encoded.offsets)
    if example.start is not None and (first is None or last - first >= room):
        return None
    begin = 0
    if len(encoded.ids) > room:
        latest = len(encoded.ids) - room
        if first is None:
            begin = random_source.randint(0, latest)
        else:
            begin = random_source.randint(max(0, min(latest, last + 1 - room)), max(0, min(latest, first)))
    passage = encoded.ids[begin : begin + room]
    cls, sep = special_ids(tokenizer)
    ids = [cls, *question, sep, *passage, sep]
    types = [0] * (len(question) + 2) + [1] * (len(passage) + 1)
    if first is None:
        return Features(ids, types, HERE, HERE)
    shift = len(question) + 2 - begin
    if last + shift >= len(ids) - 1:
        return None
    return Features(ids, types, first + shift, last + shift)


def _answer_tokens(example: Example, offsets: Sequence[tuple[int, int]]) -> tuple[int | None, int | None]:
    if example.start is None:
        return None, None
    inside = [n for n, (start, end) in enumerate(offsets) if start < example.end and end > example.start]
    return (inside[0], inside[-1]) if inside else (None, None)


def make_batches(
    groups: Sequence[Group], tokenizer: Tokenizer, batch_size: int, random_source: random.Random
) -> Iterator[list[list[Features]]]:
    """Yield batches of groups of like length, in random order; a group that lost its answer is left out."""
    ready = []
    for group in groups:
        members = [features_of(example, tokenizer, random_source) for example in group.examples]
        if all(member is not None for member in members):
            ready.append(members)
    ready.sort(key=lambda members: (max(len(member.ids) for member in members), random_source.random()))
    batches: list[list[list[Features]]] = [[]]
    for members in ready:
        if sum(len(group) for group in batches[-1]) >= batch_size:
            batches.append([])
        batches[-1].append(members)
    random_source.shuffle(batches)
    yield from (batch for batch in batches if batch)
