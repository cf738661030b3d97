"""A whole node as a user runs it: freshness under load, cost at rest, time to a second readiness."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx
import psutil

from tests.faults.office import GROUPS, items
from tests.support.node import Node

WRITES_PER_SECOND, SECONDS, WARM_UP_WRITES = 50, 20, 50
REST_SETTLE_SECONDS, REST_SECONDS = 8, 30
CITY, YEAR = "32.76", 2023


async def measure(folder: Path) -> dict[str, Any]:
    """The figures of one node; everything is ended by the time this returns."""
    node = Node(folder / "node")
    try:
        seed = [sys.executable, "-m", "services.registry.seed", "--case", "depok"]
        subprocess.run(seed, env=node.plan.environment("registry", node.redis_url), check=True)
        node.start()
        figures = await _freshness(node)
        return figures | await asyncio.to_thread(_up_again, node)
    finally:
        node.close()


async def _freshness(node: Node) -> dict[str, Any]:
    """POST answered -> pushed: each write is matched to the push that names its event as a cause."""
    answered: dict[str, float] = {}
    pushed: dict[str, float] = {}
    listening = asyncio.Event()
    listener = asyncio.create_task(_listen(node, pushed, listening))
    await asyncio.wait_for(listening.wait(), 10)
    limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
    async with node.async_client("registry", limits=limits, timeout=10) as client:
        for number in range(WARM_UP_WRITES):
            await _write(client, number, {})
        began = time.perf_counter()
        tasks = []
        for number in range(WRITES_PER_SECOND * SECONDS):
            await asyncio.sleep(max(0.0, began + number / WRITES_PER_SECOND - time.perf_counter()))
            tasks.append(asyncio.create_task(_write(client, number, answered)))
        await asyncio.gather(*tasks)
        took = time.perf_counter() - began
    deadline = time.perf_counter() + 20
    while not answered.keys() <= pushed.keys() and time.perf_counter() < deadline:
        await asyncio.sleep(0.05)
    listener.cancel()
    await asyncio.gather(listener, return_exceptions=True)
    waits = sorted(max(0.0, pushed[event] - at) * 1000 for event, at in answered.items() if event in pushed)
    cuts = quantiles(waits, n=100)
    return {
        "freshness_p50_ms": round(cuts[49], 1),
        "freshness_p95_ms": round(cuts[94], 1),
        "freshness_p99_ms": round(cuts[98], 1),
        "freshness_max_ms": round(waits[-1], 1),
        "freshness_writes": len(answered),
        "freshness_never_pushed": len(answered) - len(waits),
        "freshness_writes_per_s": round(len(waits) / took, 1),
    }


async def _write(client: httpx.AsyncClient, number: int, answered: dict[str, float]) -> None:
    """One questionnaire: the peak of an office's year, and an entry that always moves the index."""
    body = {
        "region": CITY,
        "instrument": "kotan-2022",
        "year": YEAR,
        "group": GROUPS[number % len(GROUPS)],
        "answers": {item: 1 + (number * 7 + place * place) % 4 for place, item in enumerate(items())},
        "on": f"{YEAR}-11-20",
        "synthetic": True,
    }
    answer = await client.post("/v1/survey-answers", json=body)
    at = time.perf_counter()
    answer.raise_for_status()
    answered[answer.headers["Bersinar-Event-Id"].split(",")[0]] = at


async def _listen(node: Node, pushed: dict[str, float], listening: asyncio.Event) -> None:
    async with (
        node.async_client("dashboard", timeout=None) as client,
        client.stream("GET", "/live", params={"region": CITY}) as stream,
    ):
        stream.raise_for_status()
        listening.set()
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                at = time.perf_counter()
                for cause in json.loads(line[5:]).get("causes", ()):
                    pushed.setdefault(cause, at)


def _up_again(node: Node) -> dict[str, Any]:
    """The command line users type, on the data of before: seconds until ready, then the cost of doing nothing."""
    node.stop()
    node.processes.clear()
    assert node.valkey is not None
    node.valkey.stop()
    (node.data_dir / "demo-played").touch()
    environment = {**os.environ, "BERSINAR_DATA_DIR": str(node.data_dir), "BERSINAR_PORT": str(node.plan.base_port)}
    command = [sys.executable, "-m", "cli.main", "up"]
    began = time.perf_counter()
    up = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert up.stdout is not None
        for line in up.stdout:
            if "is up:" in line:
                return {"restart_ready_s": round(time.perf_counter() - began, 2), **_rest(psutil.Process(up.pid))}
        raise RuntimeError("the node did not come up")
    finally:
        up.terminate()
        up.wait(20)


def _rest(supervisor: psutil.Process) -> dict[str, Any]:
    """Processor time and memory of every process of the node while nothing happens.

    ``rest_rss_mb`` counts a page that processes share once (proportional set size): what the node takes from the
    machine. ``rest_rss_sum_mb`` adds up what each process shows, shared pages as often as they are shared.
    """
    time.sleep(REST_SETTLE_SECONDS)
    processes = [supervisor, *supervisor.children(recursive=True)]
    before = sum(sum(p.cpu_times()[:2]) for p in processes)
    began = time.perf_counter()
    time.sleep(REST_SECONDS)
    used = sum(sum(p.cpu_times()[:2]) for p in processes) - before
    return {
        "rest_cpu_percent": round(100 * used / (time.perf_counter() - began), 2),
        "rest_rss_mb": round(sum(p.memory_full_info().pss for p in processes) / 1e6),
        "rest_rss_sum_mb": round(sum(p.memory_info().rss for p in processes) / 1e6),
        "rest_processes": len(processes),
    }
