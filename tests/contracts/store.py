"""Stores the schema and an example of every event type that has none: ``python -m tests.contracts.store``.

What is stored is what other nodes and readers may rely on, so it's never overwritten; after adding an optional field,
delete the stored schema on purpose and store it again.
"""

import json
from pathlib import Path
from typing import Any

from shared.contracts.catalogue import PAYLOADS, event_model
from shared.contracts.envelope import Payload
from tests.contracts.sample_data import DATA, SUBJECTS

HERE = Path(__file__).parent
SCHEMAS, EXAMPLES = HERE / "schemas", HERE / "examples"


def schema_of(payload: type[Payload]) -> dict[str, Any]:
    """The JSON Schema of the whole event, as a reader sees it."""
    schema: dict[str, Any] = json.loads(json.dumps(event_model(payload).model_json_schema(mode="validation")))
    return schema


def example_of(type_name: str) -> dict[str, Any]:
    """A whole event with sample data. All people and businesses in it are synthetic."""
    return {
        "sequence": "42",
        "previoushash": "0" * 64,
        "specversion": "1.0",
        "id": "01920000-0000-7000-8000-00000000002a",
        "source": f"/nodes/3276/{type_name.split('.')[2]}",
        "type": type_name,
        "subject": SUBJECTS.get(type_name, "01920000-0000-7000-8000-000000000001"),
        "time": "2023-03-08T02:15:00Z",
        "datacontenttype": "application/json",
        "region": "32.76",
        "data": DATA[type_name],
    }


def write(path: Path, content: dict[str, Any]) -> None:
    """Indented JSON, unless the file is there."""
    if not path.exists():
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        print(path)


def main() -> None:
    """Store what is missing."""
    for folder in (SCHEMAS, EXAMPLES):
        folder.mkdir(exist_ok=True)
    for type_name, payload in PAYLOADS.items():
        write(SCHEMAS / f"{type_name}.json", schema_of(payload))
        write(EXAMPLES / f"{type_name}.json", example_of(type_name))


if __name__ == "__main__":
    main()
