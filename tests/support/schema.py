"""A service's schema on a fresh database: migrated once in a process, copied from then on.

The migrations themselves are run for real by whatever starts a service, and by the tests of migrations.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy.engine import make_url

from shared.runtime import migration
from tests.support import databases, scratch

_templates: dict[tuple[str, Path], str] = {}


async def migrate(database_url: str, migrations: Path) -> None:
    """Brings an empty database to the newest schema, as ``migration.upgrade`` does."""
    await asyncio.to_thread(_migrate, database_url, migrations)


def forget() -> None:
    """Removes what copies were made from."""
    for (server, _), template in _templates.items():
        if server == "sqlite":
            shutil.rmtree(Path(template).parent, ignore_errors=True)
        else:
            databases.drop(template, server)
    _templates.clear()


def _migrate(database_url: str, migrations: Path) -> None:
    if database_url.startswith("sqlite"):
        _copy_file(database_url, migrations)
    else:
        _copy_database(database_url, migrations)


def _copy_file(database_url: str, migrations: Path) -> None:
    template = _templates.get(("sqlite", migrations))
    if template is None:
        template = str(Path(tempfile.mkdtemp(prefix="bersinar-schema-", dir=scratch.directory())) / "template.db")
        migration.upgrade(f"sqlite+aiosqlite:///{template}", migrations)
        _templates["sqlite", migrations] = template
    path = Path(make_url(database_url).database or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, path)


def _copy_database(database_url: str, migrations: Path) -> None:
    server = urlunsplit(urlsplit(database_url)._replace(path="/postgres"))
    template = _templates.get((server, migrations))
    if template is None:
        template = databases.create(server)
        migration.upgrade(template, migrations)
        _templates[server, migrations] = template
    databases.replace(database_url, server, template)
