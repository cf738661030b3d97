"""What a document is known by: its number, and an address it can be read at."""

import re
from urllib.parse import urlsplit

from services.registry.domain.personal import check_open_text
from services.registry.domain.refusal import Refusal

# A decree's number is full of digits, dots and slashes (188.45/123/Kpts/2023). What it never holds is an unbroken row
# of nine digits, a mobile number however it is spaced, or a mail address.
_OF_A_PERSON = re.compile(r"[0-9]{9,}|(?<![0-9])(?:\+?62[ -]?|0)8[0-9](?:[ -]?[0-9]){6,}|@")


def check_number(field: str, number: str | None) -> None:
    """Refuses a number of a document that holds what looks like a phone number, a NIK or a mail address."""
    if number and _OF_A_PERSON.search(number):
        raise Refusal("personal_text", field)


def check_link(field: str, link: str | None) -> None:
    """Refuses anything but the https address of a host with a name, without a user, a password or a port of its own."""
    if link is None:
        return
    if any(not ("!" <= letter <= "~") for letter in link):
        raise Refusal("document_link", field)
    try:
        parts = urlsplit(link)
        plain = parts.port is None and parts.username is None and parts.password is None
    except ValueError:
        raise Refusal("document_link", field) from None
    if parts.scheme != "https" or not plain or not _HOST.fullmatch(parts.hostname or ""):
        raise Refusal("document_link", field)


def check_source(field: str, source: str) -> None:
    """Refuses a source whose words hold what looks like personal data; the addresses in it are full of digits."""
    check_open_text(**{field: _ADDRESS.sub(" ", source)})


_ADDRESS = re.compile(r"https?://[^\s@]+")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
