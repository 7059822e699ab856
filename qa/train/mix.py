"""From labelled examples to training groups: each question with its passage and, often, one that does not answer it."""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.train.examples import Example
from qa.train.nearest import nearest_by_words

LOWER_CASE_SHARE = 0.12
"""Questions typed without capitals, as people type."""
TYPO_SHARE = 0.08
"""Questions with one letter of a name changed: names are spelled three ways."""
NEGATIVE_SHARE = 0.25
"""Questions of long-passage sets that come with a passage that does not answer them."""
SWAP_SHARE = 0.08
"""Questions repeated with another name or number put in, so that their own passage no longer answers them."""
NEAREST = 12
"""A negative is drawn from so many passages most like the question: what a retriever would hand over."""
LONG_SETS = frozenset({"new_wiki", "reddit", "amazon", "policyqa", "qed"})
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*|\b\d{2,4}\b")
_OPPOSITES = {
    "first": "last", "last": "first", "largest": "smallest", "smallest": "largest", "before": "after",
    "after": "before", "most": "least", "least": "most", "highest": "lowest", "lowest": "highest", "north": "south",
    "south": "north", "increase": "decrease", "decrease": "increase", "best": "worst", "oldest": "youngest",
    "east": "west", "west": "east",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Passages of one question, read together; the first may answer it, the others do not."""

    examples: tuple[Example, ...]


def make_groups(examples: Sequence[Example], random_source: random.Random) -> list[Group]:
    """Add negatives and changed questions to labelled examples; the order is shuffled."""
    negatives = _mine(examples, random_source)
    swapped = swap_names(examples, random_source)
    groups = []
    for example, negative in zip(examples, negatives, strict=True):
        asked = replace(example, question=disturb(example.question, random_source))
        members = (asked, replace(negative, question=asked.question)) if negative else (asked,)
        groups.append(Group(members))
    groups += [Group((one,)) for one in swapped]
    random_source.shuffle(groups)
    return groups


def _mine(examples: Sequence[Example], random_source: random.Random) -> list[Example | None]:
    """Find for a share of the questions a passage of the same set, like them in words, without their answer."""
    chosen: list[Example | None] = [None] * len(examples)
    by_source = defaultdict(list)
    for place, example in enumerate(examples):
        if example.source in LONG_SETS and random_source.random() < NEGATIVE_SHARE:
            by_source[example.source].append(place)
    for source, wanted in sorted(by_source.items()):
        passages = sorted({example.passage for example in examples if example.source == source})
        nearest = nearest_by_words([examples[place].question for place in wanted], passages, NEAREST)
        for place, rows in zip(wanted, nearest, strict=True):
            example = examples[place]
            fitting = [passages[row] for row in rows if _lacks(passages[row], example)]
            if fitting:
                passage = random_source.choice(fitting)
                chosen[place] = Example(example.question, passage, None, None, source, example.answers)
    return chosen


def _lacks(passage: str, example: Example) -> bool:
    folded = passage.casefold()
    return passage != example.passage and not any(answer.casefold() in folded for answer in example.answers)


def swap_names(examples: Sequence[Example], random_source: random.Random) -> list[Example]:
    """Change a name, a number or an opposite in some questions, so that their passage does not answer them."""
    names = [match for example in examples for match in _NAME.findall(example.question)]
    swapped = []
    for example in random_source.sample(list(examples), int(SWAP_SHARE * len(examples))):
        match = _NAME.search(example.question)
        other = random_source.choice(names) if match else None
        if match and other and other.isdigit() == match.group(0).isdigit() and other not in example.passage:
            question = example.question[: match.start()] + other + example.question[match.end() :]
        else:
            question = re.sub(
                rf"\b({'|'.join(_OPPOSITES)})\b", lambda word: _OPPOSITES[word.group(1)], example.question, count=1
            )
        if question != example.question:
            swapped.append(Example(question, example.passage, None, None, "swapped"))
    return swapped


def disturb(question: str, random_source: random.Random) -> str:
    """Type some questions as people do: without capitals, or with a letter of a name changed."""
    chance = random_source.random()
    if chance < LOWER_CASE_SHARE:
        return question.lower().rstrip("?")
    if chance < LOWER_CASE_SHARE + TYPO_SHARE:
        match = _NAME.search(question)
        if match and match.group(0).isalpha():
            place = random_source.randrange(match.start(), match.end())
            return question[:place] + random_source.choice("aeiouklmnrst") + question[place + 1 :]
    return question
