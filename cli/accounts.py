"""``bersinar account``: the first administrator, and a way back in when nobody can sign in any more."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from cli.connection import CommandError, Connection, answer

PATH = "/v1/accounts"
PASSWORD_BYTES = 15
Say = Callable[[str], None]


def create(
    connection: Connection, login: str, grant: dict[str, str] | None, password_file: Path | None, say: Say
) -> None:
    """Open an account; a password that isn't given is made and shown this once."""
    password = _password(password_file)
    with connection.client("registry") as client:
        grants = [] if grant is None else [grant]
        account = answer(client.post(PATH, json={"login": login, "password": password, "grants": grants}))
    say(f"{account['login']} {account['id']}")
    _tell(password, password_file, say)


def listed(connection: Connection) -> Iterator[str]:
    """One line for each account: login, state, grants, id."""
    cursor: str | None = None
    while True:
        query = {"limit": "200", "sort": "login"} | ({"cursor": cursor} if cursor else {})
        with connection.client("registry") as client:
            page = answer(client.get(PATH, params=query))
        for account in page["items"]:
            grants = ", ".join(_words(grant) for grant in account["grants"]) or "no role"
            yield f"{account['login']} {'disabled' if account['disabled'] else 'enabled'} {grants} {account['id']}"
        cursor = page["next_cursor"]
        if cursor is None:
            return


def grant(connection: Connection, login: str, given: dict[str, str], *, take: bool) -> str:
    """Add a grant to an account, or take it away; the line that says what it has now."""
    with connection.client("registry") as client:
        account = _find(client, login)
        shown = client.get(f"{PATH}/{account['id']}")
        kept = [one for one in answer(shown)["grants"] if _words(one) != _words(given)]
        body = {"grants": kept if take else [*kept, given]}
        headers = {"If-Match": shown.headers["ETag"]}
        changed = answer(client.put(f"{PATH}/{account['id']}/grants", json=body, headers=headers))
    return f"{login}: {', '.join(_words(one) for one in changed['grants']) or 'no role'}"


def set_disabled(connection: Connection, login: str, *, disabled: bool) -> str:
    """Disable an account, which ends its sessions, or enable it again."""
    with connection.client("registry") as client:
        account = _find(client, login)
        answer(client.post(f"{PATH}/{account['id']}/access", json={"disabled": disabled}))
    return f"{login}: {'disabled' if disabled else 'enabled'}"


def reset_password(connection: Connection, login: str, password_file: Path | None, say: Say) -> None:
    """Give an account a new password and end its sessions and its lock-out."""
    password = _password(password_file)
    with connection.client("registry") as client:
        account = _find(client, login)
        answer(client.post(f"{PATH}/{account['id']}/password", json={"password": password}))
    say(f"{login}: sessions ended")
    _tell(password, password_file, say)


def grant_of(role: str, scope: str, organisation: str | None) -> dict[str, str]:
    """A grant as the API takes it."""
    return {"role": role, "scope": scope} | ({"organisation_id": organisation} if organisation else {})


def _find(client: httpx.Client, login: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = answer(client.get(PATH, params={"login": login}))["items"]
    if not found:
        raise CommandError(f"There is no account {login}: see `bersinar account list`.")
    return found[0]


def _password(file: Path | None) -> str:
    return secrets.token_urlsafe(PASSWORD_BYTES) if file is None else file.read_text().rstrip("\n")


def _tell(password: str, file: Path | None, say: Say) -> None:
    if file is None:
        say(f"Password, shown this once: {password}")


def _words(grant: dict[str, Any]) -> str:
    return " ".join(filter(None, (grant["role"], grant["scope"], grant.get("organisation_id"))))
