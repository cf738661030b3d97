"""SDMX: the structure (SDMX-ML 2.1), and data as SDMX-CSV 2.0 and SDMX-JSON 1.0."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from services.scoring.exchange.observation import INDEX, Observation
from services.scoring.instrument_file import InstrumentFile

AGENCY, FLOW, STRUCTURE, VERSION = "BERSINAR", "DF_KOTAN", "DSD_KOTAN", "1.0"
MESSAGE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
STRUCTURE_NS = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"
COMMON = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
for prefix, space in (("mes", MESSAGE), ("str", STRUCTURE_NS), ("com", COMMON)):
    ET.register_namespace(prefix, space)

DIMENSIONS: dict[str, tuple[str, str]] = {
    "REF_AREA": ("Wilayah", "Area"),
    "EDITION": ("Edisi instrumen", "Edition of the instrument"),
    "READING": ("Bacaan: survei, berjalan, resmi, terbit", "Reading: survey, running, official, published"),
    "COMPONENT": ("Indeks atau variabel", "Index or variable"),
    "TIME_PERIOD": ("Tahun", "Year"),
}
ATTRIBUTES: dict[str, tuple[str, str]] = {
    "OBS_STATUS": ("Status: P sementara, A normal", "Status: P provisional, A normal"),
    "BAND": ("Kategori", "Band"),
    "SYNTHETIC": ("Memuat data contoh", "Holds synthetic records"),
    "ANSWERS": ("Jawaban masuk", "Answers received"),
    "QUOTA": ("Jawaban diharapkan", "Answers wanted"),
    "SOURCE": ("Sumber", "Source"),
}
READINGS: dict[str, tuple[str, str]] = {
    "survey": ("Indeks survei", "Survey index"),
    "running": ("Indeks berjalan", "Running index"),
    "official": ("Indeks resmi, dikunci", "Official index, locked"),
    "published": ("Indeks terbit", "Published index"),
}


def csv_document(observations: Sequence[Observation]) -> str:
    """SDMX-CSV 2.0."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["STRUCTURE", "STRUCTURE_ID", "ACTION", *DIMENSIONS, "OBS_VALUE", *ATTRIBUTES])
    for observation in observations:
        place = ["dataflow", f"{AGENCY}:{FLOW}({VERSION})", "I"]
        writer.writerow([*place, *_key(observation), format(observation.value, "f"), *_attributes(observation)])
    return out.getvalue()


def json_document(observations: Sequence[Observation], prepared: datetime) -> dict[str, Any]:
    """SDMX-JSON 1.0, flat: every dimension at the observation."""
    keys = [_key(observation) for observation in observations]
    attributes = [_attributes(observation) for observation in observations]
    values = [sorted({key[place] for key in keys}) for place in range(len(DIMENSIONS))]
    said = [sorted({row[place] for row in attributes if row[place]}) for place in range(len(ATTRIBUTES))]
    flat = {
        ":".join(str(values[place].index(part)) for place, part in enumerate(key)): [
            float(observation.value),
            *(said[place].index(part) if part else None for place, part in enumerate(row)),
        ]
        for observation, key, row in zip(observations, keys, attributes, strict=True)
    }
    return {
        "header": {
            "id": f"{FLOW}-{prepared:%Y%m%dT%H%M%S}",
            "prepared": prepared.isoformat(),
            "test": False,
            "sender": {"id": AGENCY},
        },
        "dataSets": [{"action": "Information", "observations": flat}],
        "structure": {
            "name": "Indeks KOTAN",
            "dimensions": {
                "dataSet": [],
                "series": [],
                "observation": [
                    {
                        "id": key,
                        "name": DIMENSIONS[key][1],
                        "keyPosition": place,
                        "values": [{"id": value, "name": value} for value in values[place]],
                    }
                    for place, key in enumerate(DIMENSIONS)
                ],
            },
            "attributes": {
                "dataSet": [],
                "series": [],
                "observation": [
                    {
                        "id": key,
                        "name": ATTRIBUTES[key][1],
                        "values": [{"id": value, "name": value} for value in said[place]],
                    }
                    for place, key in enumerate(ATTRIBUTES)
                ],
            },
        },
    }


