"""Measuring a reader: development titles alone, rivals without the answer, figures worked out by hand."""

import json
import subprocess
import sys

import pytest

from qa.reading.reader import Reading
from qa.train.data.sources import DEVELOPMENT_TITLES
from qa.train.measure import among_others, best, development_questions, find_rivals, given


class Knowing:
    """A reader that finds "Monday" with 5 logits, and else its passage's first word with as many as given."""

    def __init__(self, otherwise: float):
        self.otherwise = otherwise

    def read(self, question, passages):
        from qa.answer import Span

        readings = []
        for passage in passages:
            start, score = passage.text.find("Monday"), 5.0
            if start < 0:
                start, score = 0, self.otherwise
            readings.append(Reading(passage, (Span(passage, start, start + 6, score),), 0.0))
        return readings


@pytest.fixture(scope="module")
def questions(data):
    return development_questions(data)


def test_the_questions_are_those_of_the_titles_kept_apart(data, questions):
    assert len({question.title for question in questions}) == DEVELOPMENT_TITLES
    assert len(questions) == 3 * DEVELOPMENT_TITLES


def test_rivals_hold_none_of_the_answers_and_are_where_they_say(questions):
    cases = find_rivals(questions, questions)
    assert any(case.elsewhere for case in cases)
    for case in cases:
        for text in (*case.elsewhere, *case.adjacent, *case.foreign):
            assert not any(answer.casefold() in text.casefold() for answer in case.question.answers)
        assert all(text != case.question.context for text in case.foreign)


def test_a_third_of_the_questions_ask_for_the_day_and_so_a_third_is_right(questions):
    assert given(Knowing(-1.0), questions) == {
        "EM, paragraph given": pytest.approx(33.33),
        "F1, paragraph given": pytest.approx(33.33),
    }


def test_the_likeliest_span_of_all_texts_wins(questions):
    assert best(Knowing(-1.0), "When?", ["Nobody knows.", "On Monday."]) == ("Monday", 5.0)
    assert best(Knowing(9.0), "When?", ["On Monday.", "Nobody knows."]) == ("Nobody", 9.0)


def test_scores_that_say_nothing_are_worth_a_coin(questions):
    told = among_others(Knowing(5.0), find_rivals(questions, questions))
    assert told["AUROC right or wrong"] == 0.5
    assert told["AUROC against foreign"] in (None, 0.5)


def test_the_command_prints_one_json_object(repository, data, write_reader):
    folder = write_reader({"fire": 3.0}, {"fire": 3.0})
    command = [sys.executable, "-m", "qa.train.measure", "--data", str(data), "--model", str(folder), "--sample", "6"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["questions"] == 6
    assert 0 <= told["EM, paragraph given"] <= told["F1, paragraph given"] <= 100
