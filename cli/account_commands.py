"""The command lines of ``bersinar account`` and ``bersinar audit``."""

from pathlib import Path
from typing import Annotated

import typer

from cli.connection import Connection, node_settings

account = typer.Typer(no_args_is_help=True, help="Accounts of the people who work with the node.")
audit = typer.Typer(no_args_is_help=True, help="The log of who looked at what, and who changed whose rights.")

Login = Annotated[str, typer.Argument(help="What the person signs in with.")]
Role = Annotated[str, typer.Option(help="A role of `GET /v1/roles`: recovery_agent, p2m_officer, administrator ...")]
Scope = Annotated[str, typer.Option(help="Code of a village, kab/kota or province; ID for the nation.")]
Organisation = Annotated[str | None, typer.Option(help="Id of the organisation a stakeholder belongs to.")]
PasswordFile = Annotated[
    Path | None, typer.Option(exists=True, dir_okay=False, help="File that holds the password; without it one is made.")
]


@account.command("create")
def account_create(
    login: Login,
    role: Annotated[str | None, typer.Option(help="The first role; more with `bersinar account grant`.")] = None,
    scope: Scope = "ID",
    organisation: Organisation = None,
    password_file: PasswordFile = None,
) -> None:
    """Open an account. Prints the password it made, once."""
    from cli import accounts

    given = None if role is None else accounts.grant_of(role, scope, organisation)
    accounts.create(_connection(), login, given, password_file, typer.echo)


@account.command("list")
def account_list() -> None:
    """Print every account with its roles."""
    from cli import accounts

    for line in accounts.listed(_connection()):
        typer.echo(line)


@account.command("grant")
def account_grant(
    login: Login,
    role: Role,
    scope: Scope = "ID",
    organisation: Organisation = None,
    remove: Annotated[bool, typer.Option(help="Take the role away instead.")] = False,
) -> None:
    """Give an account a role in a part of the country, or take it away."""
    from cli import accounts

    given = accounts.grant_of(role, scope, organisation)
    typer.echo(accounts.grant(_connection(), login, given, take=remove))


@account.command("disable")
def account_disable(login: Login, undo: Annotated[bool, typer.Option(help="Enable it again.")] = False) -> None:
    """Disable an account and end its sessions at once."""
    from cli import accounts

    typer.echo(accounts.set_disabled(_connection(), login, disabled=not undo))


@account.command("reset-password")
def account_reset_password(login: Login, password_file: PasswordFile = None) -> None:
    """Give an account a new password; ends its sessions and its lock-out."""
    from cli import accounts

    accounts.reset_password(_connection(), login, password_file, typer.echo)


@audit.command("verify")
def audit_verify(
    noted: Annotated[
        str | None, typer.Option(help="NUMBER:HASH as an earlier run printed it; proves that row is still the same.")
    ] = None,
) -> None:
    """Prove the audit log whole, or name the first row that isn't as it was written. Reads the database itself."""
    from cli.audit import verify

    raise typer.Exit(verify(node_settings(), noted, typer.echo))


def _connection() -> Connection:
    return Connection(node_settings())
