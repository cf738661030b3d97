"""Lists, searches and single writes with 1,000,000 people in a durable PostgreSQL, beside the same with 10,000.

The tables are filled by statements, as no office would wait for it otherwise; all that is measured goes over HTTP to
real registries. A list is asked for in every order and with every filter it has, one at a time: a value of some row,
and, where the document names the values, each of them (some nobody has, which is the worst a filter can be).
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import quantiles
from typing import Any

import asyncpg
import httpx
from sqlalchemy.engine import make_url

from deploy.processes import stop_pid
from services.registry.commands.personal_data import NAME, TOKEN
from services.registry.domain import names
from shared.runtime.encryption import Keyring
from tests.support import databases, postgres
from tests.support.node import Node

Figures = dict[str, float | int | str]
MANY = int(os.environ.get("BERSINAR_BENCH_PEOPLE", "1000000"))
FEW = 10_000
WRITES, REPEATS, WARM_UP = 300, 3, 20
SEARCHES = 200
COPIED = 50_000
WORST = int(os.environ.get("BERSINAR_BENCH_WORST", "8"))
PAGE = 50

_DAY = "DATE '2016-01-01' + (i::bigint * 7919 % 3650)::int"
_LIFE = "true AS synthetic, 1 AS version, TIMESTAMPTZ '2026-01-01' AS created_at"
_PERSON = "'01920000-0000-7000-8000-' || lpad(to_hex(i), 12, '0')"
_PICK = "(ARRAY[{}])[1 + (i::bigint * 31 % {})::int]"


def _pick(*values: str) -> str:
    return _PICK.format(", ".join(f"'{value}'" for value in values), len(values))


def _insert(table: str, every: int, **columns: str) -> str:
    """One row for every so many people."""
    listed = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(f'{said} AS "{name}"' for name, said in columns.items())
    return (
        f"INSERT INTO {table} ({listed}, synthetic, version, created_at) SELECT {values}, {_LIFE} "
        f"FROM generate_series({every}, $1, {every}) AS i"
    )


def _id(kind: int) -> str:
    return f"'0192000{kind}-0000-7000-8000-' || lpad(to_hex(i), 12, '0')"


_VILLAGE = "(SELECT array_agg(code ORDER BY code) FROM regions WHERE level = 'village' AND code LIKE '32.76%')"
_HERE = "(v.codes)[1 + (i % array_length(v.codes, 1))::int]"
FILLING = (
    _insert(
        "participants",
        1,
        id=_PERSON,
        village=_HERE,
        since=_DAY,
        registered_village=_HERE,
        group=_pick("former_user", "after_rehabilitation", "vulnerable_resident", "family", "former_inmate"),
        sex=_pick("male", "female"),
        age_band=_pick("18_24", "25_34", "35_44", "45_54", "55_up"),
        on=_DAY,
        state="CASE WHEN i % 20 = 0 THEN 'graduated' WHEN i % 3 = 0 THEN 'registered' ELSE 'active' END",
        state_on=_DAY,
        consent_required="true",
        sealed="decode(repeat(md5(i::text), 10), 'hex')",
        term_list="decode(repeat(md5(i::text), 3), 'hex')",
        nik_index="md5(i::text)",
    ),
    _insert(
        "consents",
        1,
        id=_id(1),
        participant_id=_PERSON,
        village=_HERE,
        purpose="'programme'",
        text_version="'2026-1'",
        given_by="'self'",
        on=_DAY,
    ),
    _insert(
        "programmes",
        500,
        id=_id(2),
        region="'32.76'",
        kind=_pick("kewirausahaan", "bimtek_life_skill", "magang"),
        sector=_pick("lele", "sayur", "menjahit", "tenun"),
        villages="'[]'::json",
        provider="'DKUM Kota Depok'",
        quota="20",
        places_taken="20",
        on=_DAY,
        state=_pick("planned", "running", "completed"),
        waiting="0",
        last_number="0",
    ),
    _insert(
        "enrolments",
        1,
        id=_id(3),
        participant_id=_PERSON,
        programme_id="'01920002-0000-7000-8000-' || lpad(to_hex(500 * (1 + i % ($1 / 500))), 12, '0')",
        kind=_pick("kewirausahaan", "bimtek_life_skill", "magang"),
        village=_HERE,
        state=_pick("accepted", "attending", "completed", "completed"),
        on=_DAY,
    ),
    _insert(
        "referrals",
        4,
        id=_id(4),
        participant_id=_PERSON,
        village=_HERE,
        to_organisation="'DKUM Kota Depok'",
        state=_pick("sent", "received", "accepted", "placed", "closed"),
        on=_DAY,
        due_on=f"{_DAY} + 14",
    ),
    _insert(
        "businesses",
        5,
        id=_id(5),
        participant_id=_PERSON,
        sector=_pick("lele", "sayur", "menjahit", "tenun"),
        village=_HERE,
        status=_pick("active", "active", "paused", "closed"),
        on=_DAY,
    ),
    _insert(
        "follow_ups",
        2,
        id=_id(6),
        business_id="'01920005-0000-7000-8000-' || lpad(to_hex(i - i % 5), 12, '0')",
        village=_HERE,
        months="1",
        due_on=_DAY,
        state=_pick("open", "visited", "visited"),
    ),
)


@dataclass(frozen=True)
class Crowd:
    """A registry with so many people, and how many."""

    node: Node
    people: int

    def client(self) -> httpx.Client:
        """Asks the registry."""
        return self.node.client("registry", timeout=60)


def measure(folder: Path) -> Figures:
    """The figures; everything is ended by the time this returns."""
    binaries = postgres.find_binaries()
    if binaries is None:
        return {"list_p95_ms_1m": "no PostgreSQL here"}
    server = postgres.start(binaries, durable=True, within=folder.parent)
    nodes: list[Node] = []
    try:
        few, many = (_crowd(folder / str(people), server.url, people, nodes) for people in (FEW, MANY))
        figures = _lists(many) | _searches(many)
        return figures | _writes(few, many) | {"people": MANY}
    finally:
        for node in nodes:
            node.close()
        stop_pid(server.pid)
        shutil.rmtree(server.directory, ignore_errors=True)


def _crowd(folder: Path, server_url: str, people: int, nodes: list[Node]) -> Crowd:
    node = Node(folder)
    nodes.append(node)
    name = f"bench_{people}"
    databases.create(server_url, f"{name}_registry")
    databases.create(server_url, f"{name}_people")
    url = make_url(server_url).set(database=f"{name}_{{service}}").render_as_string(hide_password=False)
    node.plan = replace(node.plan, database_url=url.replace("%7B", "{").replace("%7D", "}"))
    told = node.plan.environment("registry", node.redis_url)
    subprocess.run([sys.executable, "-m", "services.registry.seed"], env=told, check=True, stdout=subprocess.DEVNULL)
    asyncio.run(_fill(told["BERSINAR_DATABASE_URL"].replace("+asyncpg", ""), people, node.data_dir))
    node.start("registry")
    return Crowd(node, people)


async def _fill(url: str, people: int, data_dir: Path) -> None:
    keyring = Keyring.load_or_create(data_dir)
    connection = await asyncpg.connect(url)
    try:
        for statement in FILLING:
            place = statement.rindex(" FROM generate_series")
            crossed = f"{statement[:place]}{statement[place:]}, (SELECT {_VILLAGE} AS codes) AS v"
            await connection.execute(crossed, people)
        for terms in _terms(keyring, people):
            await connection.copy_records_to_table("terms", records=terms, columns=("term", "participant_id"))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def name_of(number: int) -> str:
    """A synthetic name of words some of which many people share."""
    return f"Peserta Contoh {_word(number % 400)} {_word(400 + number % 29_989)}"


def _word(number: int) -> str:
    letters = "bdgklmnprst"
    said = ""
    while number or len(said) < 4:
        number, rest = divmod(number, 11 * 5)
        said += letters[rest // 5] + "aiueo"[rest % 5]
    return said


def _terms(keyring: Keyring, people: int) -> Iterator[Sequence[tuple[int, str]]]:
    taken: list[tuple[int, str]] = []
    for number in range(1, people + 1):
        words = names.tokens(name_of(number))
        found = {keyring.term(names.in_order(words), NAME), *(keyring.term(word, TOKEN) for word in words)}
        taken += [(term, f"01920000-0000-7000-8000-{number:012x}") for term in found]
        if len(taken) >= COPIED:
            yield taken
            taken = []
    yield taken


def _lists(crowd: Crowd) -> Figures:
    """Every page that can be asked for with one filter or one order, some times each."""
    took: dict[str, list[float]] = {}
    with crowd.client() as client:
        document = client.get("/openapi.json").json()
        for path, parameters in _list_paths(document):
            for query in _queries(client, path, parameters):
                asked = f"{path}?{'&'.join(f'{name}={str(value)[:40]}' for name, value in query.items())}"
                for _ in range(REPEATS):
                    took.setdefault(asked, []).append(_timed(client, path, query))
    worst = sorted(took, key=lambda asked: -min(took[asked]))[:WORST]
    for asked in worst:
        print(f"  {min(took[asked]):7.1f} ms at best  {asked}", flush=True)
    every = [one for times in took.values() for one in times]
    cuts = quantiles(every, n=100)
    return {
        "list_pages_asked": len(every),
        "list_p50_ms_1m": round(cuts[49], 1),
        "list_p95_ms_1m": round(cuts[94], 1),
        "list_max_ms_1m": round(max(every), 1),
    }


def _timed(client: httpx.Client, path: str, query: dict[str, Any]) -> float:
    begun = time.perf_counter()
    answer = client.get(path, params=query)
    took = (time.perf_counter() - begun) * 1000
    assert answer.status_code == 200, (path, query, answer.text)
    return took


def _list_paths(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        parameters = {one["name"]: one for one in _resolved(document, operations.get("get", {}).get("parameters", []))}
        if "cursor" in parameters and "{" not in path:
            yield path, parameters


def _resolved(document: dict[str, Any], parameters: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in parameters:
        yield document["components"]["parameters"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one


def _queries(client: httpx.Client, path: str, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    answer = client.get(path, params={"limit": PAGE})
    assert answer.status_code == 200, (path, answer.text)
    page = answer.json()
    yield {"limit": PAGE}
    if not page["items"]:
        return
    middle = page["items"][len(page["items"]) // 2]
    for name, parameter in parameters.items():
        column = name.removesuffix("_from").removesuffix("_to")
        if name == "sort":
            for order in _orders(parameter):
                yield {"sort": order, "limit": PAGE}
                cursor = client.get(path, params={"sort": order, "limit": 200}).json()["next_cursor"]
                if cursor:
                    yield {"sort": order, "limit": PAGE, "cursor": cursor}
        elif name not in ("limit", "cursor") and middle.get(column) is not None:
            for value in {str(middle[column]).replace("True", "true").replace("False", "false"), *_named(parameter)}:
                yield {name: value, "limit": PAGE}


def _orders(parameter: dict[str, Any]) -> Sequence[str]:
    listed = parameter["description"].removeprefix("Any of ").partition(", separated")[0]
    return [order for word in listed.split(", ") for order in (word, f"-{word}")]


def _named(parameter: dict[str, Any]) -> Iterator[str]:
    schema = parameter["schema"]
    for part in (schema, *schema.get("anyOf", ())):
        yield from part.get("enum", ())


def _searches(crowd: Crowd) -> Figures:
    """Whole names, rare words, words everybody has, and NIKs nobody has."""
    took = []
    with crowd.client() as client:
        for number in range(1, SEARCHES + 1):
            name = name_of(number * (crowd.people // SEARCHES))
            for wanted in (
                {"name": name},
                {"name": name.split()[-1]},
                {"name": f"contoh {name.split()[2]}"},
                {"nik": f"9999{number:012}"},
            ):
                begun = time.perf_counter()
                answer = client.post("/v1/participants/search", json=wanted)
                took.append((time.perf_counter() - begun) * 1000)
                assert answer.status_code == 200, answer.text
    return {"search_p95_ms_1m": round(quantiles(took, n=100)[94], 1), "search_max_ms_1m": round(max(took), 1)}


def _writes(few: Crowd, many: Crowd) -> Figures:
    """One registration after the other, in turn here and there, so that both see the same machine."""
    took: dict[int, list[float]] = {few.people: [], many.people: []}
    with few.client() as first, many.client() as second:
        for number in range(WARM_UP + WRITES):
            for crowd, client in ((few, first), (many, second)):
                body = {
                    "name": name_of(number * 7),
                    "nik": f"9999{10**11 + number:012}",
                    "village": "32.76.07.1003",
                    "group": "vulnerable_resident",
                    "sex": "female",
                    "birth_date": f"19{60 + number % 40}-03-{1 + number % 28:02}",
                    "on": "2024-03-06",
                    "synthetic": True,
                }
                begun = time.perf_counter()
                answer = client.post("/v1/participants", json=body, headers={"Idempotency-Key": f"write-{number}"})
                if number >= WARM_UP:
                    took[crowd.people].append((time.perf_counter() - begun) * 1000)
                assert answer.status_code == 201, answer.text
    p95 = {people: quantiles(times, n=100)[94] for people, times in took.items()}
    p50 = {people: quantiles(times, n=100)[49] for people, times in took.items()}
    return {
        "write_p50_ms_1m": round(p50[many.people], 1),
        "write_p95_ms_1m": round(p95[many.people], 1),
        "write_p50_ratio_1m_10k": round(p50[many.people] / p50[few.people], 2),
        "write_p95_ratio_1m_10k": round(p95[many.people] / p95[few.people], 2),
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1])), indent=2))
