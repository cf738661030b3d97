"""Finding a registration by what is known of a person, without reading anybody's data: keyed hashes are compared."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, SecretStr
from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.commands.model import Command, View
from services.registry.commands.office import Office
from services.registry.commands.participant_view import ParticipantView
from services.registry.commands.personal_data import NAME, PHONE, TOKEN, NikInput, nik_index
from services.registry.domain import names, personal
from services.registry.domain.refusal import Refusal
from services.registry.storage import rows, scope, tables
from services.registry.storage.rows import Row

FOUND_MAX = 50
COMMON_AT = 1_000
"""A word this many people have is too common to begin with."""
PORTION = 200

_people, _terms = tables.participants, tables.terms


class SearchParticipants(Command):
    """What is known of the person. Words of a name may be written in any usual spelling and order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Peserta Contoh 01"}]})

    name: Annotated[SecretStr, Field(min_length=1, max_length=120)] | None = None
    nik: NikInput | None = None
    phone: Annotated[SecretStr, Field(min_length=5, max_length=32)] | None = None


class Found(View):
    """Registrations that fit, the newest first. ``more`` says that there are others: give more words."""

    PATH: ClassVar[str] = "/v1/participants/search"

    items: tuple[ParticipantView, ...]
    more: bool


async def search(office: Office, wanted: SearchParticipants) -> Found:
    """Registrations of the actor's part of the country that fit everything given."""
    async with office.database.read() as connection:
        found = await _first(connection, office, wanted)
    return Found(items=tuple(ParticipantView.of(row) for row in found[:FOUND_MAX]), more=len(found) > FOUND_MAX)


async def _first(connection: AsyncConnection, office: Office, wanted: SearchParticipants) -> list[Row]:
    """The newest who fit, one more than are shown. A portion of the ids is nearly always enough for that."""
    condition, ids = await _known(connection, office, wanted)
    columns = [column for column in _people.c if column.name not in ("sealed", "term_list")]
    query = select(*columns).where(condition, _people.c.state != "erased")
    query = scope.within(office.actor, query, _people).order_by(_people.c.id.desc()).limit(FOUND_MAX + 1)
    if ids is None:
        return await _fetched(connection, query)
    found: list[Row] = []
    for start in range(0, len(ids), PORTION):
        portion = ids[start : start + PORTION]
        found += await _fetched(connection, query.where(rows.among(connection, _people.c.id, portion)))
        if len(found) > FOUND_MAX:
            break
    return found


async def _fetched(connection: AsyncConnection, query: Select[Any]) -> list[Row]:
    return [rows.plain(row) for row in (await connection.execute(query)).mappings()]


async def _known(
    connection: AsyncConnection, office: Office, wanted: SearchParticipants
) -> tuple[ColumnElement[bool], list[str] | None]:
    """What the NIK demands, and the ids that have the rest, the newest first; ``None`` where only a NIK is given."""
    condition: ColumnElement[bool] = true()
    lists: list[list[str]] = []
    if wanted.nik is not None:
        nik = wanted.nik.get_secret_value()
        personal.check_nik(nik)
        condition = _people.c.nik_index == nik_index(office.keyring, nik)
    if wanted.phone is not None:
        phone = personal.plain_phone(wanted.phone.get_secret_value())
        lists.append(await _some(connection, _having(office.keyring.term(phone, PHONE))))
    if wanted.name is not None:
        lists.append(await _named(connection, office, wanted.name.get_secret_value()))
    if not lists:
        if wanted.nik is None:
            raise Refusal("search_empty", "body")
        return condition, None
    first, *others = lists
    return condition, [one for one in first if all(one in other for other in others)]


async def _named(connection: AsyncConnection, office: Office, name: str) -> list[str]:
    """Ids of people with just this name; where there is none, people whose names hold all its words."""
    words = names.tokens(name)[: names.TOKENS_MAX]
    if not words:
        raise Refusal("search_empty", "name")
    whole = await _some(connection, _having(office.keyring.term(names.normal(name), NAME)))
    if whole:
        return whole
    rarest, *others = await _by_rarity(connection, [office.keyring.term(word, TOKEN) for word in dict.fromkeys(words)])
    ids = _having(rarest)
    for term in others:
        same = _terms.alias()
        ids = ids.where(
            select(same.c.term).where(same.c.term == term, same.c.participant_id == _terms.c.participant_id).exists()
        )
    return await _some(connection, ids)


async def _some(connection: AsyncConnection, ids: Select[Any]) -> list[str]:
    """The newest of them: fetched first, so that no database walks through all people to find a few."""
    newest = ids.order_by(_terms.c.participant_id.desc()).limit(COMMON_AT)
    return list((await connection.execute(newest)).scalars())


async def _by_rarity(connection: AsyncConnection, terms: Sequence[int]) -> list[int]:
    """Terms with the rarest first; none is counted further than :data:`COMMON_AT`."""
    some = (_having(term).limit(COMMON_AT).subquery() for term in terms)
    counts = select(*(select(func.count()).select_from(one).scalar_subquery() for one in some))
    counted = dict(zip(terms, (await connection.execute(counts)).one(), strict=True))
    return sorted(counted, key=counted.__getitem__)


def _having(term: int) -> Select[Any]:
    return select(_terms.c.participant_id).where(_terms.c.term == term)
