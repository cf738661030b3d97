"""The migrations make exactly the tables the code uses."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData

from services.notifications.seed import MIGRATIONS
from services.notifications.storage import tables
from shared.journal import tables as journal_tables
from shared.runtime import migration


async def test_the_schema_is_what_the_code_expects(service, settings):
    wanted = MetaData()
    for metadata in (tables.metadata, journal_tables.metadata):
        for table in metadata.tables.values():
            table.to_metadata(wanted)
    async with service.database.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync, opts={"compare_type": True}), wanted)
        )
    ours = [d for d in differences if "alembic_version" not in str(d)]
    assert ours == []
    assert await migration.pending(settings.own_database_url, MIGRATIONS) is None
