"""`bersinar export`: asks, waits, fetches into a private file, and has the registry's copy destroyed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from cli import exporting
from cli.connection import CommandError, Connection

DONE = {"id": "1", "state": "ready", "rows": 2, "people": 2}
DONE |= {f"left_out_{why}": number for number, why in enumerate(("consent", "erased", "scope"))}


class Registry:
    """Answers like a registry: the file is being made once, then it is ready."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.refuses, self.states = refuses, iter(("making", "ready"))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        self.asked.append((request.method, request.url.path, body))
        if request.url.path.endswith("/file"):
            if self.refuses:
                return httpx.Response(409, json={"detail": "stopped", "errors": []})
            return httpx.Response(200, content=b"Nama\r\nPeserta Contoh 01\r\n")
        state = next(self.states) if request.method == "GET" else "making"
        return httpx.Response(200, json=DONE | {"state": state})

    @contextmanager
    def client(self, _service: str) -> Iterator[httpx.Client]:
        with httpx.Client(base_url="http://registry", transport=httpx.MockTransport(self)) as client:
            yield client


def fetch(registry: Registry, file: Path, **changes: Any) -> None:
    wanted: dict[str, Any] = {
        "reason": "Calling about the training",
        "purpose": "programme",
        "hours": 1.0,
        "fields": ["name"],
        "filters": ["village=32.76.07.1003"],
    }
    exporting.export_file(cast("Connection", registry), "participants", file, **(wanted | changes))


def test_the_file_is_private_and_the_registrys_copy_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(exporting, "POLL_SECONDS", 0)
    registry, file = Registry(), tmp_path / "list.csv"
    fetch(registry, file)
    assert file.read_bytes().startswith(b"Nama")
    assert file.stat().st_mode & 0o777 == 0o600
    method, path, body = registry.asked[0]
    assert (method, path, body["format"], body["filters"]) == (
        "POST", "/v1/exports", "csv", {"village": "32.76.07.1003"}
    )  # fmt: skip
    assert [path for _, path, _ in registry.asked][-2:] == ["/v1/exports/1/file", "/v1/exports/1/destruction"]
    assert "0 without consent for programme, 1 erased, 2 out of your reach" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("list.doc", {}, "list.doc: give a name that ends in .csv, .xlsx, .ndjson."),
        ("there.csv", {}, "is there already"),
        ("list.csv", {"filters": ["village"]}, "--filter village: write it as name=value."),
    ],
)
def test_what_is_given_wrongly_is_said_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, changes: dict[str, Any], said: str
) -> None:
    (tmp_path / "there.csv").touch()
    registry = Registry()
    with pytest.raises(CommandError):
        fetch(registry, tmp_path / name, **changes)
    assert said in capsys.readouterr().err
    assert registry.asked == []


def test_a_refusal_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "POLL_SECONDS", 0)
    with pytest.raises(CommandError):
        fetch(Registry(refuses=True), tmp_path / "list.csv")
    assert list(tmp_path.iterdir()) == []
