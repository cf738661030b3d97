"""The migrations make exactly the tables the code uses."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from services.registry.storage import tables
from services.registry.storage.tables.listing import INDICES
from shared.journal import tables as journal_tables
from tests.integration.registry.conftest import Api


async def test_the_schema_is_what_the_code_expects(api: Api) -> None:
    wanted = MetaData()
    for table in tables.metadata.tables.values():
        table.to_metadata(wanted)
    for table in journal_tables.metadata.tables.values():
        if table.name not in ("parked", "position"):  # the registry follows nobody
            table.to_metadata(wanted)

    def differences(connection: Connection) -> list[object]:
        here = connection.dialect.name
        elsewhere = {index.name for index in INDICES if index.info.get("only", here) != here}
        opts = {"compare_type": True, "include_object": lambda _, name, *rest: name not in elsewhere}
        return list(compare_metadata(MigrationContext.configure(connection, opts=opts), wanted))

    async with api.registry.office.database.engine.connect() as connection:
        found = await connection.run_sync(differences)
    assert [d for d in found if "alembic_version" not in str(d)] == []
