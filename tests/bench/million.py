"""A registry's journal of a million events, served as the registry serves it: ``python -m tests.bench.million``."""

import json
import sqlite3
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response

from shared.contracts.envelope import chain_hash, wire
from shared.regions import tree
from tests.bench.history import entries_of

SHAPES = 2_000


def fill(path: Path, count: int) -> tuple[int, str]:
    """Bodies of a few thousand shapes, each with an id, a subject and a city of its own."""
    cities = [region.code for region in tree.load(["city"])]
    shapes = []
    for number, raw in entries_of(SHAPES, lambda n: cities[n % len(cities)]):
        body = "{" + raw.decode().split(",", 2)[2]
        shapes.append((body.replace(f'"event-{number}"', '"event-%d"'), number))
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous=OFF")
    database.execute("CREATE TABLE journal (seq INTEGER PRIMARY KEY, body TEXT, previous_hash TEXT)")
    before, rows = "0" * 64, []
    for seq in range(1, count + 1):
        shape, _ = shapes[seq % SHAPES]
        body = shape.replace("event-%d", f"event-{seq}")
        rows.append((seq, body, before))
        before = chain_hash(wire(body, seq, before))
        if len(rows) == 10_000 or seq == count:
            database.executemany("INSERT INTO journal VALUES (?, ?, ?)", rows)
            rows = []
    database.commit()
    database.close()
    return count, before


def main() -> None:
    """Fills, then serves until it's ended."""
    path, port, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    seq, digest = fill(path, count)
    database = sqlite3.connect(path, check_same_thread=False)
    app = FastAPI()

    @app.get("/head")
    async def head() -> Response:
        return Response(json.dumps({"seq": seq, "hash": digest}))

    @app.get("/journal/{stream}")
    async def journal(stream: str, after: int, limit: int) -> Response:
        query = "SELECT seq, body, previous_hash FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
        rows = database.execute(query, (after, limit)).fetchall()
        return Response(b"".join(wire(body, seq, before) + b"\n" for seq, body, before in rows))

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
