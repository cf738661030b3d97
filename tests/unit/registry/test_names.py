"""Names sound the same however they were written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain import names

LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz .',-éMH", max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Muh. Achmad Soekarno", "Muhammad Ahmad Sukarno"),
        ("M. Akhmad Sukarno", "Moch. Ahmad Sukarno"),
        ("Hj. Siti Fatimah, S.Pd", "St Fatima"),
        ("Dr. H. Abd. Rahman", "Abdul Rachman"),
        ("Nur'aini", "Nuraini"),
        ("Djoko Susilo", "Joko Soesilo"),
        ("Zaenal Arifin", "Zainal Ariffin"),
        ("Sjafruddin", "Syafrudin"),
        ("KH. Zed, Alm.", "Zed"),
        ("Fauzi Aziz", "Fausi Azis"),
        ("Santoso Budi", "BUDI  SANTOSO"),
    ],
)
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert names.normal(one) == names.normal(other)


@pytest.mark.parametrize(("one", "other"), [("Budi", "Rudi"), ("Siti Aminah", "Siti Aminuddin"), ("H", "Hj")])
def test_other_names_stay_others(one: str, other: str) -> None:
    assert names.normal(one) != names.normal(other)


@given(LETTERS | st.text(max_size=40))
def test_a_sound_is_its_own_sound(name: str) -> None:
    once = names.normal(name)
    assert names.normal(once) == once


@given(st.lists(st.text("abdefgijklmnoprstuw", min_size=2, max_size=8), min_size=1, max_size=5))
def test_the_order_of_words_does_not_matter(words: list[str]) -> None:
    turned = sorted(words, reverse=True)
    assert names.normal(" ".join(words)) == names.normal(" ".join(turned))


@given(LETTERS)
def test_capitals_do_not_matter(name: str) -> None:
    assert names.normal(name.upper()) == names.normal(name.lower())
