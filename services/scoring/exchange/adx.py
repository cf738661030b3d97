"""ADX (Aggregate Data Exchange), the XML that DHIS2 imports as data value sets."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from xml.etree import ElementTree as ET

from services.scoring.exchange.observation import Observation

NAMESPACE = "urn:ihe:qrph:adx:2015"
DATA_SET = "KOTAN"


def document(observations: Sequence[Observation], exported: datetime) -> str:
    """One group an area, year and reading; a data element is ``<edition>.<component>``."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}adx", {"exported": exported.isoformat()})

    def place(observation: Observation) -> tuple[str, int, str]:
        return observation.area, observation.year, observation.reading

    for (area, year, reading), own in groupby(sorted(observations, key=place), key=place):
        attributes = {
            "orgUnit": area,
            "period": f"{year}-01-01/P1Y",
            "dataSet": f"{DATA_SET}_{reading.upper()}",
        }
        group = ET.SubElement(root, f"{{{NAMESPACE}}}group", attributes)
        for observation in own:
            element = f"{observation.edition}.{observation.component}"
            values = {"dataElement": element, "value": format(observation.value, "f")}
            value = ET.SubElement(group, f"{{{NAMESPACE}}}dataValue", values)
            if observation.provisional:
                note = "Perhitungan sementara (provisional)"
                ET.SubElement(value, f"{{{NAMESPACE}}}annotation").text = note
    return ET.tostring(root, encoding="unicode", xml_declaration=True)
