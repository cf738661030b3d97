"""Programmes, places, enrolments and the office's words."""

from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.data.vocabulary_file import VocabularyInvalid, built_in, vocabulary
from services.registry.domain import enrolments, programmes
from services.registry.domain.refusal import Refusal

PROGRAMME_STATES = get_args(programmes.ProgrammeState)
ENROLMENT_STATES = get_args(enrolments.EnrolmentState)
DAY = date(2023, 3, 20)


@given(st.lists(st.sampled_from(PROGRAMME_STATES), max_size=12))
def test_a_programme_goes_forward_and_ends_once(wishes: list[programmes.ProgrammeState]) -> None:
    state: programmes.ProgrammeState = "draft"
    path = [state]
    for wish in wishes:
        if wish in programmes.NEXT[state]:
            state = programmes.move(state, wish)
            path.append(state)
        else:
            with pytest.raises(Refusal, match="programme_step"):
                programmes.move(state, wish)
    assert len(path) == len(set(path)), "no state comes twice"
    order = [PROGRAMME_STATES.index(one) for one in path]
    assert order == sorted(order)
    assert not {"completed", "cancelled"} & set(path[:-1])


@given(st.lists(st.sampled_from([*ENROLMENT_STATES, "reinstate"]), max_size=20))
def test_an_enrolment_never_skips_the_acceptance(wishes: list[str]) -> None:
    state: enrolments.EnrolmentState = "applied"
    accepted = False
    for wish in wishes:
        if wish == "reinstate":
            if state in enrolments.BEFORE_THE_END:
                before, state = state, enrolments.reinstate(state)
                assert state in enrolments.NEXT
                assert before in enrolments.NEXT[state], "what is taken back could have followed"
            else:
                with pytest.raises(Refusal, match="enrolment_step"):
                    enrolments.reinstate(state)
            continue
        if wish not in enrolments.NEXT[state]:
            with pytest.raises(Refusal):
                enrolments.step(state, wish)  # type: ignore[arg-type]
            continue
        state = enrolments.step(state, wish)  # type: ignore[arg-type]
        accepted = accepted or state == "accepted"
        assert accepted or state not in enrolments.HOLDS_PLACE, "a place comes from an acceptance"
        assert accepted or state != "dropped"


@given(st.integers(0, 30), st.lists(st.booleans(), max_size=200))
def test_a_quota_is_never_passed_and_nobody_waits_beside_a_free_place(quota: int, wishes: list[bool]) -> None:
    """True asks for a place, False gives one back; the first who waits takes what is freed."""
    holders: list[int] = []
    line: list[int] = []
    served: list[int] = []
    for number, wish in enumerate(wishes):
        if wish:
            room = programmes.has_room(quota, len(holders))
            (holders if enrolments.accept("applied", room=room) == "accepted" else line).append(number)
        elif holders:
            assert programmes.give_back(len(holders)) == len(holders) - 1
            holders.pop(0)
            while line and programmes.has_room(quota, len(holders)):
                served.append(line.pop(0))
                holders.append(served[-1])
        assert quota == programmes.UNLIMITED or len(holders) <= quota
        assert not line or not programmes.has_room(quota, len(holders))
    assert served == sorted(served)


def test_nobody_overtakes_in_the_line() -> None:
    with pytest.raises(Refusal, match="waits_already"):
        enrolments.accept("waiting", room=True)


@given(st.sampled_from(PROGRAMME_STATES), st.one_of(st.none(), st.integers(-5, 5)), st.integers(-5, 5))
def test_a_session_belongs_to_the_programme_s_time(
    state: programmes.ProgrammeState, ended: int | None, held: int
) -> None:
    ended_on = None if ended is None else DAY + timedelta(days=ended)
    on = DAY + timedelta(days=held)
    if state == "draft" or (ended_on is not None and on > ended_on):
        with pytest.raises(Refusal):
            programmes.session_starts(state, ended_on, on)
    else:
        assert programmes.session_starts(state, ended_on, on) is (state == "planned")


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_families_and_listed_are_among_those_present(attended: int, families: int, listed: int) -> None:
    if listed > attended or families > attended:
        with pytest.raises(Refusal) as refused:
            programmes.check_session(attended, families, listed, "v", ("v",))
        assert refused.value.field == ("attended" if listed > attended else "families")
    else:
        programmes.check_session(attended, families, listed, "v", ("v",))


def test_the_terms_of_a_programme() -> None:
    programmes.check_terms(DAY, DAY, quota=3, taken=3)
    programmes.check_terms(DAY, None, quota=programmes.UNLIMITED, taken=99)
    with pytest.raises(Refusal, match="before_start"):
        programmes.check_terms(DAY, DAY - timedelta(days=1), quota=0, taken=0)
    with pytest.raises(Refusal, match="quota_below_taken"):
        programmes.check_terms(None, None, quota=2, taken=3)


def test_sectors_written_in_another_way_are_one_word() -> None:
    words = built_in()
    assert [words.sector(written) for written in ("menjahit", "jahit", "kain tenun")] == ["jahit", "jahit", "tenun"]
    assert words.sector("budidaya jamur") == "budidaya jamur"
    ways = [way for names in words.sectors.values() for way in names.also]
    assert len(ways) == len(set(ways))
    assert not set(ways) & set(words.sectors)


def test_an_office_adds_words_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("kinds:\n  gemar_olahraga: {id: gemar olahraga, en: sports day}\n  ibm: {id: IBM Depok, en: IBM}\n")
    words = vocabulary(own)
    words.check_kind("kind", "gemar_olahraga")
    words.check_kind("kind", "magang")
    assert words.kinds["ibm"].id == "IBM Depok"
    with pytest.raises(Refusal, match="unknown_kind"):
        built_in().check_kind("kind", "gemar_olahraga")
    own.write_text("kinds:\n  Gemar Olahraga: {id: gemar olahraga}\n")
    with pytest.raises(VocabularyInvalid, match="en: Field required"):
        vocabulary(own)