def structure_document(editions: Sequence[InstrumentFile], prepared: datetime) -> str:
    """SDMX-ML 2.1: code lists, concepts, the data structure and the dataflow."""
    root = ET.Element(f"{{{MESSAGE}}}Structure")
    header = ET.SubElement(root, f"{{{MESSAGE}}}Header")
    for name, text in (("ID", STRUCTURE), ("Test", "false"), ("Prepared", prepared.isoformat())):
        ET.SubElement(header, f"{{{MESSAGE}}}{name}").text = text
    ET.SubElement(header, f"{{{MESSAGE}}}Sender", id=AGENCY)
    parts = ET.SubElement(root, f"{{{MESSAGE}}}Structures")
    flows = _part(parts, "Dataflows")
    flow = _maintained(flows, "Dataflow", FLOW, ("Indeks KOTAN", "KOTAN index"))
    _reference(_part(flow, "Structure"), STRUCTURE, "datastructure", "DataStructure")
    lists = _part(parts, "Codelists")
    codes = {variable.key: (variable.name.id, variable.name.en) for file in editions for variable in file.variables}
    bands = {band.key: (band.name.id, band.name.en) for file in editions for band in file.bands}
    names = {file.edition: (file.name.id, file.name.en) for file in editions}
    _codelist(lists, "CL_COMPONENT", {INDEX: ("Indeks", "Index")} | codes)
    _codelist(lists, "CL_READING", READINGS)
    _codelist(lists, "CL_EDITION", names)
    _codelist(lists, "CL_BAND", bands)
    concepts = _part(parts, "Concepts")
    scheme = _maintained(concepts, "ConceptScheme", "CS_KOTAN", ("Konsep", "Concepts"))
    for key, words in {**DIMENSIONS, "OBS_VALUE": ("Nilai", "Value"), **ATTRIBUTES}.items():
        _named(_part(scheme, "Concept", id=key), words)
    _data_structure(_part(parts, "DataStructures"))
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _key(observation: Observation) -> list[str]:
    return [
        observation.area,
        observation.edition,
        observation.reading,
        observation.component,
        str(observation.year),
    ]


def _attributes(observation: Observation) -> list[str]:
    optional = (observation.band, str(observation.synthetic).lower(), observation.answers, observation.quota)
    return [observation.status, *("" if v is None else str(v) for v in optional), observation.source]


def _part(parent: ET.Element, name: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{STRUCTURE_NS}}}{name}", attributes)


def _named(element: ET.Element, words: tuple[str, str]) -> None:
    for language, text in zip(("id", "en"), words, strict=True):
        ET.SubElement(element, f"{{{COMMON}}}Name", {LANG: language}).text = text


def _maintained(parent: ET.Element, name: str, key: str, words: tuple[str, str]) -> ET.Element:
    element = _part(parent, name, id=key, agencyID=AGENCY, version=VERSION)
    _named(element, words)
    return element


def _reference(parent: ET.Element, key: str, package: str, kind: str) -> None:
    attributes = {"id": key, "agencyID": AGENCY, "version": VERSION, "package": package, "class": kind}
    ET.SubElement(parent, "Ref", attributes)


def _codelist(parent: ET.Element, key: str, codes: dict[str, tuple[str, str]]) -> None:
    element = _maintained(parent, "Codelist", key, (key, key))
    for code, words in codes.items():
        _named(_part(element, "Code", id=code), words)


def _data_structure(parent: ET.Element) -> None:
    structure = _maintained(parent, "DataStructure", STRUCTURE, ("Indeks KOTAN", "KOTAN index"))
    components = _part(structure, "DataStructureComponents")
    dimensions = _part(components, "DimensionList", id="DimensionDescriptor")
    for place, key in enumerate(DIMENSIONS, 1):
        kind = "TimeDimension" if key == "TIME_PERIOD" else "Dimension"
        _concept(_part(dimensions, kind, id=key, position=str(place)), key)
    attributes = _part(components, "AttributeList", id="AttributeDescriptor")
    for key in ATTRIBUTES:
        element = _part(attributes, "Attribute", id=key, assignmentStatus="Conditional")
        _concept(element, key)
        relation = _part(element, "AttributeRelationship")
        ET.SubElement(_part(relation, "PrimaryMeasure"), "Ref", {"id": "OBS_VALUE"})
    measures = _part(components, "MeasureList", id="MeasureDescriptor")
    _concept(_part(measures, "PrimaryMeasure", id="OBS_VALUE"), "OBS_VALUE")


def _concept(element: ET.Element, key: str) -> None:
    identity = _part(element, "ConceptIdentity")
    attributes = {"id": key, "maintainableParentID": "CS_KOTAN", "maintainableParentVersion": VERSION}
    kinds = {"agencyID": AGENCY, "package": "conceptscheme", "class": "Concept"}
    ET.SubElement(identity, "Ref", attributes | kinds)
