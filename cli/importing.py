"""``bersinar import``: a spreadsheet through the registry's own import, with its progress and its report."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.connection import CommandError, Connection, answer

IMPORTS = "/v1/imports"
UPLOAD_TIMEOUT_SECONDS = 600.0
POLL_SECONDS = 0.3
TYPES = {".csv": "text/csv", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def import_file(
    connection: Connection, file: Path, kind: str, *, dry_run: bool, corrections: Sequence[str], report: Path | None
) -> int:
    """Takes a file in and carries it out; the exit code. What is wrong with which row goes into a workbook."""
    with connection.client("registry") as client:
        made = _upload(client, file, kind)
        _show_mapping(client, made, corrections)
        answer(client.post(f"{IMPORTS}/{made['id']}/{'check' if dry_run else 'run'}"))
        done = _wait(client, made["id"])
        _sum_up(done, dry_run=dry_run)
        if done["findings"]:
            _keep_report(client, made["id"], report or file.with_name(f"{file.stem}-laporan.xlsx"))
        if dry_run:
            client.post(f"{IMPORTS}/{made['id']}/forget")
    return 1 if done["findings"] or done["trouble"] else 0


def _upload(client: httpx.Client, file: Path, kind: str) -> dict[str, Any]:
    with file.open("rb") as content:
        made: dict[str, Any] = answer(
            client.post(
                IMPORTS,
                params={"kind": kind},
                content=content,
                headers={"Content-Type": TYPES.get(file.suffix.lower(), "application/octet-stream")},
                timeout=UPLOAD_TIMEOUT_SECONDS,
            )
        )
    return made


def _show_mapping(client: httpx.Client, made: dict[str, Any], corrections: Sequence[str]) -> None:
    path = f"{IMPORTS}/{made['id']}"
    columns = answer(client.get(f"{path}/columns"))
    if corrections:
        mapping = _corrected(columns, corrections)
        etag = client.get(path).headers["ETag"]
        answer(client.put(f"{path}/mapping", json={"mapping": mapping}, headers={"If-Match": etag}))
        columns = answer(client.get(f"{path}/columns"))
    for column in columns["columns"]:
        typer.echo(f"{column['heading']} -> {column['field'] or '-'}", err=True)


def _corrected(columns: dict[str, Any], corrections: Sequence[str]) -> dict[str, int]:
    mapping = {one["field"]: one["column"] for one in columns["columns"] if one["field"]}
    places = {one["heading"]: one["column"] for one in columns["columns"]}
    for correction in corrections:
        heading, _, field = correction.rpartition("=")
        if heading not in places:
            raise CommandError(f"--map {correction}: the file has no column '{heading}'.")
        mapping = {name: place for name, place in mapping.items() if place != places[heading]}
        if field:
            mapping[field] = places[heading]
    return mapping


def _wait(client: httpx.Client, import_id: str) -> dict[str, Any]:
    bar = Progress(
        TextColumn("baris"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)
    )
    with bar:
        task = bar.add_task("baris", total=None)
        while True:
            shown: dict[str, Any] = answer(client.get(f"{IMPORTS}/{import_id}"))
            bar.update(task, completed=shown["rows_done"], total=shown["rows_total"])
            if shown["state"] not in ("checking", "running"):
                return shown
            time.sleep(POLL_SECONDS)


def _sum_up(done: dict[str, Any], *, dry_run: bool) -> None:
    would = "would be written" if dry_run else "written"
    typer.echo(
        f"{done['rows_done']} rows read: {done['rows_written']} {would}, {done['rows_unchanged']} were in already, "
        f"{done['rows_refused']} wrong, {done['rows_held']} held back with them."
    )
    if done["trouble"]:
        typer.echo(f"stopped: {done['trouble']}. Repeat the command: nothing will be doubled.", err=True)


def _keep_report(client: httpx.Client, import_id: str, path: Path) -> None:
    found = client.get(f"{IMPORTS}/{import_id}/report")
    if not found.is_success:
        raise CommandError("the report can't be read")
    # It quotes cells, hence people: for the eyes of whoever runs the command.
    path.touch(mode=0o600)
    path.write_bytes(found.content)
    typer.echo(f"report: {path}")
