"""From text to index terms: folded, without stop words, stemmed. Queries and passages alike.

What this file does *not* do: spelling (see ``trigrams.py``) and weighing (see ``bm25.py``).
"""

import re
import threading
import unicodedata
from functools import cache

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
"""Letters and digits of any script, with apostrophes inside a word; a hyphen, a dot or an underscore separates
words."""
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})
MAX_WORD_CHARACTERS = 64
"""Longer runs are not words (base64, DNA, a line of dashes); only their first part counts."""
TITLE_WEIGHT = 2
"""How often the title's terms count in a passage's bag: measured in benchmarks/answers/retrieval.py."""
STOP_LIST = """
a about all also am an and any are as at be because been being both but by can could did do does doing done for
from had has have having he her here him his how i if in into is it its itself just many me might more much must my
no nor not of on or our ours she should so some such than that the their theirs them themselves then there these
they this those though through to too us was we were what when where whether which while who whom whose why will
with would you your yours
"""
STOP_WORDS = frozenset(STOP_LIST.split())
"""Words that carry no topic, question words among them: every question has one and it finds nothing."""


def fold(text: str) -> str:
    """Fold case, accents and typographic variants away, so that "Bakı", "BAKI" and "baki" are one word.

    Folding twice changes nothing more.

    >>> fold("Miño’s CAFÉ")
    "mino's cafe"
    """
    if text.isascii():
        return text.lower().translate(APOSTROPHES)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    bare = "".join(one for one in folded if not unicodedata.combining(one))
    # The Turkic dotless i is a letter of its own to Unicode; people type it with a dot.
    return bare.replace("ı", "i").translate(APOSTROPHES)


def split_words(text: str) -> list[str]:
    """Split folded text into words, the English possessive taken off."""
    words = (word.removesuffix("'s").replace("'", "") for word in WORD.findall(fold(text)))
    return [word[:MAX_WORD_CHARACTERS] for word in words if word]


def tokenize(text: str) -> list[str]:
    """Turn text into terms: folded, without stop words, stemmed as English (other languages are left as they are).

    >>> tokenize("Who were the Azerbaijani firefighters' helpers?")
    ['azerbaijani', 'firefight', 'helper']
    """
    return stem([word for word in split_words(text) if word not in STOP_WORDS])


def bag_of_words(title: str, text: str) -> list[str]:
    """Return the terms a passage is found by: those of its text and, weighted, of its article's title."""
    return tokenize(title) * TITLE_WEIGHT + tokenize(text)


def stem(words: list[str]) -> list[str]:
    """Stem folded words (Snowball's English stemmer). It changes ASCII letters only, so other scripts pass unharmed."""
    stemmer, lock = _stemmer()
    with lock:
        return stemmer.stemWords(words)


@cache
def _stemmer():
    """Load the stemmer once, with the lock it needs: one Stemmer object must not serve two threads at a time."""
    import Stemmer

    return Stemmer.Stemmer("english"), threading.Lock()


def encodable(text: str) -> str:
    """Return the text with lone surrogates, which UTF-8 cannot express and no tokenizer takes,
    replaced one for one: offsets stay.

    >>> encodable("a" + chr(0xD800) + "b")
    'a?b'
    """
    return text.encode("utf-8", "replace").decode("utf-8")
