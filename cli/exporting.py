"""``bersinar export``: a list with people's names, through the registry, into a file only this user may read."""

import os
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import typer

from cli.connection import CommandError, Connection, answer, refusal
from shared.runtime import clock

EXPORTS = "/v1/exports"
POLL_SECONDS = 0.3
FORMATS = {".csv": "csv", ".xlsx": "xlsx", ".ndjson": "ndjson"}


def export_file(
    connection: Connection,
    subject: str,
    file: Path,
    *,
    reason: str,
    purpose: str,
    hours: float,
    fields: Sequence[str],
    filters: Sequence[str],
) -> None:
    """Asks for the list, waits for it, and fetches it; then the registry's own copy is destroyed."""
    kind = FORMATS.get(file.suffix.lower())
    if kind is None:
        raise CommandError(f"{file}: give a name that ends in {', '.join(FORMATS)}.")
    if file.exists():
        raise CommandError(f"{file} is there already: give another name.")
    body = {
        "list": subject.replace("_", "-"),
        "filters": _filters(filters),
        "fields": list(fields),
        "format": kind,
        "purpose": purpose,
        "reason": reason,
        "expires_at": (clock.now() + timedelta(hours=hours)).isoformat(),
    }
    with connection.client("registry") as client:
        made = _wait(client, answer(client.post(EXPORTS, json=body))["id"])
        _fetch(client, made["id"], file)
        answer(client.post(f"{EXPORTS}/{made['id']}/destruction"))
    left_out = {name: made[f"left_out_{name}"] for name in ("consent", "erased", "scope")}
    typer.echo(
        f"{made['rows']} rows of {made['people']} people in {file}. Left out: {left_out['consent']} without consent "
        f"for {purpose}, {left_out['erased']} erased, {left_out['scope']} out of your reach. Delete the file when "
        f"it has served."
    )


def _filters(given: Sequence[str]) -> dict[str, str]:
    if wrong := [one for one in given if "=" not in one]:
        raise CommandError(f"--filter {wrong[0]}: write it as name=value.")
    return {name: value for name, _, value in (one.partition("=") for one in given)}


def _wait(client: httpx.Client, export_id: str) -> dict[str, Any]:
    while True:
        shown: dict[str, Any] = answer(client.get(f"{EXPORTS}/{export_id}"))
        if shown["state"] != "making":
            return shown
        time.sleep(POLL_SECONDS)


def _fetch(client: httpx.Client, export_id: str, file: Path) -> None:
    with client.stream("POST", f"{EXPORTS}/{export_id}/file") as found:
        if found.is_error:
            found.read()
            raise CommandError(refusal(found))
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for part in found.iter_bytes():
                out.write(part)
