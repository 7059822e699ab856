"""Follow-ups are completed from the turn before; questions that stand alone are left alone."""

import pytest

from qa.answer import Answer, Turn
from qa.question.follow_up import stand_alone


def turn(question: str, answer: str | None) -> Turn:
    return Turn(question, Answer(question, answer, 0.9, ()))


WHO = turn("Who said the UN mission would visit Karabakh again?", "Ilham Aliyev")
WHERE = turn("Where was the explosion?", "gas station in Hankendi")
REFUSED = turn("How tall is Mount Everest?", None)


@pytest.mark.parametrize(
    ("question", "last", "understood"),
    [
        ("and what did he say about the police?", WHO, "what did Ilham Aliyev say about the police?"),
        ("what did he say?", turn("Who protects it?", "The Head of State"), "what did the Head of State say?"),
        ("What is his title?", WHO, "What is Ilham Aliyev's title?"),
        ("Who met him?", WHO, "Who met Ilham Aliyev?"),
        ("Who was there?", WHERE, "Who was in Hankendi?"),
        ("When?", WHERE, "When was the explosion (gas station in Hankendi)?"),
        ("what about the Red Cross?", turn("Who leads the WHO?", "Hans Kluge"), "Who leads the Red Cross?"),
        ("and what about food?", turn("Who provides medicine?", "doctors"), "Who provides medicine, food?"),
        ("How old is it?", REFUSED, "How old is Mount Everest?"),
        ("And who put out the fire?", WHERE, "who put out the fire?"),
        ("what did he say?", turn("What did Kluge think of the trip to Karabakh?", None), "what did Kluge say?"),
    ],
)
def test_follow_ups_are_completed(question, last, understood):
    assert stand_alone(question, [last]) == understood


@pytest.mark.parametrize(
    "question",
    [
        "Who put out the fire?",
        "What did Ilham Aliyev say about his trip?",
        "Is there a portal?",
        "Which services are there?",
        "Why is it raining in Baku?",
    ],
)
def test_questions_that_stand_alone_with_no_history_are_left_alone(question):
    assert stand_alone(question, []) is None


@pytest.mark.parametrize(
    "question", ["Who put out the fire?", "Is there a separate portal?", "Where did Ilham Aliyev say he went?"]
)
def test_questions_that_name_what_they_ask_about_are_left_alone(question):
    assert stand_alone(question, [WHO]) is None


def test_only_the_last_turn_counts():
    assert stand_alone("Who met him?", [turn("Who is Kluge?", "Hans Kluge"), WHO]) == "Who met Ilham Aliyev?"
