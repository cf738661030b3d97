"""``bersinar up``: seeds on the first start, then runs the node until Ctrl-C."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cli.demo import play_of
from cli.wording import Language, text
from deploy import seeding
from deploy.local import NodeError, NodeSettings, Plan, plan
from deploy.processes import ROOT, dies_with_parent
from deploy.supervisor import Supervisor, running
from deploy.valkey import ValkeyError


def up(settings: NodeSettings, language: Language, *, demo: bool) -> int:
    """Run the node until it is told to stop; the exit code."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        return asyncio.run(_until_stopped(plan(settings), console, language, demo=demo))
    except (NodeError, ValkeyError) as error:
        console.print(str(error), style="red", markup=False)
        return 1


async def _until_stopped(node: Plan, console: Console, language: Language, *, demo: bool) -> int:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    work = asyncio.create_task(_run(node, console, language, demo=demo))
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait((work, asked), return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        console.print(text("stopping", language))
        work.cancel()
    asked.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work
    console.print(text("stopped", language))
    return 0


async def _run(node: Plan, console: Console, language: Language, *, demo: bool) -> None:
    async def seed(redis_url: str) -> None:
        await _seed(node, redis_url, console, language)
        console.print(text("starting", language))

    say = lambda line: console.print(line, style="yellow", markup=False)  # noqa: E731
    async with running(node, say, seed) as supervisor:
        console.print(text("token", language, path=node.data_dir / "token"))
        await _demo_once(supervisor, console, language, wanted=demo)
        console.print(f"Bersinar node {node.node} is up: {node.url_of('dashboard')}")
        await asyncio.Event().wait()


async def _seed(node: Plan, redis_url: str, console: Console, language: Language) -> None:
    if seeding.is_seeded(node.data_dir):
        return
    console.print(text("first_start", language, data_dir=node.data_dir))
    log_file = node.log_file("seeding")
    log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log_file.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "deploy.seeding",
            cwd=ROOT,
            env=node.environment("registry", redis_url),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            preexec_fn=dies_with_parent(),
        )
    async with _ended_on_the_way_out(process):
        await _show_progress(process, console, language)
        if await process.wait():
            raise NodeError(f"Loading the first data failed; see {log_file}. Starting again goes on where it stopped.")
    seeding.mark_seeded(node.data_dir)


async def _show_progress(process: asyncio.subprocess.Process, console: Console, language: Language) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    bars: dict[str, TaskID] = {}
    assert process.stdout is not None  # noqa: S101 - the process was made with a pipe
    with Progress(*columns, console=console) as progress:
        async for line in process.stdout:
            step: dict[str, Any] = json.loads(line)
            if step["label"] not in bars:
                progress.console.print(f"  {step['label']}", style="bold", markup=False)
                progress.console.print(
                    f"    {text('source', language, source=step['source'])}", style="dim", markup=False
                )
                bars[step["label"]] = progress.add_task(step["label"], total=step["total"])
            progress.update(bars[step["label"]], completed=step["done"], total=step["total"])


async def _demo_once(supervisor: Supervisor, console: Console, language: Language, *, wanted: bool) -> None:
    """Play the case's demonstration on the first start of a data folder, after everything is ready; a node that serves
    no city of a case starts without."""
    marker: Path = supervisor.plan.data_dir / "demo-played"
    if not wanted or marker.exists() or play_of(supervisor.plan.regions.split(",")) is None:
        return
    console.print(text("look", language, url=supervisor.plan.url_of("dashboard")))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cli.main",
        "demo",
        "--speed",
        "slow",
        "--lang",
        language,
        cwd=ROOT,
        env=supervisor.plan.environment("dashboard", supervisor.redis_url),
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=dies_with_parent(),
    )
    async with _ended_on_the_way_out(process):
        if await process.wait() == 0:
            marker.touch()


@contextlib.asynccontextmanager
async def _ended_on_the_way_out(process: asyncio.subprocess.Process) -> AsyncIterator[None]:
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
