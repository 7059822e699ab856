"""Follow-ups are completed from the turns before; questions that stand alone are left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer import Answer, Turn
from qa.question.follow_up import completions, stands_alone, turn_about


def turn(question: str, answer: str | None, asked: str | None = None) -> Turn:
    return Turn(question, Answer(asked or question, answer, 0.9, ()))


WHO = turn("Who said the UN mission would visit Karabakh again?", "Ilham Aliyev")
WHERE = turn("Where was the explosion?", "gas station in Hankendi")
REFUSED = turn("How tall is Mount Everest?", None)
MAYOR = turn("Why did the mayor of Rovik resign?", "the council had refused her budget")
DEPUTY = turn("who is the mayor of Rovik's deputy?", "Erik Holm", asked="who is her deputy?")


@pytest.mark.parametrize(
    "question",
    [
        "Who said that Armenia signed the treaty?",
        "how many passengers were on the ferry that sank?",
        "Is it true that Baku won?",
        "How long does it take to get to Baku?",
        "What time is it?",
        "Is it raining in Baku?",
        "Is there a portal?",
        "Which services are there?",
        "What did Ilham Aliyev say about his trip?",
        "Why do sharks lose their teeth?",
        "What is CBT and how does it work?",
        "Did the mayor meet her deputy?",
        "who is She's coach?",
        "Who leads the WHO?",
        "When did the IT department open?",
        "Who put out the fire?",
        "And who put out the fire?",
        "What happened this year?",
        "Karabakh mission",
        "2023",
    ],
)
def test_a_question_that_names_what_it_asks_about_stands_alone(question):
    assert stands_alone(question)


@pytest.mark.parametrize(
    ("question", "history", "understood"),
    [
        ("and what did he say about the police?", [WHO], "what did Ilham Aliyev say about the police?"),
        ("What is his title?", [WHO], "What is Ilham Aliyev's title?"),
        ("Who met him?", [WHO], "Who met Ilham Aliyev?"),
        ("what did he say?", [turn("Who protects it?", "The Head of State")], "what did The Head of State say?"),
        ("Who was there?", [WHERE], "Who was in Hankendi?"),
        ("How old is it?", [REFUSED], "How old is Mount Everest?"),
        ("when?", [MAYOR], "when did the mayor of Rovik resign?"),
        ("who is her deputy?", [MAYOR], "who is the mayor of Rovik's deputy?"),
        ("until when will he lead the town?", [MAYOR, DEPUTY], "until when will Erik Holm lead the town?"),
        ("How long had she been mayor?", [MAYOR, DEPUTY], "How long had the mayor of Rovik been mayor?"),
        ("and her age?", [MAYOR], "What is the mayor of Rovik's age?"),
        (
            "were they saved?",
            [turn("how many passengers were on the ferry that sank?", "forty")],
            "were the passengers on the ferry that sank saved?",
        ),
        ("what about the Red Cross?", [turn("Who leads the WHO?", "Hans Kluge")], "Who leads the Red Cross?"),
        ("And Mount Whitney?", [turn("how high is Mount Lyell?", "13,120 ft")], "how high is Mount Whitney?"),
        ("what about in 1990?", [turn("How many jobs were lost in 2012?", "9")], "How many jobs were lost in 1990?"),
        ("Who won that year?", [turn("When was the cup founded?", "1908")], "Who won in 1908?"),
        ("Which were the biggest ones?", [turn("How many ships sank?", "9")], "Which were the biggest ships?"),
        (
            "what did the last one bring in?",
            [turn("When's the next fair?", "11 May")],
            "what did the last fair bring in?",
        ),
        ("and who built the new one?", [turn("Who built the old bridge?", "Holm")], "who built the new bridge?"),
        ("How does it work?", [turn("What is a 529 plan?", None)], "How does a 529 plan work?"),
        (
            "who said that?",
            [turn("Who put out the fire?", "firefighters")],
            "who said that firefighters put out the fire?",
        ),
        ("what is it for?", [turn("is there a portal?", "valid")], "what is a portal for?"),
        ("when?", [turn("Who put out the fire?", "firefighters")], "when was it that firefighters put out the fire?"),
    ],
)
def test_a_follow_up_is_understood_from_what_was_spoken_of(question, history, understood):
    assert not stands_alone(question)
    assert completions(question, history)[0] == understood


def test_what_about_asks_in_general_where_the_last_question_does_not_fit():
    assert "What was said about food?" in completions("what about food?", [turn("Why did it rain?", None)])


def test_the_quoted_part_of_an_answer_is_what_a_follow_up_means():
    told = turn("Who met whom?", "Olav Berg met Jonas Lie at the harbour")
    assert completions("What did he say?", [turn_about("Jonas Lie", told)])[0] == "What did Jonas Lie say?"
    assert completions("When was it built?", [turn_about("the harbour", told)])[0] == "When was the harbour built?"


def test_several_completions_are_proposed_where_several_things_may_be_meant():
    proposed = completions("Who met him?", [turn("Who met Olav Berg?", "Jonas Lie")])
    assert set(proposed[:2]) == {"Who met Olav Berg?", "Who met Jonas Lie?"}


def test_a_person_is_never_a_place_a_day_or_a_thing():
    history = [turn("When did the ferry sink?", "Monday")]
    assert not any("Monday" in one or "ferry" in one for one in completions("who is her deputy?", history))
    history = [turn("How many people live in Rovik?", "30,000")]
    assert completions("and her age?", history) == []


def test_he_is_no_town_and_no_firm():
    assert completions("when did he die?", [turn("When was Rotterdam granted city rights?", "1340")]) == []
    assert completions("how old is she?", [turn("Who bought the paper?", "News International")]) == []


def test_who_was_called_he_before_stays_a_person():
    owned = turn("which papers did Murdoch already own?", "The Sun", asked="which papers did he already own?")
    assert completions("when did he marry?", [owned])[0] == "when did Murdoch marry?"


def test_it_is_no_person_and_they_are_several():
    history = [turn("Who built the harbour?", "Olav Berg")]
    assert completions("When was it opened?", history)[0] == "When was the harbour opened?"
    assert completions("When were they built?", history) == []


def test_he_is_nobody_who_was_spoken_of_as_she():
    assert not any("mayor of Rovik lead" in one for one in completions("will he lead?", [MAYOR, DEPUTY]))


def test_a_question_refused_unchanged_may_be_about_the_last_subject():
    history = [turn("Tell me about lung cancer.", "a disease")]
    assert stands_alone("What are the symptoms?")
    assert completions("What are the symptoms?", history)[0] == "What are the symptoms of lung cancer?"


def test_a_question_with_a_name_of_its_own_is_not_completed():
    assert completions("How tall is Mount Everest?", [MAYOR]) == []


def test_nothing_is_completed_without_a_conversation():
    assert completions("Who met him?", []) == []


def test_why_after_what_was_no_question_means_nothing_in_particular():
    assert completions("why?", [turn("tell me more", None)]) == []
    assert completions("when?", [WHERE])[0] == "when was the explosion?"


def test_the_turn_before_counts_more_than_older_ones():
    assert completions("Who met him?", [turn("Who is Kluge?", "Hans Kluge"), WHO])[0] == "Who met Ilham Aliyev?"


VOCABULARY = (
    "who what when where and how about many the a of in he her it they this that there one is was did largest Anna"
    " Lund's US ships 1990 May ? ! , ' — is's first boat's people city"
)
WORDS = st.lists(st.sampled_from(VOCABULARY.split()) | st.text(max_size=6), max_size=9).map(" ".join)


@settings(max_examples=400)
@given(WORDS, st.lists(st.tuples(WORDS, st.none() | WORDS), max_size=3))
def test_whatever_is_asked_completions_are_few_and_never_fail(question, turns):
    history = [turn(asked or "?", answer) for asked, answer in turns]
    proposed = completions(question, history)
    assert len(proposed) <= 3 and all(one.strip() for one in proposed)
    stands_alone(question)
