"""Styled output, for a terminal: wrapped to its width, with the answer marked inside its quote.

No other module needed for an answer imports rich. Under NO_COLOR, bold type and words replace colours.
"""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.terminal.rendering.escape import on_one_line
from bot.terminal.rendering.wording import NOTHING, describe_confidence, groups, percent, place_facts, refusal
from embeddings.search.passage import ChannelHit, Passage
from qa.answer import Answer, Quote

ANSWER = "bold green"
MARKED = "bold underline green"
RIVAL = "bold underline yellow"
"""The answer that a competing quote would give."""
TITLE = "cyan"
FAINT = "dim"
REFUSAL = "bold yellow"
LOOKS = {"nearest": (FAINT, FAINT), "competing": ("", RIVAL)}
"""Styles of a quote and of the answer inside it, by heading, where they are not the usual ones."""
PART_STYLES = {"plain": "", "label": "bold", "good": "green", "bad": "bold red"}
INDENT = 2
TABLE_WIDTH = 90
"""Columns of a terminal from which a table leaves enough room for the text."""
EXCERPT_CHARACTERS = 240
"""Enough of a passage to see what it is about; ``--json`` and a pipe give it whole."""


def print_answer(answer: Answer, heading: str | None = None) -> None:
    """Print an answer, or a refusal with the nearest passages."""
    console = make_console()
    if heading is not None:
        console.print(Text(on_one_line(heading), "bold"))
    if answer.understood:
        console.print(Text(f"understood as: {on_one_line(answer.understood)}", FAINT))
    if answer.answered:
        console.print(
            Text.assemble(
                (on_one_line(answer.text or ""), ANSWER), (f"  ({describe_confidence(answer.confidence)})", FAINT)
            )
        )
    else:
        console.print(Text(refusal(answer), REFUSAL))
        if answer.reason:
            console.print(Text(on_one_line(answer.reason)))
    for name, quotes in groups(answer):
        console.print()
        if name:
            console.print(Text(f"{name}:", FAINT))
        for number, quote in enumerate(quotes):
            if number:
                console.print()
            _print_quote(console, quote, name)


def print_parts(parts: Iterable[tuple[str, str]]) -> None:
    """Print pieces of text, each in the style of that name."""
    text = Text.assemble(*((words, PART_STYLES[style]) for words, style in parts))
    make_console().print(text, end="", soft_wrap=True)


def make_console() -> Console:
    """Return a console on stdout that does not interpret markup in text."""
    return Console(highlight=False, markup=False, emoji=False)


def _print_quote(console: Console, quote: Quote, name: str) -> None:
    style, mark = LOOKS.get(name, ("", MARKED))
    _print_indented(console, _marked(quote, style, mark))
    _print_indented(console, Text(on_one_line(quote.title), TITLE))
    facts = [percent(quote.score)] if name == "competing" else []
    facts += [on_one_line(fact) for fact in place_facts(quote)]
    _print_indented(console, Text(" · ".join(facts), FAINT))


def _print_indented(console: Console, text: Text) -> None:
    """Print text wrapped and indented, without trailing spaces, which would be copied with it."""
    for line in text.wrap(console, max(1, console.width - INDENT)):
        line.rstrip()
        console.print(Text(" " * INDENT) + line)


def _marked(quote: Quote, style: str, mark: str) -> Text:
    """Return the quote in quotation marks, with the answer marked. Line breaks become spaces: the terminal wraps."""
    pieces = [(quote.text, style)]
    if quote.answer_start is not None and quote.answer_end is not None:
        start, end = quote.answer_start - quote.start, quote.answer_end - quote.start
        pieces = [(quote.text[:start], style), (quote.text[start:end], mark), (quote.text[end:], style)]
    return Text.assemble(("“", FAINT), *((on_one_line(text), look) for text, look in pieces), ("”", FAINT))


def print_passages(passages: Sequence[Passage], channels: Sequence[str]) -> None:
    """Print passages with their fused score, each channel's rank and score, and its place."""
    console = make_console()
    if not passages:
        console.print(Text(NOTHING, REFUSAL))
    elif console.width >= TABLE_WIDTH:
        console.print(_table(passages, channels))
    else:
        for rank, passage in enumerate(passages, start=1):
            hits = [Text(f"  {channel} ") + _hit(passage.channels.get(channel)) for channel in channels]
            console.print(Text.assemble((f"{rank}.", "bold"), f"  fused {passage.score:.4f}", *hits))
            _print_indented(console, _passage(passage))
            console.print()


def _table(passages: Sequence[Passage], channels: Sequence[str]) -> Table:
    table = Table(box=None, padding=(0, 2, 1, 0), header_style="bold")
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("fused", justify="right", no_wrap=True)
    for channel in channels:
        table.add_column(channel, no_wrap=True)
    table.add_column("passage")
    for rank, passage in enumerate(passages, start=1):
        hits = [_hit(passage.channels.get(channel)) for channel in channels]
        table.add_row(str(rank), f"{passage.score:.4f}", *hits, _passage(passage))
    return table


def _hit(hit: ChannelHit | None) -> Text:
    return Text("–", FAINT) if hit is None else Text.assemble(f"#{hit.rank} ", (f"{hit.score:.3f}", FAINT))


def _passage(passage: Passage) -> Text:
    chunk = passage.chunk
    excerpt = on_one_line(passage.text[:EXCERPT_CHARACTERS]) + "…" * (len(passage.text) > EXCERPT_CHARACTERS)
    copies = f" · {len(passage.copies)} near-identical" if passage.copies else ""
    return Text.assemble(
        (on_one_line(passage.title), TITLE),
        (f"\n{on_one_line(chunk.document)}, characters {chunk.start}–{chunk.end}{copies}\n", FAINT),
        excerpt,
    )
