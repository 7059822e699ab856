"""Treebank-style text (" ," and "-LRB-") made natural again, with a map from old offsets to new ones."""

import re

_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}", "``": '"', "''": '"'}
_NO_SPACE_BEFORE = re.compile(r"^(?:[.,;:!?%)\]}]|'s|'re|'ve|'ll|'d|'m|n't|'|’s|\.\.\.)$")
_OPENING = frozenset({"(", "[", "{", "$", "£", "€", "#"})
_LOOSE = re.compile(r" (?=[,.;:!?%)\]](?:\s|$))|(?<=[(\[$£€]) | (?='s\b|’s\b|n't\b)| (?=- )|(?<= -) (?=\w)|(?<=\w -) ")


def join_tokens(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Join Penn Treebank tokens into natural text; return it and each token's (start, end) in it.

    >>> join_tokens(["He", "said", "``", "no", "''", "."])[0]
    'He said "no".'
    """
    text, spans, glue, quoted = "", [], True, False
    for token in tokens:
        word = _BRACKETS.get(token, token)
        closes = (token == "''") or (word == '"' and token != "``" and quoted) or bool(_NO_SPACE_BEFORE.match(word))
        if not glue and not closes:
            text += " "
        spans.append((len(text), len(text) + len(word)))
        text += word
        if word == '"':
            quoted = not quoted if token == '"' else token == "``"
        glue = word in _OPENING or (word == '"' and quoted)
    return text, spans


def tidy_spacing(text: str) -> tuple[str, list[int]]:
    """Take out the spaces a tokeniser put before punctuation; return the text and, for each old offset, the new one.

    >>> tidy_spacing("Well , yes .")[0]
    'Well, yes.'
    """
    gone = {place for match in _LOOSE.finditer(text) for place in range(*match.span())}
    kept, places = [], []
    for offset, character in enumerate(text):
        places.append(len(kept))
        if offset not in gone:
            kept.append(character)
    return "".join(kept), [*places, len(kept)]
