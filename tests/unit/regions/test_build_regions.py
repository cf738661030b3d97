"""The script that builds the region file refuses what it wasn't made for, and spells names as people do."""

from pathlib import Path

import pytest

from deploy.data.build_regions import EXPECTED_ROWS, SHA512_BASE64, VERSION, BuildRefused, compressed, level_rows, main
from deploy.data.region_names import common_name
from shared.regions import tree


@pytest.mark.parametrize(
    ("printed", "common"),
    [
        ("Daerah Khusus Ibukota Jakarta", "DKI Jakarta"),
        ("Ratu Jaya", "Ratu Jaya"),
        ("Kabupaten Pangkajene dan Kepulauan", "Kabupaten Pangkajene dan Kepulauan"),
        ("Wari/Taiyeve II", "Wari/Taiyeve II"),
        ("Pegambiran Ampalu Nan XX", "Pegambiran Ampalu Nan XX"),
        ("Na IX - X", "Na IX-X"),
        ("Konda/ Kondaga", "Konda/Kondaga"),
        ("Grong-grong", "Grong-grong"),
        ('Ra"as', "Ra'as"),
        ("Udek Du’en", "Udek Du'en"),
        ("Sangalla' Utara", "Sangalla' Utara"),
        ("candirejo", "Candirejo"),
        ("Timang gajah", "Timang Gajah"),
        ("Baji pa'mai", "Baji Pa'mai"),
        ("2 x 11 Kayu Tanam", "2 x 11 Kayu Tanam"),
        ("Apa an", "Apa an"),
        ("SoE", "SoE"),
        ("PulauTujuh", "Pulau Tujuh"),
        ("Tgk.Dibanda Pirak", "Tgk. Dibanda Pirak"),
        ("P.O. Hurlang", "P.O. Hurlang"),
        ("Bedeng SS.", "Bedeng SS."),
        ("Losung Batu.", "Losung Batu"),
        ("Teuw*", "Teuw"),
    ],
)
def test_spelling(printed: str, common: str) -> None:
    assert common_name(printed) == common
    assert common_name(common) == common


def test_a_wrong_count_is_refused() -> None:
    with pytest.raises(BuildRefused, match=r"provinces\.csv: 1 rows, expected 38"):
        level_rows("code,name\n11,Aceh\n", "provinces.csv")


def test_a_repeated_code_is_refused() -> None:
    text = "code,name\n" + "11,Aceh\n" * EXPECTED_ROWS["provinces.csv"]
    with pytest.raises(BuildRefused, match="different codes"):
        level_rows(text, "provinces.csv")


@pytest.mark.parametrize("broken", ["1,Aceh", "AA,Aceh", "11,"])
def test_a_malformed_row_is_refused(broken: str) -> None:
    rows = [broken, *(f"{code},Contoh" for code in range(20, 57))]
    with pytest.raises(BuildRefused, match="malformed"):
        level_rows("code,name\n" + "\n".join(rows), "provinces.csv")


def test_another_package_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = tmp_path / "other.tgz"
    package.write_bytes(b"not the package")
    output = tmp_path / "regions.csv.gz"
    assert main(["--package", str(package), "--output", str(output)]) == 1
    assert f"isn't idn-area-data {VERSION}" in capsys.readouterr().err
    assert not output.exists()


def test_a_missing_package_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--package", str(tmp_path / "none.tgz")]) == 1
    assert "none.tgz" in capsys.readouterr().err


def test_the_same_rows_give_the_same_bytes() -> None:
    rows = [("11", "Aceh"), ("12", "Sumatera Utara")]
    assert compressed(rows) == compressed(iter(rows))


def test_the_shipped_file_is_what_its_readme_says() -> None:
    _, digest = compressed((region.code, region.name) for region in tree.load())
    readme = tree.REGION_FILE.with_name("README.md").read_text(encoding="utf-8")
    assert digest in readme
    assert SHA512_BASE64 in readme
    assert "Open Database License" in tree.REGION_FILE.with_name("LICENSE-ODbL.txt").read_text(encoding="utf-8")
