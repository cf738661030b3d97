"""``bersinar replay``, ``what-if``, ``goal-seek``, ``target``, ``rollup``: the index, read and steered by command."""

import time
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.connection import CommandError, Connection, answer, node_settings

POLL_SECONDS = 0.3
START_SECONDS = 60.0

Region = Annotated[str, typer.Argument(help="Code of a kab/kota, like 32.76.")]
Year = Annotated[int, typer.Option(help="The year.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(replay)
    app.command("what-if")(what_if)
    app.command("goal-seek")(goal_seek)
    app.command()(target)
    app.command()(rollup)


def replay(
    workers: Annotated[int, typer.Option(min=1, max=16, help="In how many processes to fold.")] = 1,
) -> None:
    """Fold the registry's whole journal anew; the index can be read as before until the new one takes its place."""
    connection = _connection()
    before = {row["generation"] for row in connection.get("scoring", "/v1/replays")["items"]}
    with connection.client("scoring") as client:
        answer(client.post("/v1/replays", json={"workers": workers}))
    outcome = _watch(connection, before)
    typer.echo(outcome)
    raise typer.Exit(0 if outcome.startswith("in place") else 1)


def _watch(connection: Connection, before: set[int]) -> str:
    columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    deadline = time.monotonic() + START_SECONDS
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("replay", total=None)
        while True:
            new = [r for r in connection.get("scoring", "/v1/replays")["items"] if r["generation"] not in before]
            if new:
                progress.update(task, completed=new[0]["seq"], total=new[0]["head"])
                if new[0]["ended_at"]:
                    return str(new[0]["outcome"])
            elif time.monotonic() > deadline:
                raise CommandError("The replay did not begin; see the log of scoring.")
            time.sleep(POLL_SECONDS)


def what_if(
    region: Region,
    year: Annotated[int | None, typer.Option(help="The year; without it the latest there is.")] = None,
    event: Annotated[list[str] | None, typer.Option(help="TYPE or TYPE=COUNT, like business.started=3.")] = None,
    evidence: Annotated[list[str] | None, typer.Option(help="COUNTER=ADDITION, like agents.penggiat=5.")] = None,
    mean: Annotated[list[str] | None, typer.Option(help="VARIABLE=MEAN of the survey, like hukum=3.2.")] = None,
) -> None:
    """Say what the index would be. Nothing is changed."""
    body = {
        "year": year,
        "events": [{"type": key, "count": int(value or 1)} for key, value in _pairs(event)],
        "evidence": {key: int(value) for key, value in _pairs(evidence)},
        "survey": {"variables": dict(_pairs(mean))},
    }
    with _connection().client("scoring") as client:
        found = answer(client.post(f"/v1/indices/{region}/what-if", json=body))
    for name in ("survey", "running"):
        typer.echo(f"{name} {_score(found['before'][name])} -> {_score(found['after'][name])}")
    for step in found["steps"]:
        typer.echo(f"  {step['step']} survey {step['survey_share']} running {step['running_share']}")


def goal_seek(
    region: Region,
    year: Annotated[int | None, typer.Option(help="The year; without it the latest there is.")] = None,
    target_value: Annotated[str | None, typer.Option("--target", help="The value to reach.")] = None,
    band: Annotated[str | None, typer.Option(help="The band to reach, like tanggap.")] = None,
    cost: Annotated[list[str] | None, typer.Option(help="ACTION=COST for this request.")] = None,
    set_cost: Annotated[list[str] | None, typer.Option(help="ACTION=COST, kept for the office.")] = None,
    plans: Annotated[int, typer.Option(min=1, max=20, help="How many sets to show.")] = 5,
) -> None:
    """Name the smallest sets of actions that reach a value, a band or the year's target, the cheapest first."""
    connection = _connection()
    body = {"year": year, "target": target_value, "band": band, "costs": dict(_pairs(cost)), "plans": plans}
    with connection.client("scoring") as client:
        if set_cost:
            answer(client.put("/v1/action-costs", json={"costs": dict(_pairs(set_cost))}))
        found = answer(client.post(f"/v1/indices/{region}/goal-seek", json=body))
    typer.echo(f"now {_score(found['now'])}, target {found['target']}")
    if found["reached"]:
        typer.echo("The target is reached.")
    for plan in found["plans"]:
        parts = ", ".join(f"{a['units']} x {a['action']}" for a in plan["actions"])
        typer.echo(f"{plan['cost']} {found['cost_unit']['id']}: {parts} -> {_score(plan['running'])}")
    if found["best"]:
        typer.echo(f"Out of reach: all actions together lead to {_score(found['best'])}.")


def target(
    region: Region,
    year: Annotated[int, typer.Argument(help="The year.")],
    value: Annotated[str | None, typer.Option(help="Set the target; with --reason.")] = None,
    take_back: Annotated[bool, typer.Option(help="Take back what was set by hand; with --reason.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why.")] = None,
) -> None:
    """Show a year's target, how far it is and the pace it takes; or set it."""
    address = f"/v1/indices/{region}/targets/{year}"
    with _connection().client("scoring") as client:
        if value is not None or take_back:
            if not reason:
                raise CommandError("A target is set with a reason: --reason '...'.")
            found = answer(client.put(address, json={"value": value, "reason": reason}))
        else:
            found = answer(client.get(address))
    typer.echo(f"target {found['value']} ({found['source']}), {found['days_left']} days left")
    for pace in found["paces"]:
        typer.echo(
            f"{pace['reading']} {pace['value']} gap {pace['gap']} needed a week {pace['needed_a_week']}"
            f" risen a week {pace['risen_a_week']}"
        )


def rollup(
    area: Annotated[str, typer.Argument(help="A province, like 32, or ID.")],
    year: Year,
    reading: Annotated[Literal["survey", "running"], typer.Option(help="Which index.")] = "survey",
) -> None:
    """Print a province or the nation: mean, median, bands, how many reach each band, each edition apart."""
    found = _connection().get("scoring", f"/v1/rollups/{area}?year={year}&reading={reading}&cities=false")
    typer.echo(f"{found['name']} {year}: {found['cities']} kab/kota, {len(found['missing'])} without a number")
    for edition in found["editions"]:
        typer.echo(
            f"{edition['edition']}: {edition['scored']} scored, mean {edition['mean']}, median {edition['median']}"
        )
        for band, count in edition["bands"].items():
            typer.echo(f"  {band} {count}, at least {edition['at_least'][band]}")


def _pairs(given: Sequence[str] | None) -> list[tuple[str, str]]:
    return [(key, value) for key, _, value in (text.partition("=") for text in given or ())]


def _score(score: dict[str, Any] | None) -> str:
    return "-" if score is None else f"{score['value']} {score['band']}"


def _connection() -> Connection:
    return Connection(node_settings())
