"""``bersinar``: start a node, look into it, feed it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli import operations, steering
from cli.account_commands import account, audit
from cli.connection import Connection, node_settings
from cli.wording import Language
from deploy.processes import write_private

if TYPE_CHECKING:
    from cli.office import Desk

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Run and look after a Bersinar node.")
parked = typer.Typer(no_args_is_help=True, help="Events a service could not read or apply.")
keys = typer.Typer(no_args_is_help=True, help="People's keys: one a person, kept apart from the data.")
instrument = typer.Typer(no_args_is_help=True, help="The instruments an index is calculated with.")
app.add_typer(parked, name="parked")
app.add_typer(account, name="account")
app.add_typer(audit, name="audit")
app.add_typer(keys, name="keys")
app.add_typer(instrument, name="instrument")
steering.register(app)

Lang = Annotated[
    Literal["id", "en"], typer.Option(envvar="BERSINAR_LANG", help="Language of what is printed: id or en.")
]


@app.command()
def up(
    lang: Lang = "id",
    demo: Annotated[bool, typer.Option(help="Play the demonstration once, on a data folder's first start.")] = True,
    case: Annotated[
        str | None, typer.Option(help="What a fresh data folder is filled with: depok, or ntt (node 53, Kota Kupang).")
    ] = None,
) -> None:
    """Start a complete node on this machine and keep it running until Ctrl-C."""
    from cli.up import up as run

    raise typer.Exit(run(node_settings(case), lang, demo=demo))


@app.command()
def demo(
    lang: Lang = "id",
    speed: Annotated[Literal["slow", "fast"], typer.Option(help="slow lets people read along.")] = "fast",
) -> None:
    """Play the running case through the registry's API, and show each change as the page receives it."""
    from cli.demo import play

    raise typer.Exit(play(_connection(), lang, slow=speed == "slow"))


