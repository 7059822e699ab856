"""From labelled questions to what a network sees: targets stand on the answer, negatives hold none of them."""

import random
from functools import partial
from itertools import product

import pytest
from tokenizers import Tokenizer

from embeddings.encoder.model_source import find_source
from embeddings.text.sentences import split_sentences
from qa.reading.windows import sentence_windows
from qa.train.examples import DEVELOPMENT_TITLES, Example, read_sets, split_new_wiki
from qa.train.features import HERE, features_of, make_batches
from qa.train.mix import make_groups
from qa.train.sentence_mix import make_sentence_groups

WHAT, PLACES = ("bridge", "school", "library", "station"), ("Graz", "Basel", "Lyon", "Turin")
MAKERS = [
    pytest.param(make_groups, id="passages"),
    pytest.param(make_sentence_groups, id="sentences"),
    pytest.param(partial(make_sentence_groups, near=True), id="near"),
]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    found = Tokenizer.from_file(str(find_source().folder / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return found


@pytest.fixture
def examples(data):
    return read_sets(data, {"new_wiki": 100}, random.Random(1))


def test_development_titles_are_never_trained_on(data, examples):
    trained, kept = split_new_wiki(data)
    assert {one.passage for one in trained}.isdisjoint(one.passage for one in kept)
    assert len({one.passage for one in kept}) == DEVELOPMENT_TITLES
    assert {one.passage for one in examples} == {one.passage for one in trained}


@pytest.mark.parametrize("make", MAKERS)
def test_the_first_of_a_group_answers_and_the_others_hold_no_answer(examples, make):
    negatives = 0
    for seed in range(20):
        for group in make(examples, random.Random(seed)):
            first, *others = group.examples
            if first.start is not None:
                assert first.passage[first.start : first.end] in first.answers
            for other in others:
                negatives += 1
                assert other.start is None and other.question == first.question
                assert not any(answer.casefold() in other.passage.casefold() for answer in first.answers)
    assert negatives


@pytest.mark.parametrize("make", MAKERS)
def test_targets_stand_on_the_answer(examples, make, tokenizer):
    seen = 0
    for group in make(examples, random.Random(3)):
        for example in group.examples:
            features = features_of(example, tokenizer, random.Random(4))
            assert len(features.ids) == len(features.types)
            if example.start is None:
                assert (features.start, features.end) == (HERE, HERE)
                continue
            seen += 1
            answer = tokenizer.encode(example.passage[example.start : example.end], add_special_tokens=False).ids
            assert features.ids[features.start : features.end + 1] == answer
            assert set(features.types[features.start : features.end + 1]) == {1}
    assert seen


def test_the_same_seed_gives_the_same_batches(examples, tokenizer):
    def batches(seed):
        source = random.Random(seed)
        return list(make_batches(make_sentence_groups(examples, source), tokenizer, 4, source))

    assert batches(1) == batches(1)
    assert batches(1) != batches(2)
    assert all(sum(len(group) for group in batch) <= 4 + 1 for batch in batches(1))


def test_half_of_the_questions_see_the_windows_that_are_read_at_work():
    sentence = "The {} of {} was opened by the mayor of that town in the year {}, and many people came to see it."
    passage = " ".join(sentence.format(what, place, 1900 + n) for n, (what, place) in enumerate(product(WHAT, PLACES)))
    start = passage.index("the mayor of that town in the year 1907")
    example = Example("Who opened it?", passage, start, start + 9, "new_wiki", ("the mayor",))
    read = {passage[a:b] for a, b in sentence_windows(split_sentences(passage))}
    groups = [make_sentence_groups([example], random.Random(seed))[0] for seed in range(200)]
    shown = [group.examples[0].passage in read for group in groups]
    assert 0.4 < sum(shown) / len(shown) < 0.7
    assert all(one.passage[one.start : one.end] == "the mayor" for one, *_ in (group.examples for group in groups))
    assert {group.examples[0].passage for group in groups} & read == {text for text in read if "1907" in text}
