"""The other rules of the domain."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain import personal, published, territory
from services.registry.domain.area_status import status_before
from services.registry.domain.refusal import Refusal


@given(st.integers(0, 10**16 - 1))
def test_sixteen_digits_are_a_nik(number: int) -> None:
    personal.check_nik(f"{number:016}")


@given(st.text(max_size=40).filter(lambda text: not (len(text) == 16 and text.isascii() and text.isdigit())))
def test_anything_else_is_not_and_the_refusal_keeps_it_to_itself(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        personal.check_nik(text)
    assert refused.value.args == ("nik_shape",)
    assert refused.value.values == {"digits": 16}


@pytest.mark.parametrize("text", ["0812-3456-7890", "0812 3456 789", "9999010101900001", "a@example.test"])
def test_open_text_holds_no_phone_nik_or_mail_address(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        personal.check_open_text(provider=f"DKUM {text}")
    assert refused.value.field == "provider"


@pytest.mark.parametrize("text", ["DKUM Kota Depok", "188.34/1234/2023", "Perwali 12 Tahun 2023", "3.602", None])
def test_ordinary_text_passes(text: str | None) -> None:
    personal.check_open_text(number=text)


@given(st.dictionaries(st.integers(2015, 2030), st.sampled_from(["bahaya", "waspada", "siaga", "aman"])))
def test_a_status_follows_the_last_earlier_year(history: dict[int, str]) -> None:
    for year in range(2015, 2032):
        earlier = [status for known, status in sorted(history.items()) if known < year]
        assert status_before(history, year) == (earlier[-1] if earlier else None)


def test_villages_belong_to_one_kab_kota_the_node_serves() -> None:
    served = ("32.76",)
    territory.check_village("village", "32.76.07.1003", exists=True, served=served)
    with pytest.raises(Refusal, match="unknown_village"):
        territory.check_village("village", "32.76.07.9999", exists=False, served=served)
    with pytest.raises(Refusal, match="village_outside"):
        territory.check_village("village", "53.71.04.1011", exists=True, served=served)
    with pytest.raises(Refusal, match="villages_in_two_cities"):
        territory.common_city("villages", ["32.76.07.1003", "53.71.04.1011"])
    assert [territory.level_of(code) for code in ("32", "32.76", "32.76.07", "32.76.07.1003", "3276")] == [
        "province",
        "city",
        "district",
        "village",
        None,
    ]


@given(st.decimals(min_value=-10, max_value=110, places=3))
def test_an_index_lies_on_the_scale_of_its_edition(index: Decimal) -> None:
    for edition, (least, most) in published.SCALES.items():
        if least <= index <= most:
            published.check_published(edition, index, None, {})
        else:
            with pytest.raises(Refusal, match="index_off_scale"):
                published.check_published(edition, index, None, {})


def test_only_a_printed_index_can_be_the_reference() -> None:
    assert published.check_reference(Decimal("3.602")) == Decimal("3.602")
    with pytest.raises(Refusal, match="index_missing"):
        published.check_reference(None)
    with pytest.raises(Refusal, match="nothing_published"):
        published.check_published("kotan-2022", None, None, {})
