"""Published indices, kept as printed with their source, and the one a person chose as the reference."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from services.registry.commands.model import (
    PRINTABLE,
    Command,
    Match,
    SyntheticInput,
    View,
    Written,
    YearInput,
    check_match,
    written,
)
from services.registry.commands.office import Office, known
from services.registry.domain import documents, personal, territory
from services.registry.domain.published import check_published, check_reference
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, tables
from services.registry.storage.rows import Row
from shared import regions
from shared.contracts.registry import IndexPublished, IndexReferenceChosen
from shared.journal import Unit

Edition = Literal["kotan-2019", "kotan-2022"]
Variable = Literal["keluarga", "masyarakat", "kewilayahan", "kelembagaan", "hukum"]


class PublishIndex(Command):
    """An index as somebody printed it. ``id`` is chosen by whoever enters it and stays (``32.76-2022-a``)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "32.76-2022-a",
                    "area": "32.76",
                    "year": 2022,
                    "edition": "kotan-2022",
                    "index": "3.602",
                    "category": "sangat_tanggap",
                    "source": "Laporan kinerja, halaman 12",
                }
            ]
        }
    )

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,40}$")]
    area: Annotated[str, Field(max_length=5, description="A kab/kota, a province, or ID for the nation.")]
    year: YearInput
    edition: Edition
    index: Annotated[Decimal, Field(max_digits=9, decimal_places=6)] | None = None
    category: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] | None = None
    variables: dict[Variable, Annotated[Decimal, Field(max_digits=9, decimal_places=6)]] = Field(
        default_factory=dict, description="Printed variables."
    )
    source: Annotated[str, Field(min_length=3, max_length=500, pattern=PRINTABLE)]
    synthetic: SyntheticInput = False


class ChooseReference(Command):
    """Why this publication counts among those of its kab/kota and year."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The target for 2023 rests on this value."}]})

    reason: Annotated[str, Field(min_length=10, max_length=1000, pattern=PRINTABLE)]


class PublishedIndexView(View):
    """A publication; ``reference`` tells whether it is the chosen one, ``reason`` why."""

    PATH: ClassVar[str] = "/v1/published-indices"

    id: str
    area: str
    area_name: str
    year: int
    edition: Edition
    index: Decimal | None = None
    category: str | None = None
    variables: dict[str, Decimal]
    source: str
    synthetic: bool
    reference: bool = False
    reason: str | None = None


async def publish(unit: Unit, _office: Office, command: PublishIndex) -> Written:
    """Keeps a publication, of any area: a node compares itself with others."""
    if command.area != regions.NATION and territory.level_of(command.area) not in ("province", "city"):
        raise Refusal("unknown_region", "area")
    try:
        name = regions.name_of(command.area)
    except regions.UnknownRegion:
        raise Refusal("unknown_region", "area") from None
    documents.check_source("source", command.source)
    variables: dict[str, Decimal] = {str(variable): value for variable, value in command.variables.items()}
    check_published(command.edition, command.index, command.category, variables)
    row = rows.new(**command.model_dump(), area_name=name)
    row["index"] = None if command.index is None else str(command.index)
    row["variables"] = {variable: str(value) for variable, value in variables.items()}
    if not await rows.add_if_absent(unit.connection, tables.published_indices, row):
        raise Refusal("already_recorded", "id")
    said = command.model_dump(exclude={"id", "synthetic"})
    event = unit.emit(
        IndexPublished(published_id=command.id, area_name=name, **said), subject=command.id, region=command.area
    )
    return written(PublishedIndexView, row, event, created=True)


async def choose_reference(
    unit: Unit, office: Office, published_id: str, command: ChooseReference, match: Match | None = None
) -> Written:
    """Makes a publication the reference of its area and year, in place of the one chosen before."""
    published = await known(unit.connection, tables.published_indices, published_id, "unknown_record", None)
    office.within("published_id", published["area"])
    index = check_reference(None if published["index"] is None else Decimal(published["index"]))
    personal.check_open_text(reason=command.reason)
    version = await _save_reference(unit, published, command.reason, match)
    payload = IndexReferenceChosen(
        published_id=published_id,
        area=published["area"],
        year=published["year"],
        edition=published["edition"],
        index=index,
        reason=command.reason,
    )
    event = unit.emit(payload, subject=published_id, region=published["area"])
    shown: dict[str, Any] = {**published, "version": version, "reference": True, "reason": command.reason}
    return written(PublishedIndexView, shown, event)


async def _save_reference(unit: Unit, published: Row, reason: str, match: Match | None) -> int:
    """Saves the choice; the publication's new version."""
    connection, table = unit.connection, tables.index_references
    area, year = published["area"], published["year"]
    row = rows.new(area=area, year=year, published_id=published["id"], reason=reason)
    concerned = {published["id"]}
    if not await rows.add_if_absent(connection, table, row):
        # The row of the choice is the lock: one choice at a time for an area and year.
        current = await rows.find(connection, table, area, year, lock=True)
        if current is not None:
            concerned.add(current["published_id"])
            await rows.change(connection, table, current, published_id=published["id"], reason=reason)
    # Read under that lock: two who choose at once would else both match the version from before.
    known_now = await known(connection, tables.published_indices, published["id"], "unknown_record", None)
    check_match(known_now["version"], match, required=False)
    await rows.age(connection, tables.published_indices, concerned)
    return int(known_now["version"]) + 1
