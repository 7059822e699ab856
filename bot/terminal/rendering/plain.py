"""Plain output, for pipes and files: no styles, no wrapping, one fact a line, quotes word for word.

The first line of an answer is the answer alone. Passages are tab-separated, with a heading line.
"""

from collections.abc import Iterable, Sequence

from bot.terminal.rendering.escape import harmless, on_one_line
from bot.terminal.rendering.wording import describe_confidence, groups, percent, place_facts, refusal
from embeddings.search.passage import Passage
from qa.answer import Answer, Quote


def plain_answer(answer: Answer, heading: str | None = None) -> str:
    """Return an answer or a refusal; ``heading`` is the question, where it is not visible otherwise."""
    return "\n".join([*_lines(answer, heading), ""])


def _lines(answer: Answer, heading: str | None) -> Iterable[str]:
    if heading is not None:
        yield f"question: {on_one_line(heading)}"
    if answer.understood:
        yield f"understood as: {on_one_line(answer.understood)}"
    if answer.answered:
        yield on_one_line(answer.text or "")
        yield f"confidence: {describe_confidence(answer.confidence)}"
    else:
        yield refusal(answer)
        if answer.reason:
            yield f"reason: {on_one_line(answer.reason)}"
    for name, quotes in groups(answer):
        for quote in quotes:
            yield ""
            yield from _quote(name or "quote", quote)


def _quote(name: str, quote: Quote) -> Iterable[str]:
    # The lines after a line break are indented, so that none can look like one of the facts below.
    yield f"{name}: {harmless(quote.text).replace(chr(10), chr(10) + '    ')}"
    if name == "competing" and quote.answer:
        yield f"  answer: {on_one_line(quote.answer)} ({percent(quote.score)})"
    yield f"  title: {on_one_line(quote.title)}"
    for fact in place_facts(quote):
        yield f"  {on_one_line(fact)}"


def plain_passages(passages: Sequence[Passage], channels: Sequence[str]) -> str:
    """Return passages as tab-separated lines: fused rank and score, each channel's, the place, the text on one line."""
    heading = ["rank", "score"]
    for channel in channels:
        heading += [f"{channel}_rank", f"{channel}_score"]
    rows = [[*heading, "document", "start", "end", "title", "text"]]
    for rank, passage in enumerate(passages, start=1):
        row = [str(rank), f"{passage.score:.4f}"]
        for channel in channels:
            hit = passage.channels.get(channel)
            row += [str(hit.rank), f"{hit.score:.4f}"] if hit else ["", ""]
        chunk = passage.chunk
        row += [chunk.document, str(chunk.start), str(chunk.end), passage.title, passage.text]
        rows.append(row)
    return "".join("\t".join(on_one_line(cell) for cell in row) + "\n" for row in rows)
