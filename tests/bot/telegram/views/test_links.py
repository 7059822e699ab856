"""Addresses open at the quote; deep links carry a question."""

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.views.links import at_quote, payload_of, question_of, web_address


def test_addresses_open_at_the_quote():
    words = "One two - three, four five six seven eight nine ten eleven."
    assert at_quote("https://a.example/x", words) == (
        "https://a.example/x#:~:text=One%20two%20%2D%20three%2C%20four,seven%20eight%20nine%20ten%20eleven."
    )
    assert at_quote("https://a.example/x#part", "A b.") == "https://a.example/x#part:~:text=A%20b."
    assert at_quote("javascript:alert(1)", "A b.") is None
    assert at_quote("https://a.example/" + "x" * 1470, "A b. " * 30) == "https://a.example/" + "x" * 1470
    assert web_address("https://a b.example") is None
    assert web_address("https://[::1") is None


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_a_deep_link_brings_back_the_question_it_was_made_of(question):
    payload = payload_of(question)
    if payload is not None:
        assert len(payload) <= 64
        assert question_of(payload) == question


@given(st.text(alphabet="abcABC019_-=+/", max_size=64))
def test_any_payload_is_taken(payload):
    question_of(payload)
