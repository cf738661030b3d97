"""The case of Kota Kupang: its steps are all there, in their order, and everything invented says so."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.registry import data
from services.registry.data.case_file import CaseFile, CaseFileInvalid, read_case
from shared.regions import load

FILE = Path(data.__file__).with_name("ntt_case.yaml")
FATULULI = "53.71.04.1011"


@pytest.fixture(scope="module")
def case() -> CaseFile:
    return read_case(FILE)


def test_the_pilot_village_exists_under_its_name(case: CaseFile) -> None:
    names = {region.code: region.name for region in load({"village"}) if region.code == FATULULI}
    assert {one.code: one.name for one in case.focus_villages} == names
    assert {village for _, village in case.story.villages()} == {FATULULI}


def test_the_programme_goes_its_steps_over_two_years(case: CaseFile) -> None:
    story = case.story
    assert story.people is not None
    mapped = max(one.on for one in story.potentials)
    met = [forum.on for forum in story.forums]
    trained = [one for p in case.programmes if p.kind == "bimtek" for one in story.members[p.id].people]
    started = sorted(business.on for business in story.businesses)
    assert (story.people.count, sorted(trained)) == (20, list(range(1, 21)))
    assert mapped < met[0] < min(p.on for p in case.programmes if p.kind == "bimtek")
    assert [p.kind for p in sorted(case.programmes, key=lambda p: p.on) if p.sector == "tenun"] == [
        "bimtek",
        "magang",
        "kelompok_dampingan",
    ]
    for programme in (p for p in case.programmes if p.kind == "bimtek"):
        assert len(story.sessions[programme.id]) == 3
    assert started[0].year == 2023
    assert any(business.on.year == 2024 and len(business.visits) == 4 for business in story.businesses)
    assert {visit.status for business in story.businesses for visit in business.visits} == {
        "active",
        "paused",
        "closed",
    }
    assert len(met) == 3
    assert any(promise.outcome is None for forum in story.forums for promise in forum.commitments)
    assert any(promise.outcome == "not_kept" for forum in story.forums for promise in forum.commitments)


def test_people_are_referred_before_they_are_trained_and_the_village_is_judged_every_year(case: CaseFile) -> None:
    story = case.story
    placed = {
        person: step.on
        for one in story.referrals
        if one.to == "disperindag"
        for person in one.people
        for step in one.steps
        if step.outcome == "placed"
    }
    enrolled = {
        person: story.members[p.id].enrolled
        for p in case.programmes
        if p.kind == "bimtek"
        for person in story.members[p.id].people
    }
    assert placed == enrolled
    assert {one.steps[-1].outcome for one in story.referrals} == {"closed", "declined"}
    for one in story.referrals:
        days = [one.on, *(step.on for step in one.steps)]
        assert days == sorted(days)
    assert [(one.year, one.method) for one in story.statuses] == [(2023, "8+5"), (2024, "IKRN"), (2025, "IKRN")]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            ("story", "members", "bimtek-jahit-2023", "people"),
            [21],
            "members.bimtek-jahit-2023.people: there is no person",
        ),
        (("story", "businesses", 1, "programme"), "kelompok-tenun", "businesses.1.programme: person 1 isn't in it"),
        (("story", "businesses", 0, "group"), "kelompok-lele", "businesses.0.group: 'kelompok-lele' is unknown"),
        (("story", "businesses", 0, "person"), 11, "businesses.0: a person or a group owns it"),
        (("story", "businesses", 0, "synthetic"), False, "story.businesses.0.synthetic"),
        (("story", "potentials", 0, "mapped_by"), "nobody", "story.potentials.0.mapped_by: 'nobody'"),
        (("story", "pillars", 0, "village"), "32.76.07.1003", "story.pillars.0.village"),
        (("serves",), ["53.04"], "serves: 53.71 isn't among them"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, path: tuple[Any, ...], value: object, message: str) -> None:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    file = tmp_path / "case.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(CaseFileInvalid) as refusal:
        read_case(file)
    assert message in str(refusal.value)
