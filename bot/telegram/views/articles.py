"""Views of the articles: the list, the text of one in pages, the newest, and news. Pure functions."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar

from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.answers import quote_block, source_line
from bot.telegram.views.links import web_address
from bot.telegram.views.markup import Block, Run, clean, fitting, head, line, render
from bot.telegram.views.view import Button, Keyboard, View, button_key
from qa.answer import Quote

PER_PAGE = 10
PAGE_UNITS = 3500
NEWEST = 5
"""Articles that are listed for "what's new?"."""
NEWS_SHOWN = 6
"""Articles in one news message, which ends with the number of further ones."""
NEWS_QUOTE_UNITS = 400


class Facts(Protocol):
    """What the views need of a document."""

    id: str
    title: str
    date: date | None
    url: str | None


F = TypeVar("F", bound=Facts)


def find_article(documents: Sequence[F], wanted: str) -> tuple[int, F] | None:
    """Return an article with its number, by that number or by its path."""
    return next((one for one in enumerate(documents, 1) if wanted in (str(one[0]), one[1].id)), None)


def find_by_key(documents: Sequence[F], key: str) -> tuple[int, F] | None:
    """Return the article of a button's key, with its number."""
    return next((one for one in enumerate(documents, 1) if button_key(one[1].id) == key), None)


def list_view(documents: Sequence[Facts], page: int, texts: Texts) -> View:
    """Return one page of the list of articles, numbered from 1 for /article."""
    if not documents:
        return View((render([line(texts.library_empty)])[0],))
    pages = -(-len(documents) // PER_PAGE)
    page = min(max(page, 0), pages - 1)
    blocks = [line(Run(texts.library.format(count=len(documents)), bold=True))]
    for number in range(page * PER_PAGE, min(len(documents), (page + 1) * PER_PAGE)):
        blocks.append(article_line(number + 1, documents[number]))
    if pages > 1:
        blocks.append(line(Run(texts.page.format(page=page + 1, pages=pages), italic=True)))
    return View((render(blocks)[0],), page_buttons("L", page, pages))


def article_line(number: int, facts: Facts) -> Block:
    """Return number, title and date of an article."""
    title = Run(head(facts.title.strip() or facts.id, 160), link=web_address(facts.url))
    return line(f"{number}. ", title, f" · {facts.date.isoformat()}" if facts.date else "")


def page_buttons(data: str, page: int, pages: int) -> Keyboard:
    """Return buttons to the previous and next page, where there are any."""
    buttons = []
    if page > 0:
        buttons.append(Button(f"‹ {page}", f"{data}|{page - 1}"))
    if page + 1 < pages:
        buttons.append(Button(f"{page + 2} ›", f"{data}|{page + 1}"))
    return (tuple(buttons),) if buttons else ()


def text_pages(text: str) -> list[str]:
    """Split a document's text into pages at white space; joined, they are the text."""
    rest, pages = clean(text), []
    while rest:
        end = fitting(rest, PAGE_UNITS)
        pages.append(rest[:end])
        rest = rest[end:]
    return pages or [""]


def body_of(text: str, title: str) -> str:
    """Return a text without its front matter and its title, which is shown above it.

    >>> body_of("---\\ntitle: A\\n---\\n# A\\n\\nOnce.", "A")
    'Once.'
    """
    body = re.sub(
        r"\A\ufeff?---\r?\n.*?\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", "", text, count=1, flags=re.DOTALL
    ).lstrip()
    first, _, rest = body.partition("\n")
    same = first.strip().lstrip("#").strip().casefold() == title.strip().casefold()
    return rest.lstrip() if same and rest.strip() else body or text


def article_view(facts: Facts, number: int, text: str, page: int, texts: Texts) -> View:
    """Return one page of an article's text, with buttons to the other pages and to the text as a file."""
    pages = text_pages(body_of(text, facts.title))
    page = min(max(page, 0), len(pages) - 1)
    title = texts.article_title.format(number=number, title=head(facts.title.strip() or facts.id, 200))
    blocks = [line(Run(title, bold=True, link=web_address(facts.url))), Block((Run(pages[page]),))]
    if len(pages) > 1:
        blocks.append(line(Run(texts.page.format(page=page + 1, pages=len(pages)), italic=True)))
    key = button_key(facts.id)
    return View(
        (render(blocks)[0],), (*page_buttons(f"A|{key}", page, len(pages)), (Button(f"⬇ {texts.b_file}", f"F|{key}"),))
    )


def newest_view(newest: Sequence[tuple[int, Facts]], texts: Texts) -> View:
    """Return the newest articles, each with its number for /article."""
    if not newest:
        return View((render([line(texts.library_empty)])[0],))
    rows = [article_line(number, facts) for number, facts in newest]
    return View((render([line(Run(texts.newest, bold=True)), *rows])[0],))


def news_view(news: Sequence[tuple[str, Quote]], texts: Texts) -> View:
    """Return one message of (subject, quote) of each new article: title, link and the best sentence."""
    blocks = []
    subject = None
    for about, quote in news[:NEWS_SHOWN]:
        if about != subject:
            blocks.append(line(Run(texts.news.format(subject=about), bold=True)))
            subject = about
        blocks += [source_line(quote, texts), quote_block(quote, NEWS_QUOTE_UNITS)]
    if len(news) > NEWS_SHOWN:
        blocks.append(line(texts.news_more.format(count=len(news) - NEWS_SHOWN)))
    return View(tuple(render(blocks)))
