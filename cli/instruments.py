"""``bersinar instrument``: check a file here, compare and publish through the node's scoring service."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cli.connection import CommandError, Connection, answer

Say = Callable[[str], None]
SHIFTS_SHOWN = 3


def check(file: Path, say: Say) -> bool:
    """Name everything wrong with a file; whether it can be used."""
    from services.scoring.instrument import check as problems_of

    problems = problems_of(file)
    for problem in problems:
        say(str(problem))
    if not problems:
        say(f"{file}: in order")
    return not problems


def publish(connection: Connection, file: Path, say: Say) -> bool:
    """Publish a file, once it's in order."""
    if not check(file, say):
        return False
    with connection.client("scoring") as client:
        done = answer(client.post("/v1/instruments", json=_file(file)))
    until = f" until {done['until_year']}" if done["until_year"] else ""
    said = "in force" if done["is_new"] else "had been published before and is in force"
    say(f"{done['key']}: {said} from {done['from_year']}{until}, sha256 {done['sha256']}")
    if done["switched"]:
        say(f"{done['switched']} city years that had no answers yet are scored with it now.")
    return True


def diff(connection: Connection, before: str, after: str, say: Say) -> None:
    """What differs between two editions (files, or keys of editions there are), and whose band would change."""
    body = {"before": _edition(before), "after": _edition(after)}
    with connection.client("scoring") as client:
        found = answer(client.post("/v1/instruments/diff", json=body))
    for line in lines_of(found):
        say(line)


def _edition(given: str) -> str | dict[str, str]:
    path = Path(given)
    if path.suffix not in (".yaml", ".yml"):
        return given
    if not path.is_file():
        raise CommandError(f"{given}: there is no such file. Give a file, or the key of an edition like kotan-2022.")
    return _file(path)


def _file(path: Path) -> dict[str, str]:
    try:
        return {"file": path.name, "text": path.read_text(encoding="utf-8")}
    except UnicodeDecodeError:
        raise CommandError(f"{path}: is not UTF-8 text. Save it as UTF-8.") from None


def lines_of(found: dict[str, Any]) -> Iterator[str]:
    """A comparison as people read it."""
    for difference in found["differences"]:
        yield f"{difference['path']}: {_or_none(difference['before'])} -> {_or_none(difference['after'])}"
    if not found["differences"]:
        yield "The two editions say the same."
    of = "villages" if found.get("areas") else "indices"
    yield f"{found['changed']} of {found['compared']} {of} would be in another band."
    yield from _village_lines(found)
    for effect in found["effects"]:
        scores = " -> ".join(_score(effect[side]) for side in ("before", "after"))
        yield f"{effect['region']} {effect['year']} {effect['reading']}: {scores}, because {_why(effect)}"


def _village_lines(found: dict[str, Any]) -> Iterator[str]:
    for area in found.get("areas", ()):
        moves = ", ".join(
            f"{move['villages']} {_or_none(move['before'])} -> {_or_none(move['after'])}" for move in area["moves"]
        )
        count = f"{area['changed']} of {area['compared']} villages"
        yield f"{area['region']} {area['year']}: {count}{moves and ': '}{moves}"
    for why in found.get("whys", ()):
        cause = _CAUSES.get(why["cause"]) or _REASONS[why["cause"]]
        what = f"{why['variable']} {cause}" if why["variable"] else cause
        yield f"{why['villages']} because {what}"


def _or_none(value: str | None) -> str:
    return "(none)" if value is None else value


def _score(score: dict[str, str] | None) -> str:
    return f"{score['value']} {score['band']}" if score else "no index"


def _why(effect: dict[str, Any]) -> str:
    if effect["why"] != "shifts":
        return _REASONS[str(effect["why"])]
    return ", ".join(
        f"{shift['variable']} {_CAUSES[shift['cause']]} ({_signed(shift['share'])})"
        for shift in effect["shifts"][:SHIFTS_SHOWN]
    )


def _signed(share: str) -> str:
    return share if share.startswith("-") else f"+{share}"


_REASONS = {
    "scale": "the scales differ",
    "missing": "one of the editions gives no index",
    "bands": "the bands lie elsewhere",
}
_CAUSES = {"weight": "weighs otherwise", "value": "is worked out otherwise"}
