"""``make bench``: the figures the project promises, as ratios to a raw limit measured in the same run.

Writes build/bench.json (flat keys) and prints a table. Nothing here fails on a slow machine: figures are for reading.
"""

import asyncio
import json
import logging
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from tests.bench import crowd, importing, node, publisher, scoring, steering

RESULT = Path("build/bench.json")

Figures = dict[str, float | int | str]

PROMISES: dict[str, tuple[str, str]] = {
    "freshness_p50_ms": ("<= 20", "POST answered -> pushed on an open SSE connection, 50 writes/s, median"),
    "freshness_p99_ms": ("<= 100", "the same, 99th percentile"),
    "scoring_ratio": (">= 0.5", "scoring follower, durable and explained / XREAD + JSON decode + dict fold"),
    "scoring_cpu_ratio": (">= 0.5", "the same in processor time: what others do on the machine counts less"),
    "history_cost_ratio": ("<= 1.2", "cost of an event with 514 cities and 10 years in the database / with none"),
    "spread_cost_ratio": ("<= 1.2", "of all 514 cities / of one, each city with as many events to a batch"),
    "burst_cost_ratio": ("<= 1.2", "one batch over all 514 cities / all of one city: 514 scores told, or one"),
    "nation_rescore_s": ("<= 2", "514 cities, 83,762 villages, 10 years under another edition, from state, s"),
    "whatif_ms": ("<= 20", "what-if through the API, median"),
    "goalseek_ms": ("<= 1000", "goal-seek through the API, median"),
    "replay_events_per_s": (">= 16667", "replay of 1,000,000 events of all cities, from a journal over HTTP"),
    "replay_rss_mb": ("< 400", "the replaying processes together, most memory, shared pages counted once"),
    "publisher_ratio": (">= 0.5", "publisher, numbering and copying / raw pipelined XADD"),
    "import_rows_per_s": (">= 6000", "participants from a CSV file: checked, sealed, with their events, rows a second"),
    "import_rss_mb": ("< 300", "most memory of the processes that import together, MB"),
    "list_p95_ms_1m": ("< 100", "1,000,000 people on PostgreSQL: any page of any list, one filter or order, over HTTP"),
    "search_p95_ms_1m": ("< 100", "the same: whole names, words many have, NIKs"),
    "write_p95_ms_1m": ("< 30", "the same: one registration over HTTP"),
    "write_p95_ratio_1m_10k": ("<= 1.2", "the same / with 10,000 people, in turn"),
    "rest_cpu_percent": ("< 1", "whole node at rest, per cent of a core"),
    "rest_rss_mb": ("< 500", "whole node at rest, memory of all processes together, MB"),
    "restart_ready_s": ("<= 10", "second start until everything is ready, s"),
}


def machine() -> Figures:
    """What this was measured on."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count() or 0,
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "python": platform.python_version(),
        "system": platform.platform(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def main() -> None:
    """Runs the parts named on the command line, all of them when none is."""
    parts: dict[str, Callable[[Path], Figures]] = {
        "publisher": lambda folder: asyncio.run(publisher.measure(folder)),
        "scoring": lambda folder: asyncio.run(scoring.measure(folder)),
        "import": importing.measure,
        "crowd": crowd.measure,
        "steering": lambda folder: asyncio.run(steering.measure(folder)),
        "node": lambda folder: asyncio.run(node.measure(folder)),
    }
    chosen = sys.argv[1:] or list(parts)
    # A line an event would be a fifth of what is measured.
    logging.getLogger("faststream").setLevel(logging.WARNING)
    figures = machine()
    console = Console()
    for name in chosen:
        console.print(f"measuring: {name} …")
        with tempfile.TemporaryDirectory(prefix="bersinar-bench-") as folder:
            figures |= parts[name](Path(folder))
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n")
    console.print(_table(figures))
    console.print(f"written to {RESULT}")


def _table(figures: Figures) -> Table:
    table = Table("figure", "measured", "promised", "what")
    for key, value in figures.items():
        promised, what = PROMISES.get(key, ("", ""))
        table.add_row(key, str(value), promised, what)
    return table


if __name__ == "__main__":
    main()
