"""Files that come in and go out, and what became of their rows."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, String, Table

from services.registry.storage.tables.columns import ID_LENGTH, count, flag, id_column, metadata, word
from shared.runtime.database import UtcDateTime

imports = Table(
    "imports",
    metadata,
    id_column(),
    word("kind", 20),
    word("state", 16),
    word("format", 8),
    word("encoding", 16),
    word("made_by", ID_LENGTH),
    Column("acting", JSON, nullable=False),
    word("file_index", 64),
    # A file may have 256 MB; PostgreSQL's integer holds eight times that.
    count("file_bytes"),
    flag("file_kept"),
    Column("key_sealed", LargeBinary),
    Column("headings_sealed", LargeBinary),
    count("heading_row"),
    Column("mapping", JSON, nullable=False),
    Column("rows_total", Integer),
    Column("checked", Boolean, nullable=False),
    *(count(f"rows_{name}") for name in ("done", "written", "unchanged", "refused", "held")),
    count("findings"),
    Column("trouble", String(40)),
    count("version"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

import_findings = Table(
    "import_findings",
    metadata,
    Column("import_id", String(ID_LENGTH), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    count("row"),
    Column("column", Integer),
    word("field", 40),
    word("code", 40),
    Column("values", JSON, nullable=False),
    Column("cell_sealed", LargeBinary),
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("row_index", String(64), primary_key=True),
    Column("import_id", String(ID_LENGTH), nullable=False),
    count("row"),
    sqlite_with_rowid=False,
)

Index("imports_by_state", imports.c.state, imports.c.id)

exports = Table(
    "exports",
    metadata,
    id_column(),
    word("list", 20),
    word("purpose"),
    word("format", 8),
    word("language", 2),
    Column("fields", JSON, nullable=False),
    Column("filters", JSON, nullable=False),
    word("reason", 200),
    word("state", 16),
    word("made_by", ID_LENGTH),
    Column("acting", JSON, nullable=False),
    Column("key_sealed", LargeBinary),
    *(
        count(name)
        for name in ("file_bytes", "rows", "people", "left_out_erased", "left_out_consent", "left_out_scope")
    ),
    Column("trouble", String(40)),
    Column("expires_at", UtcDateTime, nullable=False),
    count("version"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("exports_by_state", "state", "expires_at", "id"),
)
"""Files with people's names in them. The file is encrypted under a key of its own, which goes when the time is over."""

export_people = Table(
    "export_people",
    metadata,
    Column("participant_id", String(ID_LENGTH), primary_key=True),
    Column("export_id", String(ID_LENGTH), primary_key=True, index=True),
)
"""Who is in a file that still exists: an erasure, or a consent withdrawn, destroys it at once."""
