"""Made-up questions: the answer is where the record says, and what is kept for testing is never trained on."""

from random import Random

import pytest

from qa.train.data.made import comparisons, hedges, lists, periods, premises, pronouns, tables, title_families, titles
from qa.train.data.parallel_facts import FAMILIES
from qa.train.data.parallel_facts import TEST as TEST_FAMILIES
from qa.train.data.parallel_facts import TRAIN as TRAIN_FAMILIES
from qa.train.data.parallel_facts import make as make_parallel

MAKERS = {
    "comparisons": lambda r: comparisons.make(r, 60),
    "hedges": lambda r: hedges.make(r, 60),
    "lists": lambda r: lists.make(r, 60),
    "periods": lambda r: periods.make(r, periods.TRAIN, 60),
    "premises": lambda r: premises.make(r, False, 60),
    "pronouns": lambda r: pronouns.make(r, 60),
    "tables": lambda r: tables.make(r, tables.TRAIN, 60),
    "titles": lambda r: titles.make(r, title_families.TRAIN, 60),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_answers_are_where_the_records_say(kind):
    records = list(MAKERS[kind](Random(5)))
    assert len(records) == 60
    answered = [one for one in records if one.start is not None]
    assert answered
    for one in answered:
        assert one.answers
        assert one.answer == one.answers[0]
        assert one.answer.strip() == one.answer != ""
    assert len({one.question for one in records}) > 20


@pytest.mark.parametrize("kind", MAKERS)
def test_a_seed_gives_the_same_questions_again(kind):
    assert list(MAKERS[kind](Random(7))) == list(MAKERS[kind](Random(7)))


@pytest.mark.parametrize("kind", ["hedges", "periods", "premises", "tables", "titles", "lists"])
def test_some_are_not_answered_by_their_passage(kind):
    assert any(one.start is None for one in MAKERS[kind](Random(3)))


def test_families_for_testing_are_not_those_for_training():
    assert not set(TRAIN_FAMILIES) & set(TEST_FAMILIES)
    assert set(TRAIN_FAMILIES) | set(TEST_FAMILIES) == set(FAMILIES)
    for module in (tables, periods, title_families):
        assert not set(map(repr, module.TRAIN)) & set(map(repr, module.TEST))


def test_parallel_facts_name_the_answer_of_the_subject_asked():
    for passage, _, start, end, _ in make_parallel(Random(2), TRAIN_FAMILIES, 200):
        assert start is None or 0 <= start < end <= len(passage)