@app.command("list")
def list_(
    subject: Annotated[str, typer.Argument(help="programmes, enrolments, businesses, follow-ups …")],
    filters: Annotated[list[str] | None, typer.Option("--filter", "-f", help="field=value; may be repeated.")] = None,
    sort: Annotated[str | None, typer.Option(help="A column; - before it turns the order round.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows of a page.")] = 50,
    every: Annotated[bool, typer.Option("--all", help="Every page, not only the first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
    lang: Lang = "id",
) -> None:
    """List records of the registry."""
    desk = _desk(lang)
    desk.list_records(subject, filters or [], sort=sort, limit=limit, every=every, as_json=as_json)


@app.command()
def show(
    subject: Annotated[str, typer.Argument(help="programmes, enrolments, businesses, follow-ups …")],
    ids: Annotated[list[str] | None, typer.Argument(help="The id of the record.")] = None,
    history: Annotated[bool, typer.Option("--history", help="Who changed it and when, instead.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
    lang: Lang = "id",
) -> None:
    """Show one record of the registry, or its history."""
    desk = _desk(lang)
    if history:
        desk.history(subject, ids or [], as_json=as_json)
    else:
        desk.show(subject, ids or [], as_json=as_json)


@app.command()
def do(
    action: Annotated[str | None, typer.Argument(help="create-programme, enrol, record-visit …; see --list.")] = None,
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Ids, then field=value; a.b=c sets a part, a=x,y a list, name=? asks without showing."),
    ] = None,
    file: Annotated[Path | None, typer.Option(help="The fields as a JSON file; - reads from standard input.")] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency key of a command that is repeated.")] = None,
    all_actions: Annotated[bool, typer.Option("--list", help="Name every action.")] = False,
    only_id: Annotated[bool, typer.Option("--id", help="Print the record's id only, for scripts.")] = False,
    fields: Annotated[bool, typer.Option("--fields", help="Name the fields of an action.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
    lang: Lang = "id",
) -> None:
    """Record or change something in the registry."""
    desk = _desk(lang)
    if all_actions or action is None:
        desk.actions()
    elif fields:
        desk.describe(desk.offer.action(action, lang))
    else:
        desk.do(action, words or [], file, key=key, as_json=as_json, only_id=only_id)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV or XLSX file with a heading row.")],
    kind: Annotated[
        Literal["participants", "programmes", "attendance", "follow_ups", "institutions", "area_statuses"],
        typer.Option(help="What the rows are."),
    ] = "participants",
    dry_run: Annotated[bool, typer.Option(help="Check every row and write nothing.")] = False,
    map_: Annotated[
        list[str] | None, typer.Option("--map", help="HEADING=field corrects the guess; HEADING= leaves it out.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Where the report of wrong rows goes.")] = None,
) -> None:
    """Import a spreadsheet. What is in already stays as it is, so a file can be given again after mending it."""
    from cli.importing import import_file

    raise typer.Exit(import_file(_connection(), file, kind, dry_run=dry_run, corrections=map_ or (), report=report))


@app.command("export")
def export_(
    subject: Annotated[str, typer.Argument(help="participants, enrolments, businesses, referrals …")],
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where it goes: .xlsx, .csv or .ndjson.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the audit log for everybody in it. Name nobody.")],
    purpose: Annotated[str, typer.Option(help="What they consented to: programme, referral, livelihood …")],
    hours: Annotated[float, typer.Option(min=0.1, help="When the registry destroys its copy at the latest.")] = 1.0,
    field: Annotated[
        list[str] | None, typer.Option(help="name, nik, birth_date, phone, address; may be repeated.")
    ] = None,
    filters: Annotated[list[str] | None, typer.Option("--filter", "-f", help="field=value; may be repeated.")] = None,
) -> None:
    """Fetch a list with people's names, for a reason. Whoever didn't consent to the purpose is left out."""
    from cli.exporting import export_file

    export_file(
        _connection(),
        subject,
        file,
        reason=reason,
        purpose=purpose,
        hours=hours,
        fields=field or ["name"],
        filters=filters or (),
    )


@app.command()
def digest() -> None:
    """Print `<stream> <sequence> <sha256>`, `<region> <year> <sha256>`, and `<region>.* ...` of its villages: equal
    lines mean equal states."""
    for line in operations.digest(_connection()):
        typer.echo(line)


@app.command()
def doctor() -> None:
    """Check this machine and the node, with a remedy for whatever is not in order."""
    from cli.doctor import examine

    raise typer.Exit(0 if examine(node_settings(), typer.echo) else 1)


@app.command()
def token() -> None:
    """Print the node's sign-in key."""
    typer.echo(_connection().token)


@app.command("open")
def open_() -> None:
    """Open the dashboard in this machine's browser, signed in."""
    connection = _connection()
    # The key goes to the browser in a file only this user may read: a command line can be read by everyone, and the
    # part of an address after # reaches no server and no log.
    page = connection.settings.data_dir.resolve() / "open.html"
    address = f"{connection.settings.url_of('dashboard')}/masuk#{connection.token}"
    write_private(page, f'<!doctype html><meta charset="utf-8"><script>location.replace("{address}")</script>')
    typer.launch(page.as_uri())


@app.command()
def settings() -> None:
    """Print every setting, its default and what it is for."""
    from deploy.docs import settings_page

    typer.echo(settings_page())


@parked.command("list")
def parked_list() -> None:
    """Name the parked events of every service, with the reason."""
    for line in operations.parked(_connection()):
        typer.echo(line)


@parked.command("replay")
def parked_replay() -> None:
    """Try again to apply what is parked, oldest first."""
    lines, all_applied = operations.replay(_connection())
    for line in lines:
        typer.echo(line)
    raise typer.Exit(0 if all_applied else 1)


@keys.command("status")
def keys_status() -> None:
    """Count keys and tombstones, and name the key that wraps them."""
    from cli.keys import status

    status(node_settings(), typer.echo)


@keys.command("rotate")
def keys_rotate() -> None:
    """Wrap every key by a new wrapping key and destroy the old one. Goes on where it was interrupted."""
    from cli.keys import rotate

    rotate(node_settings(), typer.echo)


@keys.command("backup")
def keys_backup(file: Annotated[Path, typer.Argument(dir_okay=False, writable=True)]) -> None:
    """Write the wrapped keys and the tombstones of erased people into a file."""
    from cli.keys import backup

    backup(node_settings(), file, typer.echo)


@keys.command("restore")
def keys_restore(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Put back what is missing from a backup. Nobody who was erased comes back."""
    from cli.keys import restore

    restore(node_settings(), file, typer.echo)


@keys.command("sweep")
def keys_sweep() -> None:
    """Take away keys of at least 30 days that belong to nobody."""
    from cli.keys import sweep

    sweep(node_settings(), typer.echo)


@instrument.command("check")
def instrument_check(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Check an instrument file: prints `<file>:<line>: <rule>: <what is wrong> <remedy>` for everything at once."""
    from cli.instruments import check

    raise typer.Exit(0 if check(file, typer.echo, "en") else 1)


@instrument.command("diff")
def instrument_diff(
    before: Annotated[str, typer.Argument(help="A file, or the key of an edition, like kotan-2022.")],
    after: Annotated[str, typer.Argument(help="A file, or the key of an edition.")],
    lang: Lang = "id",
) -> None:
    """Print what differs between two editions, and which cities' bands would change, and why."""
    from cli.instruments import diff

    diff(_connection(), before, after, typer.echo, lang)


@instrument.command("publish")
def instrument_publish(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], lang: Lang = "id") -> None:
    """Put an edition in force. What is in force is never edited: a correction is a new edition."""
    from cli.instruments import publish

    raise typer.Exit(0 if publish(_connection(), file, typer.echo, lang) else 1)


def _desk(lang: Language) -> "Desk":
    from cli.office import Desk

    return Desk(_connection(), lang)


def _connection() -> Connection:
    return Connection(node_settings())


if __name__ == "__main__":
    app()
