"""All languages say the same things: no text missing, the same placeholders."""

from dataclasses import fields
from string import Formatter

import pytest

from bot.telegram.texts.languages import LANGUAGES, texts_for
from bot.telegram.views.answers import answer_view
from qa.answer import Answer


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", ["ru", "az", "tr"])
def test_placeholders_are_the_same_in_every_language(code):
    english, other = LANGUAGES["en"], LANGUAGES[code]
    for field in fields(english):
        if field.name in ("menu", "code", "name"):
            continue
        assert placeholders(getattr(english, field.name)) == placeholders(getattr(other, field.name)), field.name
        assert getattr(other, field.name).strip()


def test_a_place_is_said_in_the_readers_language():
    from datetime import date

    from qa.answer import Quote

    quote = Quote("a.txt", "T", 0, 4, "A b.", 0, 1, 1.0, date(2023, 1, 2), None, "paragraph 5 of 9")
    for code, said in {"en": "paragraph 5 of 9", "ru": "абзац 5 из 9", "az": "abzas 5/9", "tr": "paragraf 5/9"}.items():
        page = answer_view(Answer("q", "A", 0.9, (quote,)), LANGUAGES[code], "0" * 16).pages[0]
        assert page.endswith(f"T · 2023-01-02 · {said}")


def test_unknown_languages_get_english():
    assert [texts_for(code).code for code in ("ru-RU", "AZ", "de", "", None)] == ["ru", "az", "en", "en", "en"]
