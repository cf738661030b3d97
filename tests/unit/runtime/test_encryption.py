"""What is encrypted can't be read, moved or compared without the node's key."""

import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.encryption import Keyring, seal, unseal
from shared.runtime.identity import create_secret_file, load_or_create_token, valid_token

KEYRING = Keyring(b"k" * 32)


@given(st.text(), st.text())
def test_what_was_encrypted_can_be_read_again(plaintext: str, context: str) -> None:
    assert KEYRING.decrypt(KEYRING.encrypt(plaintext, context), context) == plaintext


def test_the_same_text_never_looks_the_same() -> None:
    assert KEYRING.encrypt("Peserta Contoh 01", "c") != KEYRING.encrypt("Peserta Contoh 01", "c")


def test_a_blob_moved_to_another_row_cant_be_read() -> None:
    blob = KEYRING.encrypt("Peserta Contoh 01", "participant/1/name")
    with pytest.raises(InvalidTag):
        KEYRING.decrypt(blob, "participant/2/name")


def test_a_changed_blob_cant_be_read() -> None:
    blob = bytearray(KEYRING.encrypt("Peserta Contoh 01", "c"))
    blob[-1] ^= 1
    with pytest.raises(InvalidTag):
        KEYRING.decrypt(bytes(blob), "c")


def test_blind_indexes_compare_within_a_purpose_and_a_key_only() -> None:
    assert KEYRING.blind_index("9999", "nik") == KEYRING.blind_index("9999", "nik")
    assert KEYRING.blind_index("9999", "nik") != KEYRING.blind_index("9999", "phone")
    assert KEYRING.blind_index("9999", "nik") != Keyring(b"x" * 32).blind_index("9999", "nik")


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes; it must have 32"):
        Keyring(b"k" * 16)


def test_the_key_and_the_token_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    blob = Keyring.load_or_create(tmp_path).encrypt("x", "c")
    assert Keyring.load_or_create(tmp_path).decrypt(blob, "c") == "x"
    token = load_or_create_token(tmp_path)
    assert load_or_create_token(tmp_path) == token
    for path in (tmp_path / "token", tmp_path / "keys" / "node.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert valid_token(token, token)
    assert not valid_token(token[:-1], token)
    assert not valid_token("é", token)


def test_of_two_processes_making_a_secret_the_first_wins(tmp_path: Path) -> None:
    assert create_secret_file(tmp_path / "s", b"first") == b"first"
    assert create_secret_file(tmp_path / "s", b"second") == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


@given(st.binary(min_size=32, max_size=32), st.binary(), st.binary(), st.binary())
def test_a_sealed_blob_opens_under_its_key_and_context_only(
    key: bytes, content: bytes, own: bytes, other: bytes
) -> None:
    blob = seal(key, content, own)
    assert unseal(key, blob, own) == content
    for wrong_key, context in ((key, other), (bytes(reversed(key)), own)):
        if (wrong_key, context) != (key, own):
            with pytest.raises(InvalidTag):
                unseal(wrong_key, blob, context)


@given(st.text(), st.text())
def test_terms_fit_a_signed_column_and_tell_purposes_apart(value: str, purpose: str) -> None:
    term = KEYRING.term(value, purpose)
    assert 0 <= term < 2**63
    assert term == KEYRING.term(value, purpose)
    assert term != KEYRING.term(value, purpose + "x")
