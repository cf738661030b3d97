"""How a command reaches the node's services: the settings of the environment, the token of the data folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import typer
from pydantic import ValidationError

from deploy import cases
from deploy.local import SERVICES, NodeError, NodeSettings
from shared.runtime.settings import ServiceName
from shared.runtime.tls import trusted

TIMEOUT_SECONDS = 30.0
SESSION = "BERSINAR_SESSION"
"""The token of somebody who signed in; without it a command acts as the node itself."""


class CommandError(typer.Exit):
    """Ends a command with a line on standard error and exit code 1."""

    def __init__(self, line: str) -> None:
        typer.echo(line, err=True)
        super().__init__(1)


def node_settings(case: str | None = None) -> NodeSettings:
    """What the environment and the data folder say; a setting that can't be used ends the command with a line for each.

    A ``case`` makes a fresh data folder its own.
    """
    try:
        settings = NodeSettings()
        if case is not None:
            cases.choose(settings, case)
        return cases.of_folder(settings)
    except NodeError as error:
        raise CommandError(str(error)) from None
    except ValidationError as error:
        lines = [f"BERSINAR_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise CommandError("\n".join(lines)) from None


class Connection:
    """Signed-in HTTP clients of the node's services."""

    def __init__(self, settings: NodeSettings | None = None) -> None:
        self.settings = settings or NodeSettings()
        self.token = os.environ.get(SESSION) or read_token(self.settings.data_dir)

    @property
    def headers(self) -> dict[str, str]:
        """The bearer token's header."""
        return {"Authorization": f"Bearer {self.token}"}

    @contextmanager
    def client(self, service: ServiceName) -> Iterator[httpx.Client]:
        """A client of one service. A service that doesn't answer ends the command with a line that says so."""
        url = self.settings.url_of(service)
        headers = self.headers
        if service == "scoring":  # what is printed around its refusals is English, unless the machine's user chose
            headers["Accept-Language"] = os.environ.get("BERSINAR_LANG", "en")
        try:
            with httpx.Client(
                base_url=url, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False, verify=trusted()
            ) as client:
                yield client
        except httpx.TransportError:
            raise CommandError(
                f"{service} does not answer at {url}: is the node up? Start it with `bersinar up`."
            ) from None

    def get(self, service: ServiceName, path: str) -> Any:
        """The JSON at a path. A refusal ends the command with the service's own words."""
        with self.client(service) as client:
            return answer(client.get(path))


def answer(response: httpx.Response) -> Any:
    """The JSON of an answer; a refusal ends the command with its detail and remedy."""
    if response.is_success:
        return response.json()
    raise CommandError(refusal(response))


def refusal(response: httpx.Response) -> str:
    """A problem document in one line."""
    try:
        problem = response.json()
    except ValueError:
        return f"{response.request.url.path}: status {response.status_code}"
    words = [str(problem.get("detail") or problem.get("title") or response.status_code)]
    words += [f"{e.get('field')}: {e.get('detail')} {e.get('remedy') or ''}" for e in problem.get("errors", [])]
    return " · ".join(dict.fromkeys(words))


def read_token(data_dir: Path) -> str:
    """The node's bearer token, as it lies in the data folder."""
    try:
        return (data_dir / "token").read_text().strip()
    except FileNotFoundError:
        raise CommandError(
            f"There is no token in {data_dir}: start the node with `bersinar up`, or set BERSINAR_DATA_DIR."
        ) from None
    except PermissionError:
        raise CommandError(f"The token in {data_dir} belongs to another user of this machine.") from None


__all__ = ["SERVICES", "CommandError", "Connection", "answer", "read_token", "refusal"]
