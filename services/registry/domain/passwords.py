"""What a password must be."""

from services.registry.domain.refusal import Refusal

LENGTH_MIN = 12
LENGTH_MAX = 256
DIFFERENT_MIN = 5


def check(field: str, password: str, login: str) -> None:
    """Refuses a short one, one of hardly any different characters, and one that holds the login.

    Length is what counts (NIST SP 800-63B); no rule asks for signs or digits.
    """
    if len(password) < LENGTH_MIN:
        raise Refusal("password_short", field, least=LENGTH_MIN)
    if len(set(password)) < DIFFERENT_MIN or login.casefold() in password.casefold():
        raise Refusal("password_easy", field)
