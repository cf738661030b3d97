"""``bersinar import``: participants from a CSV file, through the registry's API, row by row.

A row has a key made of its content, so that a file that was interrupted can simply be given again: what is in is
answered from the first time, what is not yet in is written.
"""

import csv
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import typer

from cli.connection import CommandError, Connection

COLUMNS = ("name", "nik", "village", "group", "sex", "age_band", "birth_date", "on", "synthetic")
REQUIRED = ("name", "village", "group", "sex", "on")
NIK_DIGITS = 16
TRUE_WORDS = {"1", "true", "ya", "yes"}


def import_participants(connection: Connection, file: Path, *, dry_run: bool) -> int:
    """Register every row; the exit code. A wrong row is named with its column and remedy; the others go on."""
    rows, known, written = list(_rows(file)), dict[str, bool](), 0
    with connection.client("registry") as client:
        for number, row in rows:
            errors = _shape(row) or (
                _place(client, row["village"], known) if dry_run else _write(client, connection.token, row)
            )
            for error in errors:
                typer.echo(f"row {number}: {error}", err=True)
            written += not errors
    refused = len(rows) - written
    typer.echo(f"{written} rows {'are in order' if dry_run else 'registered'}, {refused} refused.")
    return 1 if refused else 0


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with file.open(newline="", encoding="utf-8-sig") as lines:
        start = lines.read(4096)
        lines.seek(0)
        reader = csv.DictReader(lines, delimiter=";" if start.count(";") > start.count(",") else ",")
        names = reader.fieldnames or []
        if unknown := [name for name in names if name not in COLUMNS]:
            raise CommandError(f"unknown columns: {', '.join(unknown)}. Known are: {', '.join(COLUMNS)}.")
        if lacking := [name for name in REQUIRED if name not in names]:
            raise CommandError(f"missing columns: {', '.join(lacking)}.")
        for number, row in enumerate(reader, start=2):
            yield number, {key: (value or "").strip() for key, value in row.items() if key}


def _shape(row: dict[str, str]) -> list[str]:
    """What can be seen without asking the registry; the registry's own checks are wider."""
    errors = [f"{column}: is empty. Fill it in." for column in REQUIRED if not row[column]]
    nik = row.get("nik")
    if nik and not (nik.isdigit() and len(nik) == NIK_DIGITS):
        errors.append("nik: is not 16 digits. Copy it from the identity card, without spaces.")
    if not row.get("age_band") and not row.get("birth_date"):
        errors.append("age_band: is empty, and so is birth_date. Fill in one of them.")
    return errors


def _place(client: httpx.Client, code: str, known: dict[str, bool]) -> list[str]:
    if code not in known:
        known[code] = client.get(f"/v1/regions/{code}").is_success
    return [] if known[code] else ["village: is no code of a desa or kelurahan. Write it like 32.76.07.1003."]


def _write(client: httpx.Client, token: str, row: dict[str, str]) -> list[str]:
    body: dict[str, Any] = {key: value for key, value in row.items() if value}
    if "synthetic" in body:
        body["synthetic"] = body["synthetic"].lower() in TRUE_WORDS
    # Keyed with the node's token: a plain hash of a row could be tried out for the NIK in it.
    key = hmac.digest(token.encode(), json.dumps(body, sort_keys=True).encode(), "sha256").hex()
    answer = client.post("/v1/participants", json=body, headers={"Idempotency-Key": f"import-{key}"})
    return [] if answer.is_success else _errors(answer)


def _errors(answer: httpx.Response) -> list[str]:
    problem = answer.json()
    errors = [f"{e['field']}: {e['detail']} {e.get('remedy') or ''}".strip() for e in problem.get("errors", [])]
    return errors or [f"{problem.get('detail', answer.status_code)} {problem.get('remedy') or ''}".strip()]
