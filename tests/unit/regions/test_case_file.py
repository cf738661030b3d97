"""The Depok case: valid, synthetic where invented, and refused with the field's name when it isn't."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from services.registry import data
from services.registry.data.case_file import CaseFile, CaseFileInvalid, read_case
from shared.contracts.registry import KotanGroup, Setting
from shared.contracts.scoring import Variable
from shared.regions import load

DEPOK = Path(data.__file__).with_name("depok_case.yaml")
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def case() -> CaseFile:
    return read_case(DEPOK)


def test_the_focus_villages_exist_under_their_names(case: CaseFile) -> None:
    wanted = {village.code: village.name for village in case.focus_villages}
    found = {region.code: region.name for region in load({"village"}) if region.code in wanted}
    assert found == wanted == {"32.76.07.1003": "Ratu Jaya", "32.76.07.1005": "Pondok Jaya"}


def test_each_focus_village_has_a_business_programme_of_dkum_and_agents(case: CaseFile) -> None:
    programmes = {programme.villages: programme for programme in case.programmes}
    assert {villages: programme.sector for villages, programme in programmes.items()} == {
        ("32.76.07.1003",): "lele",
        ("32.76.07.1005",): "sayur",
    }
    for programme in case.programmes:
        assert (programme.kind, programme.provider, programme.quota) == ("kewirausahaan", "dkum-depok", 20)
        assert any(agent.village in programme.villages for agent in case.agents)


def test_the_four_settings_have_institutions_with_and_without_a_policy(case: CaseFile) -> None:
    found = {(institution.setting, institution.has_policy) for institution in case.institutions}
    assert found == {(setting, policy) for setting in get_args(Setting) for policy in (True, False)}


def test_every_group_has_answers_and_room_for_more(case: CaseFile) -> None:
    assert set(case.survey.groups) == set(get_args(KotanGroup))
    assert all(12 <= given.answers <= 15 < case.survey.quota_per_group for given in case.survey.groups.values())
    assert all(set(given.levels) == set(get_args(Variable)) for given in case.survey.groups.values())


def test_levels_are_the_decimals_that_were_written(case: CaseFile) -> None:
    assert case.survey.groups["polres"].levels["kewilayahan"] == Decimal("3.55")
    assert case.programmes[0].on == date(2023, 3, 6)


def test_only_offices_named_in_public_reports_are_real(case: CaseFile) -> None:
    real = {organisation.id for organisation in case.organisations if not organisation.synthetic}
    offices = {"bnnk-depok", "dkum-depok", "kesbangpol-depok"}
    assert real == offices | {"kelurahan-ratu-jaya", "kelurahan-pondok-jaya"}


def _set(*path: str | int, to: object) -> Change:
    def change(content: dict[str, Any]) -> None:
        place: Any = content
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def _without(*path: str | int) -> Change:
    def change(content: dict[str, Any]) -> None:
        place: Any = content
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("programmes", 1, "quota", to=0), "programmes.1.quota"),
        (_set("programmes", 0, "provider", to="nobody"), "programmes.0.provider: 'nobody'"),
        (_set("programmes", 0, "kind", to="party"), "programmes.0.kind"),
        (_set("programmes", 0, "date", to="2024-03-06"), "2024-03-06 isn't in the year 2023"),
        (_set("agents", 0, "synthetic", to=False), "agents.0.synthetic"),
        (_set("agents", 0, "name", to="Contoh"), "agents.0.name"),
        (_set("agents", 0, "village", to="32.76.07"), "agents.0.village"),
        (_set("agents", 0, "village", to="36.74.03.1004"), "agents.0.village: village 36.74.03.1004 isn't in 32.76"),
        (_set("agents", 1, "id", to="agen-ratu-jaya-01"), "agents: id 'agen-ratu-jaya-01' appears more than once"),
        (_set("region", to="32.70"), "region"),
        (_set("survey", "groups", "polres", "answers", to=21), "groups.polres.answers: 21 is above the quota 20"),
        (_set("survey", "groups", "polres", "levels", "hukum", to=4.5), "survey.groups.polres.levels.hukum"),
        (_set("survey", "to", to="2023-11-01"), "to: 2023-11-01 is before"),
        (_without("survey", "groups", "koramil"), "groups: koramil missing"),
        (_without("survey", "groups", "polres", "levels", "hukum"), "levels: hukum missing"),
        (_without("focus_villages"), "focus_villages"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, change: Change, message: str) -> None:
    content = yaml.safe_load(DEPOK.read_text(encoding="utf-8"))
    change(content)
    file = tmp_path / "case.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(CaseFileInvalid) as refusal:
        read_case(file)
    assert message in str(refusal.value)


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("region: [", encoding="utf-8")
    with pytest.raises(CaseFileInvalid, match="not readable as YAML"):
        read_case(file)
