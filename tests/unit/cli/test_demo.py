"""The demonstration fits the cases it plays in, and says so where there is none."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from cli.connection import Connection
from cli.demo import INSTRUMENT, PLAYS, Play, play
from cli.wording import Language
from services.registry import data
from services.registry.data.case_file import read_case

CASES = {
    case.region: case
    for case in (read_case(Path(data.__file__).with_name(f"{name}_case.yaml")) for name in ("depok", "ntt"))
}


@pytest.mark.parametrize("one", PLAYS, ids=lambda one: one.region)
def test_a_play_is_set_in_its_case(one: Play) -> None:
    case = CASES[one.region]
    assert (one.year, INSTRUMENT) == (case.year, case.instrument)
    assert one.place in {village.name for village in case.focus_villages if village.code == one.village}
    assert one.provider in {organisation.name for organisation in case.organisations}
    assert {sector for sector, _ in one.trainings} <= {programme.sector for programme in case.programmes}
    assert one.on("03-20") == f"{case.year}-03-20"


def test_every_case_has_a_play() -> None:
    assert {one.region for one in PLAYS} == set(CASES)


@pytest.mark.parametrize(("language", "words"), [("id", "Tidak ada contoh untuk 11.71"), ("en", "no case of 11.71")])
def test_a_node_without_a_case_says_where_it_plays(
    language: Language, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = cast("Connection", SimpleNamespace(settings=SimpleNamespace(region_codes=("11.71",))))
    assert play(elsewhere, language, slow=False) == 1
    told = capsys.readouterr().err
    assert words in told
    assert all(one.region in told for one in PLAYS)
