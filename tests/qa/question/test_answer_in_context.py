"""A question after others: unchanged where it stands alone, else by the completion that is answered best."""

from qa.answer import UNCLEAR, Answer, Quote, Turn
from qa.question.answer_in_context import LESS_LIKELY, STRICTER, answer_in_context

QUOTE = Quote("mayor.txt", "The mayor", 0, 10, "She left.", 0, 3, 0.9)
MET = Turn("Who met Olav Berg?", Answer("Who met Olav Berg?", "Jonas Lie", 0.9, (QUOTE,)))


class Asked:
    """Answers what it knows with a confidence, and notes what it was asked."""

    def __init__(self, **known: float):
        self.known = {name.replace("_", " "): confidence for name, confidence in known.items()}
        self.asked: list[tuple[str, float, str | None]] = []

    def __call__(self, asked: str, threshold: float, near: str | None = None) -> Answer:
        self.asked.append((asked, threshold, near))
        confidence = max((sure for name, sure in self.known.items() if name in asked), default=0.0)
        return Answer(asked, asked if confidence >= threshold else None, confidence, ())


def test_a_question_that_stands_alone_is_asked_unchanged_and_no_more():
    ask = Asked(Everest=0.9)
    answer = answer_in_context("How tall is Everest?", [MET], ask, 0.5)
    assert (answer.text, answer.understood) == ("How tall is Everest?", None)
    assert ask.asked == [("How tall is Everest?", 0.5, None)]


def test_without_a_conversation_even_an_anaphor_is_asked_unchanged():
    ask = Asked()
    assert answer_in_context("Who met him?", [], ask, 0.5).understood is None
    assert [asked for asked, _, _ in ask.asked] == ["Who met him?"]


def test_the_completion_that_is_answered_best_wins_and_is_shown():
    answer = answer_in_context("What did he say?", [MET], Asked(Olav=0.7, Jonas=0.2), 0.3)
    assert answer.understood == answer.text == "What did Olav Berg say?"
    answer = answer_in_context("What did he say?", [MET], Asked(Olav=0.2, Jonas=0.7), 0.3)
    assert answer.understood == "What did Jonas Lie say?"


def test_a_less_likely_completion_must_be_clearly_surer():
    likely, other = 0.7, 0.7 / LESS_LIKELY - 0.01
    assert "Jonas" in answer_in_context("What did he say?", [MET], Asked(Jonas=likely, Olav=other), 0.3).understood


def test_a_completed_question_needs_more_confidence():
    enough_as_it_stands, threshold = 0.4, 0.3
    assert threshold <= enough_as_it_stands < threshold * STRICTER
    answer = answer_in_context("What did he say?", [MET], Asked(Olav=enough_as_it_stands, Jonas=0.1), threshold)
    assert not answer.answered
    assert answer.understood == "What did Jonas Lie say?"


def test_who_is_meant_by_he_must_be_known():
    place = Turn("When was Rovik founded?", Answer("When was Rovik founded?", "1340", 0.9, (QUOTE,)))
    answer = answer_in_context("when did he die?", [place], Asked(he=0.9), 0.3)
    assert (answer.answered, answer.reason) == (False, UNCLEAR)


def test_the_document_of_the_last_answer_is_read_for_a_completed_question():
    ask = Asked(Jonas=0.9)
    answer_in_context("What did he say?", [MET], ask, 0.3)
    assert {near for _, _, near in ask.asked} == {"mayor.txt"}


def test_a_refused_question_that_stands_alone_is_tried_again_near_the_last_answer_then_completed():
    ask = Asked()
    answer = answer_in_context("What was the result?", [MET], ask, 0.3)
    assert ask.asked[:2] == [("What was the result?", 0.3, None), ("What was the result?", 0.3 * STRICTER, "mayor.txt")]
    assert len(ask.asked) > 2
    assert (answer.answered, answer.understood) == (False, None)


def test_sure_of_one_completion_the_others_are_not_asked():
    ask = Asked(Jonas=0.95)
    answer_in_context("What did he say?", [MET], ask, 0.3)
    assert len(ask.asked) == 1


def test_and_sweden_is_not_answered_by_a_sentence_that_does_not_speak_of_sweden():
    def ask(asked: str, threshold: float, near: str | None = None) -> Answer:
        return Answer(
            asked, "8.5 years", 0.9, (Quote("jobs.txt", "Jobs", 0, 24, "It took Norway 8.5 years.", 15, 24, 0.9),)
        )

    norway = Turn("How long did it take Norway?", ask("How long did it take Norway?", 0.3))
    answer = answer_in_context("And Sweden?", [norway], ask, 0.3)
    assert not answer.answered
    assert answer_in_context("And Norway?", [norway], ask, 0.3).answered
