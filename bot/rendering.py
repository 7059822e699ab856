"""Answers and passages for people: styled on a terminal, plain text elsewhere. Quotes are printed word for word."""

import re
import sys
from collections.abc import Iterable

from embeddings.passage import Passage
from qa.answer import Answer, Quote

_CONTROL = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]")
"""What could steer a terminal or turn the reading direction; an article must not be able to do either."""

Part = tuple[str, str]
"""A stretch of text and its style's name: see STYLES."""
STYLES = {
    "answer": "bold green",
    "quote": "",
    "inside": "bold",
    "source": "cyan",
    "faint": "dim",
    "refusal": "bold yellow",
    "plain": "",
}


def harmless(text: str) -> str:
    """Return text without control characters; line breaks become spaces so that a quote stays one paragraph."""
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


def print_answer(answer: Answer, heading: str | None = None) -> None:
    """Print an answer, or a refusal with the nearest passages."""
    parts: list[Part] = []
    if heading is not None:
        parts += [(f"? {harmless(heading)}\n", "faint")]
    if answer.understood:
        parts += [(f"understood as: {harmless(answer.understood)}\n", "faint")]
    parts += _answered(answer) if answer.answered else _refused(answer)
    write_parts([*parts, ("\n", "plain")] if heading is not None else parts)


def _answered(answer: Answer) -> Iterable[Part]:
    yield harmless(answer.text or ""), "answer"
    yield f"   ({answer.confidence:.0%} sure)\n", "faint"
    for number, quote in enumerate(answer.quotes):
        if number == 1:
            yield "\nalso:\n" if _agree(answer.quotes[0], quote) else "\nother candidates:\n", "faint"
        elif number > 1 and _agree(answer.quotes[0], quote) != _agree(answer.quotes[0], answer.quotes[number - 1]):
            yield "\nother candidates:\n", "faint"
        yield from _quote(quote)


def _agree(one: Quote, other: Quote) -> bool:
    return (one.answer or "").casefold() == (other.answer or "").casefold()


def _refused(answer: Answer) -> Iterable[Part]:
    yield "Not in the documents.\n", "refusal"
    if answer.reason:
        yield f"{harmless(answer.reason)}\n", "faint"
    if answer.quotes:
        yield "\nnearest passages:\n", "faint"
    for quote in answer.quotes:
        yield from _quote(quote)


def _quote(quote: Quote) -> Iterable[Part]:
    before, inside, after = quote.text, "", ""
    if quote.answer_start is not None and quote.answer_end is not None:
        start, end = quote.answer_start - quote.start, quote.answer_end - quote.start
        before, inside, after = quote.text[:start], quote.text[start:end], quote.text[end:]
    yield "\n  “", "faint"
    yield _keep_edges(before), "quote"
    yield _keep_edges(inside), "inside"
    yield _keep_edges(after), "quote"
    yield "”\n", "faint"
    where = ", ".join(str(part) for part in (quote.place, quote.date) if part)
    yield f"  {harmless(quote.title)}", "source"
    yield f"  {harmless(quote.document)}, {where}, characters {quote.start}–{quote.end}\n", "faint"


def _keep_edges(text: str) -> str:
    """``harmless``, with a space kept where the text begins or ends with one: its neighbour goes on there."""
    if not text:
        return ""
    return " " * text[0].isspace() + harmless(text) + " " * (text[-1].isspace() and len(text) > 1)


def print_passages(passages: Iterable[Passage]) -> None:
    """Print passages with the rank and score that each channel gave them."""
    write_parts(_passages(passages))


def _passages(passages: Iterable[Passage]) -> Iterable[Part]:
    rank = 0
    for rank, passage in enumerate(passages, start=1):
        chunk = passage.chunk
        yield f"{rank:2}. {harmless(passage.title)}", "source"
        yield f"  {harmless(chunk.document)}, characters {chunk.start}–{chunk.end}\n", "faint"
        told = [f"fused {passage.score:.4f}"]
        told += [f"{name} #{hit.rank} {hit.score:.3f}" for name, hit in passage.channels.items()]
        told += [f"{len(passage.copies)} near-identical"] if passage.copies else []
        yield f"    {'  '.join(told)}\n", "plain"
        yield f"    {harmless(passage.text)}\n\n", "quote"
    if not rank:
        yield "nothing found\n", "refusal"


def write_parts(parts: Iterable[Part]) -> None:
    """Write styled parts to stdout: with styles on a terminal, as plain text elsewhere."""
    if not sys.stdout.isatty():
        sys.stdout.write("".join(text for text, _ in parts))
        sys.stdout.flush()
        return
    from rich.console import Console
    from rich.text import Text

    whole = Text()
    for text, style in parts:
        whole.append(text, STYLES[style])
    Console(highlight=False).print(whole, end="")
