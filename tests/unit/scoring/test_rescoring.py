"""The quick way to a survey index says what the long one says, under every edition, however uneven the answers."""

import json
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.domain.evidence import Evidence
from services.scoring.domain.instrument import Instrument
from services.scoring.domain.rescoring import Asked, Surveyed, SurveyUnder, under
from services.scoring.domain.state import CityYear, add_evidence, canonical
from services.scoring.instrument import load_catalogue

IKRN = load_catalogue().get("ikrn-2024").plain
KOTAN = load_catalogue().get("kotan-2022").plain
WIDER = load_catalogue().get("kotan-2019").plain
WEIGHED = replace(
    IKRN,
    key="ikrn-other",
    variables=tuple(replace(v, weight=Fraction(w, 10)) for v, w in zip(IKRN.variables, (7, 3), strict=True)),
)
SHORTER = replace(
    IKRN,
    key="ikrn-short",
    variables=(replace(IKRN.variables[0], weight=Fraction(1)),),
    groups=IKRN.groups[:2],
)
SILENT = replace(IKRN, key="ikrn-silent", variables=(replace(IKRN.variables[0], survey=()), IKRN.variables[1]))


def questionnaires(asked: Instrument, *, whole: bool) -> st.SearchStrategy[list[Evidence]]:
    items, groups = sorted(asked.items), sorted(asked.group_keys)
    answer = st.integers(asked.lowest_answer, asked.highest_answer)
    every = st.lists(answer, min_size=len(items), max_size=len(items)).map(
        lambda given: dict(zip(items, given, strict=True))
    )
    some = st.dictionaries(st.sampled_from(items), answer, min_size=1)
    one = st.builds(
        lambda group, given: Evidence(2024, instrument=asked.key, group=group, answers=given),
        st.sampled_from(groups),
        every if whole else st.one_of(every, some),
    )
    of_all = st.tuples(*[every for _ in groups]).map(
        lambda given: [
            Evidence(2024, instrument=asked.key, group=g, answers=a) for g, a in zip(groups, given, strict=True)
        ]
    )
    return st.tuples(st.one_of(of_all, st.just([])), st.lists(one, max_size=4)).map(lambda both: both[0] + both[1])


def state_of(answers: list[Evidence], asked: Instrument) -> CityYear:
    state = CityYear("32.76.07.1003", 2024, asked.key)
    for evidence in answers:
        add_evidence(state, evidence, asked.layout)
    return state


def surveyed_of(state: CityYear) -> Surveyed:
    """As it's read from what is stored."""
    kept = json.loads(canonical(state))
    asked = Asked(kept["instrument"], kept["item_counts"], kept["group_answers"])
    return Surveyed(kept["region"], kept["year"], asked, kept["item_sums"])


def agree(state: CityYear, instrument: Instrument) -> None:
    quick, survey = SurveyUnder(instrument).index(surveyed_of(state)), under(state, instrument).survey
    assert (quick is None) == (survey.index is None)
    if quick is not None and survey.index is not None:
        assert Fraction(*quick) == Fraction(*survey.index)
    score = survey.index_score()
    assert SurveyUnder(instrument).band(surveyed_of(state)) == (score.band if score else None)


@given(st.booleans().flatmap(lambda whole: questionnaires(IKRN, whole=whole)))
def test_a_villages_band_is_the_same_under_every_edition(answers: list[Evidence]) -> None:
    state = state_of(answers, IKRN)
    for instrument in (IKRN, WEIGHED, SHORTER, SILENT, KOTAN):
        agree(state, instrument)


@settings(max_examples=25)
@given(questionnaires(KOTAN, whole=True))
def test_a_wider_scale_is_stretched_alike(answers: list[Evidence]) -> None:
    state = state_of(answers, KOTAN)
    for instrument in (KOTAN, WIDER):
        agree(state, instrument)


def test_a_group_that_was_not_asked_leaves_no_index() -> None:
    whole = dict.fromkeys(IKRN.items, 3)
    answers = [Evidence(2024, instrument=IKRN.key, group=g, answers=whole) for g in sorted(IKRN.group_keys)]
    assert SurveyUnder(IKRN).index(surveyed_of(state_of(answers, IKRN)))
    assert SurveyUnder(IKRN).band(surveyed_of(state_of(answers, IKRN))) == "siaga"
    assert SurveyUnder(IKRN).band(surveyed_of(state_of(answers[:-1], IKRN))) is None


@settings(max_examples=25)
@given(st.lists(questionnaires(IKRN, whole=True), min_size=2, max_size=5))
def test_those_asked_alike_share_what_depends_on_it_alone(villages: list[list[Evidence]]) -> None:
    """One of it for several villages, among others asked otherwise, gives what each gets by itself."""
    together, known = SurveyUnder(WEIGHED), dict[str, Asked]()
    for answers in [*villages, *villages]:
        found = surveyed_of(state_of(answers, IKRN))
        shared = found._replace(asked=known.setdefault(repr(found.asked), found.asked))
        assert together.index(shared) == SurveyUnder(WEIGHED).index(found)
