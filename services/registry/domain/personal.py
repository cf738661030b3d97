"""What protects people: the shape of a NIK, and free text that must stay free of personal data."""

import re

from services.registry.domain.refusal import Refusal

NIK_DIGITS = 16
_NIK = re.compile(rf"[0-9]{{{NIK_DIGITS}}}")
# A phone number has nine digits or more, a NIK sixteen, often typed in groups; an address for mail has an @.
_NUMBER_OF_A_PERSON = re.compile(r"(?:[0-9][ .-]?){9,}|@")
_NOT_DIGITS = re.compile(r"[^0-9]+")


def check_nik(nik: str) -> None:
    """Refuses anything but sixteen digits. The region and birth date inside a NIK are not judged: people move."""
    if not _NIK.fullmatch(nik):
        raise Refusal("nik_shape", "nik", digits=NIK_DIGITS)


def plain_phone(phone: str) -> str:
    """A phone number's digits, with 0 in front whether or not it was written with Indonesia's +62."""
    digits = _NOT_DIGITS.sub("", phone)
    return f"0{digits[2:]}" if digits.startswith("62") else digits


def check_open_text(**texts: str | None) -> None:
    """Refuses text that will be published when it holds what looks like a phone number, a NIK or a mail address."""
    for field, text in texts.items():
        if text and _NUMBER_OF_A_PERSON.search(text):
            raise Refusal("personal_text", field)
