"""``bersinar list``, ``show`` and ``do``: everything the registry's API offers, from a command line."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from cli.actions import Offer, Operation
from cli.connection import CommandError, Connection, answer, refusal
from cli.values import body_of
from cli.wording import Language, text
from shared.runtime import clock

WIDE = 240
"""Columns of a table that goes into a file or another program."""

Record = Mapping[str, Any]


class Desk:
    """One command at the registry of a node, in one language."""

    def __init__(self, connection: Connection, lang: Language) -> None:
        self._connection, self._lang = connection, lang
        self._console = Console(highlight=False)
        if not self._console.is_terminal:
            self._console.width = WIDE
        self.offer = Offer(self._get("/openapi.json"))

    def list_records(
        self, subject: str, given: Sequence[str], *, sort: str | None, limit: int, every: bool, as_json: bool
    ) -> None:
        """A page of a list, or all of it."""
        operation = self.offer.list_of(subject, self._lang)
        query: dict[str, Any] = {"limit": limit} | ({"sort": sort} if sort else {})
        query |= _plain_query(body_of(given, operation.filters, None, self._lang))
        items, cursor = self._page(operation, query)
        while cursor is not None and every:
            more, cursor = self._page(operation, query | {"cursor": cursor})
            items += more
        if as_json:
            self._print_json({"items": items, "next_cursor": cursor})
            return
        self._table(items)
        self._console.print(text("rows" if cursor is None else "rows_more", self._lang, count=len(items)))

    def show(self, subject: str, ids: Sequence[str], *, as_json: bool) -> None:
        """One record."""
        operation = self.offer.record_of(subject, self._lang)
        self._record(self._get(operation.address(self._ids(operation, ids))), as_json=as_json)

    def history(self, subject: str, ids: Sequence[str], *, as_json: bool) -> None:
        """Who changed a record and when, from its beginning."""
        if len(ids) != 1:
            raise CommandError(text("ids_wanted", self._lang, wanted="ID", given=len(ids)))
        path = f"/v1/history/{quote(subject.replace('_', '-'), safe='')}/{quote(ids[0], safe='')}"
        items: list[Record] = []
        after: int | None = 0
        while after is not None:
            page = self._get(path, {"after": after, "limit": 200})
            items, after = items + page["items"], page["next_after"]
        if as_json:
            self._print_json({"items": items})
        else:
            self._table([{name: item[name] for name in ("at", "actor", "what", "said")} for item in items])

    def do(
        self, name: str, words: Sequence[str], file: Path | None, *, key: str | None, as_json: bool, only_id: bool
    ) -> None:
        """Carries out an action; without any field that it needs, says which there are."""
        operation = self.offer.action(name, self._lang)
        ids = [word for word in words if "=" not in word]
        given = [word for word in words if "=" in word]
        if not given and file is None and any(field.required for field in operation.fields):
            self.describe(operation)
            raise CommandError(text("fields_missing", self._lang))
        path = operation.address(self._ids(operation, ids))
        body = body_of(given, operation.fields, file, self._lang) if operation.fields else None
        record = self._send(operation, path, body, key or clock.new_id())
        if only_id:
            print(record.get("id", ""))
        else:
            self._record(record, as_json=as_json)

    def describe(self, operation: Operation) -> None:
        """The fields of an action."""
        self._console.print(f"{operation.action}: {operation.summaries[self._lang]}")
        self._console.print(" ".join(["bersinar do", operation.action, *(i.upper() for i in operation.ids), "…"]))
        table = _table("field", "required", "value", lang=self._lang)
        for field in operation.fields:
            table.add_row(f"{field.name}=", text("yes", self._lang) if field.required else "", field.words)
        self._console.print(table)

    def actions(self) -> None:
        """Every action there is."""
        table = _table("action", "ids", "summary", lang=self._lang)
        for one in self.offer.actions:
            table.add_row(one.action, " ".join(i.upper() for i in one.ids), one.summaries[self._lang])
        self._console.print(table)
        self._console.print(text("subjects", self._lang, known=", ".join(self.offer.subjects)))

    def _send(self, operation: Operation, path: str, body: Any, key: str) -> Any:
        headers = self._headers()
        if "idempotency-key" in operation.headers:
            headers["Idempotency-Key"] = key
        with self._connection.client("registry") as client:
            if operation.method in ("put", "patch") and self.offer.reading(operation.path):
                seen = client.get(path, headers=headers)
                headers |= {"If-Match": seen.headers["ETag"]} if seen.is_success and "ETag" in seen.headers else {}
            try:
                answered = client.request(operation.method, path, json=body, headers=headers)
            except httpx.TransportError:
                raise CommandError(text("no_answer", self._lang, again=key)) from None
        return answer(answered) if answered.content or answered.is_error else {}

    def _page(self, operation: Operation, query: Record) -> tuple[list[Record], str | None]:
        page = self._get(operation.path, query)
        return page["items"], page["next_cursor"]

    def _get(self, path: str, query: Record | None = None) -> Any:
        with self._connection.client("registry") as client:
            answered = client.get(path, params=dict(query or {}), headers=self._headers())
            if answered.is_error:
                raise CommandError(refusal(answered))
            return answered.json()

    def _headers(self) -> dict[str, str]:
        return {"Accept-Language": self._lang}

    def _ids(self, operation: Operation, given: Sequence[str]) -> dict[str, str]:
        if len(given) != len(operation.ids):
            wanted = " ".join(name.upper() for name in operation.ids) or "-"
            raise CommandError(text("ids_wanted", self._lang, wanted=wanted, given=len(given)))
        return {name: quote(value, safe="") for name, value in zip(operation.ids, given, strict=True)}

    def _record(self, record: Record, *, as_json: bool) -> None:
        if as_json:
            self._print_json(record)
            return
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in record.items():
            if value is not None:
                table.add_row(name, _shown(value))
        self._console.print(table)

    def _table(self, items: Sequence[Record]) -> None:
        names = [name for name in (items[0] if items else {}) if any(item[name] is not None for item in items)]
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for name in names:
            table.add_column(name, no_wrap=name == "id", overflow="fold")
        for item in items:
            table.add_row(*(_shown(item[name]) for name in names))
        if names:
            self._console.print(table)

    def _print_json(self, content: Any) -> None:
        print(json.dumps(content, ensure_ascii=False, indent=2))


def _table(*keys: str, lang: Language) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for key in keys:
        table.add_column(text(f"column_{key}", lang), overflow="fold")
    return table


def _shown(value: Any) -> str:
    """A value in a cell, as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and not any(isinstance(part, dict | list) for part in value):
        return ",".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _plain_query(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: _shown(value) for name, value in values.items() if value is not None}
