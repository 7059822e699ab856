"""Answers become messages that Telegram takes, whatever stands in articles and questions."""

from random import Random
from types import SimpleNamespace

import nasty
from fake_api import checks
from fake_api.markup import utf16_length
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.telegram.handlers.inline import results
from bot.telegram.outgoing.sending import markup_of
from bot.telegram.texts.languages import LANGUAGES
from bot.telegram.views.answers import (
    answer_view,
    candidates,
    context_view,
    paragraph_around,
    sources_view,
)
from bot.telegram.views.articles import article_view, list_view
from bot.telegram.views.view import View
from qa.answer import Answer, Quote

EN = LANGUAGES["en"]
KEY = "0123456789abcdef"


def shown(view: View) -> str:
    """What a reader sees, after every check of the Bot API."""
    markup = markup_of(view.keyboard)
    checks.keyboard(markup.to_dict() if markup else None)
    return "\n".join(checks.parsed_text(page, "HTML")[0] for page in view.pages)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_every_view_of_ten_thousand_answers_is_taken(seed):
    random = Random(seed)
    for _ in range(50):
        answer, texts = nasty.answer(random), random.choice(list(LANGUAGES.values()))
        seen = shown(answer_view(answer, texts, KEY, (3, 1)))
        assert (texts.not_found in seen) or answer.text is not None
        shown(sources_view(answer, texts, KEY))
        checks.inline_results([result.to_dict() for result in results(answer, texts)])
        if answer.quotes and answer.quotes[0].start <= 1000:
            document = nasty.text(random)[:1000].ljust(answer.quotes[0].start)[: answer.quotes[0].start]
            shown(context_view(answer, document + answer.quotes[0].text + nasty.text(random), texts, KEY))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32))
def test_every_list_and_article_is_taken(seed):
    random = Random(seed)
    for _ in range(5):
        facts = [
            SimpleNamespace(id=q.document, title=q.title, date=q.date, url=q.url) for q in nasty.answer(random).quotes
        ]
        shown(list_view(facts * 9, random.randrange(-1, 5), EN))
        for one in facts:
            shown(article_view(one, 3, nasty.text(random), random.randrange(-1, 5), EN))


def a_quote(text: str, answer: str | None, start: int = 0, **more) -> Quote:
    at = start + text.index(answer) if answer else None
    end = at + len(answer) if answer else None
    return Quote("a.txt", more.pop("title", "A title"), start, start + len(text), text, at, end, 0.9, **more)


def an_answer(*quotes: Quote, **more) -> Answer:
    return Answer(**({"question": "q?", "text": quotes[0].answer, "confidence": 0.9, "quotes": quotes} | more))


def test_ten_thousand_emoji_fit_message_by_message():
    emoji = "👩‍👩‍👧‍👦" * 1428
    assert utf16_length(emoji) > 10_000
    view = answer_view(an_answer(a_quote(f"So: {emoji}.", emoji)), EN, KEY)
    shown(view)
    view = answer_view(an_answer(a_quote("😀" * 10_000, "😀" * 10_000)), EN, KEY)
    assert "😀" * 1000 in shown(view)
    assert len(view.pages) <= 3


def test_markup_in_a_passage_is_shown_literally():
    text = 'He wrote <b>bold</b> & "</blockquote>" and tg://user?id=1 twice.'
    view = answer_view(an_answer(a_quote(text, "<b>bold</b> & ")), EN, KEY)
    page, entities = checks.parsed_text(view.pages[0], "HTML")
    assert text in page
    assert [e.type for e in entities] == ["bold", "blockquote", "bold"]


def test_the_answer_is_bold_inside_its_quote_and_the_source_follows():
    quote = a_quote(
        "Firemen came. Firefighters put it out.", "Firefighters", url="https://a.example/x", place="paragraph 5 of 9"
    )
    page, entities = checks.parsed_text(answer_view(an_answer(quote), EN, KEY).pages[0], "HTML")
    bold = [page[e.offset : e.offset + e.length] for e in entities if e.type == "bold"]
    assert bold == ["Firefighters", "Firefighters"]
    assert page.endswith("📄 A title · paragraph 5 of 9")
    link = next(e.url for e in entities if e.type == "text_link")
    assert link == "https://a.example/x#:~:text=Firemen%20came.%20Firefighters%20put%20it%20out."


def test_a_long_quote_folds_and_a_short_one_does_not():
    def kinds(text: str) -> set[str]:
        return {
            e.type for e in checks.parsed_text(answer_view(an_answer(a_quote(text, "A")), EN, KEY).pages[0], "HTML")[1]
        }

    assert "blockquote" in kinds("A short one.")
    assert "expandable_blockquote" in kinds("A long one. " * 60)


def test_a_refusal_shows_no_passage_until_asked():
    near = a_quote("Something near.", None)
    answer = Answer("q?", None, 0.1, (near,), "nothing")
    view = answer_view(answer, EN, KEY)
    assert "Something near" not in view.pages[0]
    assert view.keyboard[0][0].text == EN.b_nearest
    nearest = sources_view(answer, EN, KEY).pages[0]
    assert nearest.startswith(EN.nearest)
    assert "Something near." in nearest


def test_what_a_question_was_understood_as_is_shown_only_when_it_changed():
    quote = a_quote("A b.", "A")
    assert "Where was Aliyev?" in answer_view(an_answer(quote, understood="Where was Aliyev?"), EN, KEY).pages[0]
    assert "nderstood" not in answer_view(an_answer(quote), EN, KEY).pages[0]


def test_next_answers_are_the_different_ones():
    same = a_quote("Also A.", "A", start=50)
    other = a_quote("Rather B.", "B", start=90)
    answer = an_answer(a_quote("A it is.", "A"), same, other)
    assert [q.answer for q in candidates(answer)] == ["A", "B"]
    assert "<b>B</b>" in sources_view(answer, EN, KEY).pages[0]


@given(st.text(alphabet="ab \n.", max_size=200), st.data())
def test_the_paragraph_around_holds_the_quote(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = paragraph_around(text, start, end)
    assert 0 <= first <= start <= end <= last <= len(text)


def test_the_context_shows_the_neighbours_of_a_short_paragraph():
    document = "Before it.\n\nThe quote.\n\nAfter it.\n\nFar away."
    start = document.index("The")
    quote = a_quote("The quote.", "quote", start=start)
    page = shown(context_view(an_answer(quote), document, EN, KEY))
    assert "Before it.\n\nThe quote.\n\nAfter it." in page
    assert "Far away" not in page
