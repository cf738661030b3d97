"""The cookie, and the brake on guessing."""

import pytest

from services.dashboard.http.session import COOKIE, FAILURES_MAX, Attempts, Sessions, safe_next

TOKEN = "token-for-tests-only"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def scope(cookie: str) -> dict[str, object]:
    return {"type": "http", "headers": [(b"cookie", cookie.encode())]}


def test_a_session_holds_until_its_day():
    clock = Clock()
    sessions = Sessions(TOKEN, 30, clock)
    value = sessions.make()
    assert sessions.is_valid(value)
    clock.now += 30 * 86_400
    assert not sessions.is_valid(value)


def test_the_cookie_does_not_hold_the_token():
    assert TOKEN not in Sessions(TOKEN, 30, Clock()).make()


@pytest.mark.parametrize("forged", ["", ".", "9999999999", "9999999999.", "9999999999.00ff", "x.y", "é.é"])
def test_a_forged_cookie_is_refused(forged):
    assert not Sessions(TOKEN, 30, Clock()).is_valid(forged)


def test_a_later_expiry_needs_its_own_signature():
    sessions = Sessions(TOKEN, 30, Clock())
    _, _, signature = sessions.make().partition(".")
    assert not sessions.is_valid(f"9999999999.{signature}")


def test_a_new_token_ends_every_session():
    value = Sessions(TOKEN, 30, Clock()).make()
    assert not Sessions("another", 30, Clock()).is_valid(value)


def test_the_cookie_is_found_among_others():
    sessions = Sessions(TOKEN, 30, Clock())
    assert sessions.holds(scope(f"a=b; {COOKIE}={sessions.make()}; c=d"))
    assert not sessions.holds(scope("a=b"))
    assert not sessions.holds({"type": "http", "headers": []})


def test_guessing_is_slowed_down():
    clock = Clock()
    attempts = Attempts(clock)
    for _ in range(FAILURES_MAX):
        assert attempts.wait_seconds() == 0
        attempts.failed()
    assert 0 < attempts.wait_seconds() <= 61
    clock.now += 61
    assert attempts.wait_seconds() == 0


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "", None, "/a\nb"])
def test_signing_in_never_leads_to_another_site(path):
    assert safe_next(path) == "/"


def test_signing_in_leads_back():
    assert safe_next("/kota/32.76?year=2022") == "/kota/32.76?year=2022"
