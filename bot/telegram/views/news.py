"""New articles on what a chat watches, as one message. Pure functions."""

from collections.abc import Sequence

from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.answers import View, quote_block, source_line
from bot.telegram.views.markup import Run, line, render
from qa.answer import Quote

SHOWN = 6
"""Articles of one message; how many more there are is said."""
QUOTE_UNITS = 400


def news_view(news: Sequence[tuple[str, Quote]], texts: Texts) -> View:
    """(matter, quote) of each new article: what it is about, its title and link, and its best sentence."""
    blocks = []
    matter = None
    for about, quote in news[:SHOWN]:
        if about != matter:
            blocks.append(line(Run(texts.news.format(matter=about), bold=True)))
            matter = about
        blocks += [source_line(quote, texts), quote_block(quote, QUOTE_UNITS)]
    if len(news) > SHOWN:
        blocks.append(line(texts.news_more.format(count=len(news) - SHOWN)))
    return View(tuple(render(blocks)))
