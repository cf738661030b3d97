"""The envelope every event travels in: CloudEvents 1.0 as JSON, one event to one stream entry.

The journal writes an event without ``sequence`` and ``previoushash``; the publisher adds both when it
numbers the event (:func:`wire`). From then on the bytes never change, and :func:`chain_hash` of them is
what the next event names as its predecessor.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import to_json

TYPE_PREFIX = "id.bersinar"

RegionCode = Annotated[str, StringConstraints(pattern=r"^(ID|\d{2}(\.\d{2})?)$")]
"""A kab/kota (``32.76``); a province (``32``) or the nation (``ID``) where a figure is published for one."""

VillageCode = Annotated[str, StringConstraints(pattern=r"^\d{2}\.\d{2}\.\d{2}\.\d{4}$")]
"""A desa or kelurahan, PP.KK.CC.VVVV (``32.76.07.1003``), Kepmendagri 300.2.2-2138/2025."""


class Payload(BaseModel):
    """What an event says. Frozen, and never changed in place: a new meaning is a new version of the type."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="strings")

    TYPE: ClassVar[str]


class PlainData(BaseModel):
    """A part of a payload."""

    model_config = ConfigDict(frozen=True, extra="ignore")


PayloadT_co = TypeVar("PayloadT_co", bound=Payload, covariant=True)


class Event(BaseModel, Generic[PayloadT_co]):
    """A CloudEvents 1.0 event around one payload.

    ``sequence`` is a decimal string, as the CloudEvents sequence extension wants it; ``sequence`` and
    ``previoushash`` are ``None`` until the publisher has numbered the event.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: Annotated[str, Field(min_length=1, max_length=64)]
    source: Annotated[str, Field(min_length=1, max_length=128)]
    type: str
    subject: Annotated[str, Field(max_length=128)]
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    region: RegionCode
    causationid: str | None = None
    correlationid: str | None = None
    traceparent: str | None = None
    data: PayloadT_co
    sequence: str | None = None
    previoushash: str | None = None

    @property
    def seq(self) -> int:
        """The place in the stream, from 1; 0 for an event that has not been numbered."""
        return int(self.sequence) if self.sequence is not None else 0


def event_type(producer: str, subject: str, verb: str, version: int = 1) -> str:
    """The type name, for instance ``id.bersinar.registry.business.started.v1``."""
    return f"{TYPE_PREFIX}.{producer}.{subject}.{verb}.v{version}"


def short_type(type_name: str) -> str:
    """The part people read: ``business.started`` of ``id.bersinar.registry.business.started.v1``.

    A later version than the first is named too.
    """
    *words, version = type_name.split(".")[3:]
    return ".".join(words if version == "v1" else [*words, version])


def encode(event: Event[Payload]) -> str:
    """The JSON the journal keeps: the event without its number."""
    return event.model_dump_json(exclude_none=True, exclude={"sequence", "previoushash"}, serialize_as_any=True)


Encoder = Callable[[str, str, str, Mapping[str, Any], Event[Any] | None], str]


def encoder(source: str, type_name: str, time: datetime) -> Encoder:
    """:func:`encode` for many events of one type and moment: by id, subject, region, the payload's values (those that
    aren't None, in the order of its fields) and the event that caused it. Checks nothing: for values that were checked
    as they came in, or were made here."""
    origin = f'"source":{to_json(source).decode()},"type":{to_json(type_name).decode()},"subject":'
    middle = f',"time":{to_json(time).decode()},"datacontenttype":"application/json","region":"'

    def body(event_id: str, subject: str, region: str, data: Mapping[str, Any], cause: Event[Any] | None) -> str:
        said = to_json(data, exclude_none=True).decode()
        why = f',"correlationid":"{event_id}"' if cause is None else _caused_by(cause)
        return (
            f'{{"specversion":"1.0","id":"{event_id}",{origin}{to_json(subject).decode()}{middle}{region}"'
            f'{why},"data":{said}}}'
        )

    return body


def _caused_by(cause: Event[Any]) -> str:
    found = {"causationid": cause.id, "correlationid": cause.correlationid or cause.id}
    if cause.traceparent is not None:
        found["traceparent"] = cause.traceparent
    return f",{to_json(found).decode()[1:-1]}"


def wire(body: str, seq: int, previous_hash: str) -> bytes:
    """The bytes of a stream entry: the journal's JSON with its number and its predecessor's hash in front."""
    return f'{{"sequence":"{seq}","previoushash":"{previous_hash}",{body[1:]}'.encode()


SEQUENCE_PREFIX = b'{"sequence":"'


def follows(entry: bytes, seq: int, previous_hash: str) -> bool:
    """Whether an entry is number ``seq`` and names ``previous_hash`` as its predecessor (any, when that is empty).

    Looks at the bytes that :func:`wire` put in front, so that it needn't read the event to know its place.
    """
    start = b'{"sequence":"%d","previoushash":"%s' % (seq, previous_hash.encode())
    return entry.startswith(start)


def chain_hash(wire_bytes: bytes) -> str:
    """SHA-256 of an entry's bytes, hex. The entry names its predecessor, so this stands for the whole history."""
    return hashlib.sha256(wire_bytes).hexdigest()


def genesis_hash(epoch: str) -> str:
    """What the first event of a journal names as its predecessor: the hash of the journal's epoch."""
    return hashlib.sha256(epoch.encode()).hexdigest()


def utc(moment: datetime) -> datetime:
    """The same moment in UTC, the only zone events are written in."""
    return moment.astimezone(UTC)
