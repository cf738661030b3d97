"""Which published case a data folder holds: ``bersinar up --case`` chooses it once, and the folder keeps it.

A case is of an office, so it also says which node the folder is and which kab/kota that node's office serves.
"""

from dataclasses import dataclass
from pathlib import Path

from deploy.local import NodeError, NodeSettings
from deploy.processes import ROOT, write_private
from shared.runtime import plain_yaml

FOLDER = ROOT / "services" / "registry" / "data"
SUFFIX = "_case.yaml"
MARKER = "case"
USED = ("seeded", "registry.db")
"""What a data folder holds once a node has run in it."""


@dataclass(frozen=True)
class Case:
    """A case's name, the node it is for and the kab/kota that node serves."""

    name: str
    node: str
    regions: tuple[str, ...]


def names() -> list[str]:
    """The cases there are."""
    return sorted(path.name.removesuffix(SUFFIX) for path in FOLDER.glob(f"*{SUFFIX}"))


def named(name: str) -> Case:
    """A case by its name. Raises :class:`NodeError` that names those there are."""
    if name not in names():
        raise NodeError(f"There is no case {name!r}; there is {', '.join(names())}.")
    content = plain_yaml.read(FOLDER / f"{name}{SUFFIX}")
    return Case(name, str(content["node"]), tuple(map(str, content["serves"])))


def kept(data_dir: Path) -> Case | None:
    """The case this data folder was started with; ``None`` when it was started without ``--case``."""
    marker = data_dir / MARKER
    return named(marker.read_text().strip()) if marker.exists() else None


def choose(settings: NodeSettings, name: str) -> None:
    """Makes a fresh data folder a case's own. Raises :class:`NodeError` when the folder belongs to another one."""
    wanted, held = named(name), kept(settings.data_dir)
    if held is not None and held != wanted:
        raise NodeError(_elsewhere(settings.data_dir, f"holds the case {held.name} of node {held.node}", name))
    if held is None and any((settings.data_dir / used).exists() for used in USED):
        first = settings.regions.split(",")[0]
        if (settings.node, first) != (wanted.node, wanted.regions[0]):
            raise NodeError(
                _elsewhere(settings.data_dir, f"belongs to node {settings.node} ({settings.regions})", name)
            )
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(settings.data_dir / MARKER, f"{name}\n")


def of_folder(settings: NodeSettings) -> NodeSettings:
    """The settings with the node, regions and case the data folder keeps. Raises :class:`NodeError` where the
    environment says another node or other regions."""
    held = kept(settings.data_dir)
    if held is None:
        return settings
    values = {"node": held.node, "regions": ",".join(held.regions), "case": held.name}
    for name in ("node", "regions"):
        if name in settings.model_fields_set and getattr(settings, name) != values[name]:
            what = (
                f"holds the case {held.name}, which is of {name} {values[name]}; BERSINAR_{name.upper()} says otherwise"
            )
            raise NodeError(f"The data folder {settings.data_dir} {what}: unset it, or use another BERSINAR_DATA_DIR.")
    return settings.model_copy(update=values)


def _elsewhere(data_dir: Path, what: str, name: str) -> str:
    other = data_dir.with_name(f"{data_dir.name}-{name}")
    return f"The data folder {data_dir} {what}. Give the case {name} its own: BERSINAR_DATA_DIR={other}"
