"""Short forms of hurried notes, and statements that write them out."""

import pytest

from coach.drafting.copying import Copy, copied
from coach.language.short_forms import in_full
from tests.unit.claiming import MAYA, claim


@pytest.mark.parametrize(
    ("language", "told", "full"),
    [
        ("en", "30 yrs w/ 3 ppl & no mtg", "30 years with 3 people and no meeting"),
        ("en", "20min late, 3h in all", "20 minutes late, 3 hours in all"),
        ("en", "5 min. late, then 6 mins. We left", "5 minutes late, then 6 minutes. We left"),
        ("en", "approx. 48% of R&D", "about 48 percent of R&D"),
        ("de", "20 Min. u. 3h, vllt. mehr", "20 Minuten und 3 Stunden, vielleicht mehr"),
        ("fr", "3h ds le train, bcp de monde", "3 heures dans le train, beaucoup de monde"),
        ("es", "20min, pq no hay ppto", "20 minutos, porque no hay presupuesto"),
    ],
)
def test_short_forms_are_written_out(language: str, told: str, full: str) -> None:
    assert in_full(told, language) == full


@pytest.mark.parametrize(
    "told", ["H went home", "the 18-30s", "Min told Hr Berg", "em-dash", "a cos-lettuce"]
)
def test_what_only_looks_like_one_stays(told: str) -> None:
    assert in_full(told, "en") == told


@pytest.mark.parametrize(
    ("told", "wrote"),
    [
        ("Three people left after 20 minutes", "3 ppl left after 20min"),
        ("It took two weeks because the meeting fell out", "it took 2 wks cos the mtg fell out"),
    ],
)
def test_a_statement_that_writes_them_out_is_a_clean_copy(told: str, wrote: str) -> None:
    assert copied(claim(told, wrote, to=MAYA)) is Copy.CLEAN
