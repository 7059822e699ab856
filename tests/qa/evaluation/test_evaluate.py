"""Evaluation: exact figures over a small engine with fixed answers, and what must never stop or falsify it."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from embeddings.documents.document import Document
from embeddings.errors import CitebotError
from embeddings.index.snapshot import DocumentFacts
from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from qa.answer import Answer, Quote
from qa.evaluation.evaluate import evaluate
from qa.evaluation.labelled_questions import Question
from qa.question.tidy import UnusableQuestion

FIRE = "Fire\n\nThe fire was put out by Azerbaijani firefighters. Nobody slept.\n\nThe gas station stood in Hankendi.\n"
VISIT = "Visit\n\nHans Kluge came in May. He praised Baku.\n"
DOCUMENTS = {"fire.txt": FIRE, "visit.txt": VISIT}
PUT_OUT = "The fire was put out by Azerbaijani firefighters. Nobody slept."
CAME = "Hans Kluge came in May. He praised Baku."


def quote(document: str, sentence: str, answer: str | None) -> Quote:
    start = DOCUMENTS[document].index(sentence)
    first = None if answer is None else start + sentence.index(answer)
    last = None if answer is None else first + len(answer)
    return Quote(document, "", start, start + len(sentence), sentence, first, last, 0.5)


def passage(document: str, text: str) -> Passage:
    start = DOCUMENTS[document].index(text)
    return Passage(Chunk(document, start, start + len(text)), text, "", 1.0)


class SmallEngine:
    """Answers from a table: question -> (document, sentence, answer, confidence). What is not there it never finds."""

    def __init__(self, answers: dict[str, tuple[str, str, str, float]], threshold: float = 0.5):
        self.answers = answers
        self.threshold = threshold
        self.asked: list[tuple[str, float | None]] = []
        self.searched: list[tuple[str, int]] = []

    def ask(self, question: str, *, threshold: float | None = None) -> Answer:
        self.asked.append((question, threshold))
        if not any(map(str.isalnum, question)):
            raise UnusableQuestion("the question is empty: ask in words")
        if question not in self.answers:
            return Answer(question, None, 0.0, (), "nothing in the documents is like this question")
        document, sentence, answer, confidence = self.answers[question]
        if confidence < (self.threshold if threshold is None else threshold):
            return Answer(question, None, confidence, (quote(document, sentence, None),), "below the threshold")
        return Answer(question, answer, confidence, (quote(document, sentence, answer),))

    def search(self, question: str, *, top: int) -> list[Passage]:
        self.searched.append((question, top))
        found = [passage("visit.txt", "Hans Kluge came in May."), passage("fire.txt", PUT_OUT)]
        return [*found, passage("visit.txt", "He praised Baku.")][:top]

    def documents(self) -> tuple[DocumentFacts, ...]:
        return tuple(DocumentFacts(name, "", None, None, len(text), "", 0, 0) for name, text in DOCUMENTS.items())

    def document(self, identifier: str) -> Document:
        if identifier not in DOCUMENTS:
            raise CitebotError(f"there is no document {identifier}")
        return Document(identifier, "", DOCUMENTS[identifier], "")


def seconds(*durations: float) -> Callable[[], float]:
    """Return a clock that is read before and after each question."""
    times = iter([moment for duration in durations for moment in (10.0, 10.0 + duration)])
    return lambda: next(times)


ANSWERS = {
    "Who put out the fire?": (
        "fire.txt",
        "The fire was put out by Azerbaijani firefighters.",
        "Azerbaijani firefighters",
        0.9,
    ),
    "Who came?": ("visit.txt", "Hans Kluge came in May.", "Kluge", 0.6),
    "What was praised?": ("visit.txt", "He praised Baku.", "Baku", 0.3),
    "Where was the gas station?": ("visit.txt", "Hans Kluge came in May.", "May", 0.2),
    "Who lit the fire?": ("fire.txt", "Nobody slept.", "Nobody", 0.55),
    "How tall is Everest?": ("visit.txt", "He praised Baku.", "Baku", 0.1),
}
ANSWERABLE = [
    Question("a1", "Who put out the fire?", ("Azerbaijani firefighters",), PUT_OUT, "Fire", (24,)),
    Question("a2", "Who came?", ("Hans Kluge", "the WHO director"), CAME, "Visit", (0, None)),
    Question("a3", "What was praised?", ("Baku",)),
    Question("a4", "Where was the gas station?", ("Hankendi",), "The gas station stood in Hankendi.", "Fire", (25,)),
]
UNANSWERABLE = [
    Question("u1", "Who lit the fire?", ()),
    Question("u2", "How tall is Everest?", ()),
    Question("u3", "Who is she?", ()),
]


@pytest.fixture
def report():
    return evaluate(SmallEngine(ANSWERS), ANSWERABLE + UNANSWERABLE, clock=seconds(0.5, 0.1, 0.2, 0.3, 0.4, 0.7, 0.6))


def test_recall_is_by_position_where_the_paragraph_is_found_else_by_words(report):
    # Ranks: a1 2 and a2 1 by position; a3 3 by words; a4's paragraph is in the documents but not among the passages.
    assert [one.answer_rank for one in report.results[:4]] == [2, 1, 3, None]
    assert [one.located for one in report.results[:4]] == [True, True, False, True]
    assert report.recall == {1: 1 / 4, 5: 3 / 4, 10: 3 / 4}
    assert report.located == 3


def test_gold_in_the_first_quote_counts_refused_or_not(report):
    assert [one.gold_in_quote for one in report.results] == [True, True, True, False, False, False, False]
    assert report.gold_in_first_quote == 3 / 4


def test_times_are_those_of_asking(report):
    assert [one.seconds for one in report.results] == pytest.approx([0.5, 0.1, 0.2, 0.3, 0.4, 0.7, 0.6])
    assert report.ask_p50_s == pytest.approx(0.4)
    assert report.ask_p95_s == pytest.approx(0.7)


def test_one_ask_and_where_it_matters_one_search_a_question():
    engine, progress = SmallEngine(ANSWERS), []

    evaluate(engine, ANSWERABLE + UNANSWERABLE, on_progress=lambda *at: progress.append(at))

    assert engine.asked == [(question.question, 0.0) for question in ANSWERABLE + UNANSWERABLE]
    assert engine.searched == [(question.question, 10) for question in ANSWERABLE]
    assert progress == [(done, 7) for done in range(1, 8)]


def test_the_guess_is_scored_and_the_engines_own_threshold_applied(report):
    assert report.threshold == 0.5
    assert [one.exact for one in report.results] == [1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    assert [one.f1 for one in report.results] == pytest.approx([1.0, 2 / 3, 1.0, 0.0, 0.0, 0.0, 0.0])
    assert [one.confidence for one in report.results] == [0.9, 0.6, 0.3, 0.2, 0.55, 0.1, 0.0]
    assert (report.answerable.answered, report.unanswerable.answered) == (2 / 4, 1 / 3)


def test_every_quote_is_compared_with_its_document(report):
    assert report.quotes == 6
    assert report.faults == 0


class LyingEngine(SmallEngine):
    """Changes the first quote of each answer, or the answer."""

    def __init__(self, lie: dict, answer: str | None = None):
        super().__init__(ANSWERS)
        self.lie = lie
        self.answer = answer

    def ask(self, question: str, *, threshold: float | None = None) -> Answer:
        told = super().ask(question, threshold=threshold)
        return replace(told, quotes=(replace(told.quotes[0], **self.lie),), text=self.answer or told.text)


@pytest.mark.parametrize(
    ("engine", "faults"),
    [
        (LyingEngine({}), []),
        (LyingEngine({"start": 7}), ["fire.txt:7-55: the document's text there is another"]),
        (LyingEngine({"end": 9_999}), ["fire.txt:6-9999: the document's text there is another"]),
        (LyingEngine({"text": PUT_OUT}), ["fire.txt:6-55: the document's text there is another"]),
        (LyingEngine({"document": "none.txt"}), ["none.txt:6-55: there is no document none.txt"]),
        (LyingEngine({"answer_start": 5}), ["fire.txt:6-55: the answer 5-54 is no span of the quote"]),
        (LyingEngine({"answer_end": 56}), ["fire.txt:6-55: the answer 30-56 is no span of the quote"]),
        (LyingEngine({"answer_end": None}), ["fire.txt:6-55: the answer 30-None is no span of the quote"]),
    ],
)
def test_quotes_that_are_not_where_they_say_are_counted_and_named(engine, faults):
    report = evaluate(engine, ANSWERABLE[:1])

    assert [fault for fault in report.results[0].faults if not fault.startswith("the answer ")] == faults
    assert report.faults == len(report.results[0].faults)


def test_a_quote_may_be_a_whole_document_and_its_answer_the_whole_quote():
    (result,) = evaluate(
        SmallEngine({"What?": ("visit.txt", VISIT, VISIT, 0.9)}), [Question("1", "What?", (VISIT,))]
    ).results

    assert result.quote == f"visit.txt:0-{len(VISIT)}"
    assert result.faults == ()


@pytest.mark.parametrize("engine", [LyingEngine({}, "the brigade"), LyingEngine({"answer_start": 31})])
def test_an_answer_that_its_quote_does_not_mark_is_a_fault(engine):
    (result,) = evaluate(engine, ANSWERABLE[:1]).results

    assert result.faults == (f"the answer {result.answer!r} is not what the first quote marks as the answer",)


def test_a_question_that_cannot_be_asked_counts_as_refused():
    engine = SmallEngine(ANSWERS)

    report = evaluate(engine, [Question("q1", "???", ("Baku",)), Question("q2", "!", ()), ANSWERABLE[0]])

    assert report.unusable == 2
    assert [one.unusable for one in report.results] == [True, True, False]
    assert [one.confidence for one in report.results] == [0.0, 0.0, 0.9]
    assert report.all.exact_match == 2 / 3
    assert engine.searched == [("Who put out the fire?", 10)]


def test_an_engine_that_cannot_go_on_stops_the_evaluation():
    class BrokenEngine(SmallEngine):
        def search(self, question, *, top):
            raise CitebotError("the index is damaged: run `citebot index --rebuild`")

    with pytest.raises(CitebotError, match="the index is damaged"):
        evaluate(BrokenEngine(ANSWERS), ANSWERABLE)


@pytest.mark.parametrize(
    ("questions", "answers", "threshold"),
    [
        ([], ANSWERS, 0.5),
        (UNANSWERABLE, ANSWERS, 0.5),
        (ANSWERABLE, ANSWERS, 1.1),
        (ANSWERABLE, {}, 0.0),
        (UNANSWERABLE, {}, 0.0),
        (ANSWERABLE + UNANSWERABLE, {}, 0.5),
    ],
    ids=[
        "no questions",
        "unanswerable alone",
        "all refused",
        "nothing found",
        "nothing to find",
        "nothing found of either",
    ],
)
def test_figures_without_a_value_are_null_never_nan(questions, answers, threshold):
    report = evaluate(SmallEngine(answers, threshold), questions)

    read = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert len(read["results"]) == len(questions)


def test_no_questions_give_no_figures():
    report = evaluate(SmallEngine(ANSWERS), [])

    assert report.all.questions == 0
    assert report.all.exact_match is report.answerable.f1 is report.auroc is report.proposed_threshold is None
    assert report.recall == {1: None, 5: None, 10: None}
    assert report.reliability == ()
    assert report.ask_p95_s is None


def test_refusing_everything_is_right_of_the_unanswerable_alone():
    report = evaluate(SmallEngine({}), ANSWERABLE + UNANSWERABLE)

    assert (report.answerable.exact_match, report.unanswerable.exact_match) == (0.0, 1.0)
    assert report.auroc is report.calibration_error is None


def test_the_json_holds_the_figures_and_each_result(report):
    data = json.loads(json.dumps(report.to_json(), allow_nan=False))

    assert data["threshold"] == 0.5
    assert data["answerable"]["exact_match"] == 0.25
    assert data["recall"] == {"1": 0.25, "5": 0.75, "10": 0.75}
    # Right guesses 0.9 and 0.3 against wrong ones 0.6, 0.2, 0.55 and 0.1: 6 of 8 pairs in order.
    assert data["auroc"] == 0.75
    assert data["reliability"][0] == {"low": 0.0, "high": 0.1, "count": 1, "confidence": 0.1, "accuracy": 0.0}
    assert data["faults"] == 0
    assert data["results"][2] == {
        "id": "a3",
        "question": "What was praised?",
        "gold": ["Baku"],
        "answer": "Baku",
        "confidence": 0.3,
        "answered": False,
        "exact": 1.0,
        "f1": 1.0,
        "quote": "visit.txt:31-47",
        "gold_in_quote": True,
        "located": False,
        "answer_rank": 3,
        "quotes": 1,
        "faults": [],
        "unusable": False,
        "seconds": pytest.approx(0.2),
    }
