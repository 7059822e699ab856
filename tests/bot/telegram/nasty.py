"""What articles and people throw at a bot: emoji, right-to-left, HTML, Markdown, zero-width, lone surrogates.

Answers are made from a seed, many to a hypothesis example: ten thousand of them in seconds, and a failing seed shrinks
to the one answer that fails.
"""

from datetime import date
from random import Random

from qa.answer import Answer, Quote

PIECES = [
    "<b>", "</b>", "</blockquote>", "<blockquote expandable>", "&", "&amp;", "&lt;", "&#39;", "<", ">", '"', "'",
    "<a href='tg://user?id=1'>x</a>", "tg://resolve?domain=x", "https://example.com/a?b=c&d=<e>", "<script>",
    "<!-- -->",    "**bold**", "_it_", "`code`", "[x](y)", "||spoiler||",
    "@someone", "/ask", "#tag", "\u200b", "\u200d", "\u2060",
    "\ufeff", "\u00ad", "\u202e", "\u2066", "\u2069", "\u0000", "\u0007", "\x1b[31m", "\r\n", "\n", "\n\n\n", "\t",
    "  ",    "\u2028", "\ud83d", "\udc00", "\ud800\ud800", "\ufffe",
    "\U0010ffff", "😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇦🇿", "🇦🇿🇹🇷",
    "e\u0301",
    "a" + "\u0300" * 40, "مرحبا", "שלום", "אָבּ", "بِسْمِ", "Ünïcödé", "漢字", "Əliyev", "ığşçö", "Ж", "word", "said that",
    "\u3164", "\u115f", "\u2800", "𝔘𝔫𝔦", "\u0f3a", "١٢٣", "½", "﷽", "{name}", "{0}", "%s", "\\n", "\\",
]  # fmt: skip

ADDRESSES = [
    None,
    "https://example.com/a",
    'http://a.example/x?y=1&z="2"#top',
    "ftp://x",
    "javascript:alert(1)",
    "//x",
    "https://",
    "https://example.com/ with space",
    "https://[::1/",
    "https://example.com/" + "a" * 3000,
]


def short(random: Random) -> str:
    pieces = [random.choice(PIECES) if random.random() < 0.8 else chr(random.randrange(0x110000)) for _ in range(8)]
    return "".join(pieces[: random.randrange(9)])


def text(random: Random) -> str:
    return short(random) * (random.randrange(1, 900) if random.random() < 0.1 else 1)


def quote(random: Random, answered: bool) -> Quote:
    before, inside, after = text(random), text(random) or "x", text(random)
    start = random.choice([0, 0, 7, 1000, 10**6])
    whole = before + inside + after
    at = start + len(before)
    return Quote(
        document=short(random) or "x.txt",
        title=short(random),
        start=start,
        end=start + len(whole),
        text=whole,
        answer_start=at if answered else None,
        answer_end=at + len(inside) if answered else None,
        score=random.random(),
        date=random.choice([None, date(2023, 10, 5)]),
        url=random.choice(ADDRESSES) if random.random() < 0.7 else "https://example.com/" + short(random),
        place=random.choice([None, "paragraph 5 of 9", short(random)]),
    )


def answer(random: Random) -> Answer:
    answered = random.random() < 0.7
    quotes = tuple(quote(random, answered) for _ in range(random.randrange(1 if answered else 0, 5)))
    return Answer(
        question=text(random),
        text=quotes[0].answer if answered else None,
        confidence=random.random(),
        quotes=quotes,
        reason=None if answered else short(random),
        understood=random.choice([None, text(random)]),
    )
