"""A data folder belongs to one case: chosen once, kept, and refused to another one in words that help."""

from pathlib import Path

import pytest

from deploy import cases
from deploy.local import NodeError, NodeSettings, plan


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NODE", "REGIONS", "CASE"):
        monkeypatch.delenv(f"BERSINAR_{name}", raising=False)
    return tmp_path / "var"


def test_a_fresh_folder_becomes_the_cases_own(folder: Path) -> None:
    cases.choose(NodeSettings(data_dir=folder), "ntt")
    settings = cases.of_folder(NodeSettings(data_dir=folder))
    assert (settings.node, settings.region_codes[0], settings.case) == ("53", "53.71", "ntt")
    told = plan(settings).environment("registry", "redis://x")
    assert (told["BERSINAR_NODE"], told["BERSINAR_CASE"]) == ("53", "ntt")
    assert told["BERSINAR_REGIONS"].startswith("53.71,")
    cases.choose(NodeSettings(data_dir=folder), "ntt")


def test_a_folder_of_one_case_is_refused_to_another(folder: Path) -> None:
    cases.choose(NodeSettings(data_dir=folder), "ntt")
    with pytest.raises(NodeError, match=r"holds the case ntt of node 53.*BERSINAR_DATA_DIR=.*var-depok"):
        cases.choose(NodeSettings(data_dir=folder), "depok")


def test_a_folder_a_node_has_run_in_keeps_what_it_is(folder: Path) -> None:
    folder.mkdir()
    (folder / "seeded").touch()
    with pytest.raises(NodeError, match=r"belongs to node 3276 \(32\.76\)"):
        cases.choose(NodeSettings(data_dir=folder), "ntt")
    assert not (folder / cases.MARKER).exists()
    cases.choose(NodeSettings(data_dir=folder), "depok")
    assert cases.of_folder(NodeSettings(data_dir=folder)).region_codes == ("32.76",)


def test_an_environment_that_says_otherwise_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases.choose(NodeSettings(data_dir=folder), "ntt")
    monkeypatch.setenv("BERSINAR_REGIONS", "32.76")
    with pytest.raises(NodeError, match="BERSINAR_REGIONS says otherwise"):
        cases.of_folder(NodeSettings(data_dir=folder))


def test_a_case_nobody_knows_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(NodeError, match="there is depok, ntt"):
        cases.choose(NodeSettings(data_dir=folder), "atlantis")
    assert not folder.exists()


def test_a_folder_without_a_case_is_as_the_environment_says(folder: Path) -> None:
    settings = NodeSettings(data_dir=folder, node="11", regions="11.71")
    assert cases.of_folder(settings) == settings
