"""Of which kind a phrase is, as far as its words tell."""

import pytest

from qa.question.phrase_kinds import Kind, kind_of

HE = Kind("person", plural=False, gender="m")
SHE = Kind("person", plural=False, gender="f")
IT = Kind("thing", plural=False)
THEY = Kind("any", plural=True)
THERE = Kind("place")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("the mayor of Rovik", [HE, SHE]),
        ("Queen Anne", [SHE]),
        ("her brother", [HE]),
        ("tenor saxophonist Coleman Hawkins", [HE, SHE]),
        ("the passengers", [THEY]),
        ("Mako sharks", [THEY]),
        ("the city", [IT, THERE]),
        ("the ferry", [IT]),
        ("a virtual machine", [IT, THEY]),
        ("the University of Pittsburgh", [IT, THEY]),
        ("Lewis and Clark", [THEY, THERE]),
        ("the band", [IT, THEY]),
    ],
)
def test_a_phrase_fits_the_pronouns_that_can_mean_it(text, fits):
    assert [pronoun for pronoun in (HE, SHE, IT, THEY, THERE) if kind_of(text).may_be(pronoun)] == fits


def test_a_name_after_in_is_a_place():
    assert kind_of("Rovik", before="Who lives in ").sort == "place"


def test_a_time_is_meant_by_nothing_but_that_time():
    assert not Kind("time").may_be(IT) and Kind("time").may_be(Kind("time"))
