"""Follow-up questions: candidate rewrites of a question, after earlier turns, as stand-alone questions.

Rules, not a model, and so they only propose: several completions, most likely first. Which one is right, if any, the
confidence of its answer decides (``answer_in_context.py``), and what was understood is shown.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.answer import Turn
from qa.question.anaphora import LEAD_IN, MOST_WORDS_OF_A_FRAGMENT, Anaphor, find_anaphors, is_fragment, is_whole
from qa.question.names_and_dates import DATE
from qa.question.phrases import AUXILIARIES, IMPERATIVES, PREPOSITIONS, QUESTION_WORDS, Phrase, noun_phrases, word_set
from qa.question.referents import SHORT_ANSWER, Referent, referents
from qa.question.terms import ORDINALS

MOST = 3
"""Completions proposed: each costs a question."""
MOST_BRIDGES = 2
"""Of completions that only add the subject: most refused questions have no answer, and each try takes time."""
MAYBE = 0.6
"""Factor for a referent of unknown kind, relative to one that is known to be a person or a place."""
ONE_OF_SEVERAL = ORDINALS | word_set("old new older newer previous former latter other latest earliest")
"""What tells one thing from another of its kind."""
_WHAT_ABOUT = re.compile(r"^(?:what|how) about\s+(?:for |with |in the case of )?(.+?)\s*\??$", re.IGNORECASE)
_ASKS = re.compile(
    r"^((?:(?:by|to|in|on|at|of|for|from|with|since|until)\s+)?"
    r"(?:how (?:many|much)(?: \w+)?|how (?:long|old|far|often|tall|big)|who|whom|whose|what|when|where|why|which|how))"
    r"\b\s*",
    re.IGNORECASE,
)
_WHEN = re.compile(
    rf"(?:\b(?:in|on|from|since|during|between|until|by|before|after)\s+)?(?:the\s+)?{DATE}"
    rf"(?:\s*(?:to|and|until|-|–)\s*{DATE})?"
)
_POSSESSIVE_END = re.compile(r"['’]s?$")


def stands_alone(question: str) -> bool:
    """Whether a question can be asked unchanged: nothing in it depends on what was said before."""
    return not (is_fragment(question) or find_anaphors(_bare(question)))


def completions(question: str, history: Sequence[Turn]) -> list[str]:
    """Return what a question may mean after ``history``, most likely first; at most ``MOST``, none if nothing fits.

    For a question that stands alone, what it may have left out is added ("What are the symptoms?" "of lung cancer"),
    to be tried if it was refused unchanged.

    >>> from qa.answer import Answer
    >>> turn = Turn("Who said the mission would return?", Answer("…", "Ilham Aliyev", 0.9, ()))
    >>> completions("and what did he say about the police?", [turn])[0]
    'what did Ilham Aliyev say about the police?'
    """
    if not history:
        return []
    bare = _bare(question)
    if is_fragment(question):
        proposed = _complete_fragment(bare, history)
    elif found := find_anaphors(bare):
        proposed = _complete_pronouns(bare, found, history)
    else:
        proposed = _complete_bridge(bare, history)
    return list(dict.fromkeys(one for one in proposed if one.lower() != bare.lower()))[:MOST]


def turn_about(quoted: str, turn: Turn) -> Turn:
    """Return the turn of a follow-up that quotes a part of an answer: that part is its subject."""
    return Turn(quoted, replace(turn.answer, question=quoted, text=quoted))


def _bare(question: str) -> str:
    return LEAD_IN.sub("", question).strip() or question


def _complete_pronouns(question: str, found: Sequence[Anaphor], history: Sequence[Turn]) -> list[str]:
    """Replace the pronouns by the referents, most likely first."""
    known = referents(history)
    first = found[0]
    if is_whole(first, question):
        said = _statement(history[-1])
        return [f"{question[: first.start]}that {said}{question[first.end :]}"] if said else []
    fitting = [one for one in known if one.kind.may_be(first.kind) and not _is_in(one, question)]
    if first.kind.sort in ("person", "place"):
        # Certain matches come before possible ones.
        fitting.sort(key=lambda one: -one.weight * (1.0 if one.kind.sort == first.kind.sort else MAYBE))
    if first.noun:
        # "this film": what was called a film, else anything.
        fitting.sort(key=lambda one: first.noun not in one.text.lower().split())
    return [_replace(question, found, one, known) for one in fitting]


def _statement(last: Turn) -> str | None:
    """Return the last turn's finding as a statement, if its question asks for the subject of a sentence."""
    rest, subject = _parse(last.question)
    return f"{last.answer.text} {rest}" if subject and last.answer.text else None


def _is_in(referent: Referent, question: str) -> bool:
    return bool(re.search(rf"\b{re.escape(referent.text.lower())}\b", question.lower()))


def _replace(question: str, found: Sequence[Anaphor], chosen: Referent, known: Sequence[Referent]) -> str:
    """Replace each kind of pronoun at its first place; later ones then mean the same."""
    done: set[str] = set()
    parts, at = [], 0
    for anaphor in found:
        key = f"{anaphor.kind.sort}{anaphor.kind.plural}{anaphor.kind.gender}"
        if key in done:
            continue
        done.add(key)
        referent = chosen
        if anaphor is not found[0]:
            others = [
                one
                for one in known
                if one.kind.may_be(anaphor.kind) and one is not chosen and not _is_in(one, question)
            ]
            if not others:
                continue
            referent = others[0]
        before = " ".join(question[: anaphor.start].lower().split()[-1:])
        parts += [question[at : anaphor.start], _inflect(anaphor, referent.text, before)]
        at = anaphor.end
    return "".join([*parts, question[at:]])


