"""The project's own YAML files, read with libyaml where PyYAML brings it: many times quicker."""

from pathlib import Path
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

__all__ = ["Loader", "read"]


def read(path: Path) -> Any:
    """What a file holds; ``None`` when it holds nothing. Raises OSError and :class:`yaml.YAMLError`."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)
