"""Questions as people type them: without a question mark, in lower case, a name spelled otherwise."""

import random
import re

LOWER_CASE_SHARE = 0.12
"""Questions typed without capitals, as people type."""

TYPO_SHARE = 0.08
"""Questions with one letter of a name changed: names are spelled three ways."""

NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)*|\b\d{2,4}\b")
OPPOSITES = {
    "first": "last", "last": "first", "largest": "smallest", "smallest": "largest", "before": "after",
    "after": "before", "most": "least", "least": "most", "highest": "lowest", "lowest": "highest", "north": "south",
    "south": "north", "increase": "decrease", "decrease": "increase", "best": "worst", "oldest": "youngest",
    "east": "west", "west": "east",
}  # fmt: skip


def disturb(question: str, random_source: random.Random) -> str:
    """Type some questions as people do: without capitals, or with a letter of a name changed."""
    chance = random_source.random()
    if chance < LOWER_CASE_SHARE:
        return question.lower().rstrip("?")
    if chance < LOWER_CASE_SHARE + TYPO_SHARE:
        match = NAME.search(question)
        if match and match.group(0).isalpha():
            place = random_source.randrange(match.start(), match.end())
            return question[:place] + random_source.choice("aeiouklmnrst") + question[place + 1 :]
    return question