def _inflect(anaphor: Anaphor, referent: str, before: str) -> str:
    if anaphor.kind.sort == "time":
        return referent if before in PREPOSITIONS or referent.split()[0].lower() in PREPOSITIONS else f"in {referent}"
    if anaphor.word == "there":
        return f"in {referent}"
    if anaphor.word in ("", "one", "ones"):
        bare = Phrase(referent, 0, len(referent)).bare
        first, _, rest = bare.partition(" ")
        if before in ONE_OF_SEVERAL and first.lower() in ONE_OF_SEVERAL and rest:
            bare = rest  # "the next fair", "the last one": the last fair
        return bare if anaphor.word else f" {bare}"
    if anaphor.noun:
        return referent if anaphor.noun in referent.lower().split() else f"{anaphor.word} ({referent})"
    if anaphor.possessive and not _POSSESSIVE_END.search(referent):
        return f"{referent}'" if referent.endswith("s") else f"{referent}'s"
    return referent


def _complete_fragment(question: str, history: Sequence[Turn]) -> list[str]:
    last = history[-1]
    rest, subject = _parse(last.question)
    match = _WHAT_ABOUT.match(question)
    topic = (match[1] if match else question).strip(" ?!.")
    if not topic:
        return []
    if found := find_anaphors(topic):
        # "And her age?"
        return [f"What is {one}?" for one in _complete_pronouns(topic, found, history)]
    if match:
        return [*_swap(topic, last)[: MOST - 1], f"What was said about {topic}?"]
    if _ASKS.fullmatch(question.strip(" ?")):
        if not subject and rest.split(" ")[0].lower() not in AUXILIARIES:
            return []  # what was said before is no question: "tell me more"
        word = question.strip(" ?")
        said = last.answer.text or ""
        who = said if 0 < len(said.split()) <= SHORT_ANSWER else "somebody"
        done = f"was it that {who} {rest}" if subject else rest
        return [f"{word} {done}?"]
    if (question.split() or [""])[0].lower() in QUESTION_WORDS:
        return _complete_bridge(question, history)
    return _swap(topic, last)


def _parse(question: str) -> tuple[str, bool]:
    """Split off the question word; return the rest, and whether the question word is its subject."""
    bare = question.rstrip("?! .")
    match = _ASKS.match(bare)
    if match is None:
        return bare, False
    rest = bare[match.end() :]
    first = rest.split(" ")[0].lower()
    inverted = first in AUXILIARIES and bool(noun_phrases(rest))
    return rest, not inverted or (
        match[1].lower() == "who" and first in ("has", "have", "had", "will", "would", "can", "could")
    )


def _swap(topic: str, last: Turn) -> list[str]:
    """Replace a topic of the same kind in the last question: "Who leads the WHO?", "and the Red Cross?"."""
    question = last.question
    phrases = noun_phrases(question)
    if (times := list(_WHEN.finditer(question))) and _WHEN.search(topic):
        return [question[: times[-1].start()] + topic + question[times[-1].end() :]]
    if (preposition := (topic.split() or [""])[0].lower()) in PREPOSITIONS:
        stem = question.rstrip("?! .")
        same = [one for one in phrases if question[: one.start].lower().rstrip().endswith(f" {preposition}")]
        changed = [question[: one.start] + topic.split(" ", 1)[-1] + question[one.end :] for one in same[-1:]]
        return [*changed, f"{stem} {topic}?"]
    alike = [phrase for phrase in phrases if phrase.is_name == Phrase(topic, 0, len(topic)).is_name] or phrases
    likeliest = sorted(alike, key=lambda phrase: (phrase.inner is None, -phrase.start))[:2]
    swapped = [question[: phrase.start] + topic + question[phrase.end :] for phrase in likeliest]
    return [*swapped, f"{question.rstrip('?! .')}, {topic}?"]


def _complete_bridge(question: str, history: Sequence[Turn]) -> list[str]:
    """Add the subject: a question without a name continues about the last one."""
    phrases = noun_phrases(question)
    words = question.lower().strip(" ?!.").split()
    if 0 < len(words) <= MOST_WORDS_OF_A_FRAGMENT and not set(words) & (AUXILIARIES | QUESTION_WORDS | IMPERATIVES):
        # "Sweden?" may repeat the last question.
        return _swap(" ".join(question.strip(" ?!.").split()), history[-1])
    if any(phrase.is_name for phrase in phrases):
        return []
    known = [one for one in referents(history) if not _is_in(one, question)]
    stem = question.rstrip("?! .")
    ends_in_noun = phrases and phrases[-1].end == len(stem)
    proposed = []
    for one in known[:MOST_BRIDGES]:
        joined = "in" if one.kind.sort == "place" else "of"
        proposed.append(f"{stem} {joined} {one.text}?" if ends_in_noun else f"{stem} ({one.text})?")
    return proposed
