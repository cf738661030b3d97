"""``bersinar instrument``: check a file here, compare and publish through the node's scoring service."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cli.connection import CommandError, Connection, answer
from cli.wording import Language, text

Say = Callable[[str], None]
SHIFTS_SHOWN = 3


def check(file: Path, say: Say, lang: Language) -> bool:
    """Name everything wrong with a file; whether it can be used. The rules themselves speak English."""
    from services.scoring.instrument import check as problems_of

    problems = problems_of(file)
    for problem in problems:
        say(str(problem))
    if not problems:
        say(text("file_in_order", lang, file=file))
    return not problems


def publish(connection: Connection, file: Path, say: Say, lang: Language) -> bool:
    """Publish a file, once it's in order."""
    if not check(file, say, lang):
        return False
    for line in published_lines(_sent(connection, "/v1/instruments", _file(file, lang), lang), lang):
        say(line)
    return True


def diff(connection: Connection, before: str, after: str, say: Say, lang: Language) -> None:
    """What differs between two editions (files, or keys of editions there are), and whose band would change."""
    body = {"before": _edition(before, lang), "after": _edition(after, lang)}
    for line in lines_of(_sent(connection, "/v1/instruments/diff", body, lang), lang):
        say(line)


def _sent(connection: Connection, path: str, body: dict[str, Any], lang: Language) -> Any:
    with connection.client("scoring") as client:
        return answer(client.post(path, json=body, headers={"Accept-Language": lang}))


def _edition(given: str, lang: Language) -> str | dict[str, str]:
    path = Path(given)
    if path.suffix not in (".yaml", ".yml"):
        return given
    if not path.is_file():
        raise CommandError(text("file_missing", lang, given=given))
    return _file(path, lang)


def _file(path: Path, lang: Language) -> dict[str, str]:
    try:
        return {"file": path.name, "text": path.read_text(encoding="utf-8")}
    except UnicodeDecodeError:
        raise CommandError(text("file_not_utf8", lang, file=path)) from None


def published_lines(done: dict[str, Any], lang: Language) -> Iterator[str]:
    """What publishing an edition brought about."""
    first, last = done["from_year"], done["until_year"]
    years = text("edition_years", lang, first=first, last=last) if last else first
    said = "edition_new" if done["is_new"] else "edition_again"
    yield text(said, lang, edition=done["key"], years=years, sha256=done["sha256"])
    if done["switched"]:
        yield text("edition_switched", lang, count=done["switched"])


def lines_of(found: dict[str, Any], lang: Language) -> Iterator[str]:
    """A comparison as people read it."""
    for one in found["differences"]:
        yield f"{one['path']}: {_or_none(one['before'], lang)} -> {_or_none(one['after'], lang)}"
    if not found["differences"]:
        yield text("editions_same", lang)
    of = "other_band_villages" if found.get("areas") else "other_band_indices"
    yield text(of, lang, changed=found["changed"], compared=found["compared"])
    yield from _village_lines(found, lang)
    for effect in found["effects"]:
        scores = " -> ".join(_score(effect[side], lang) for side in ("before", "after"))
        reading = text(f"reading_{effect['reading']}", lang)
        what = f"{effect['region']} {effect['year']} {reading}: {scores}"
        yield text("because", lang, what=what, why=_why(effect, lang))


def _village_lines(found: dict[str, Any], lang: Language) -> Iterator[str]:
    for area in found.get("areas", ()):
        moves = ", ".join(
            f"{move['villages']} {_or_none(move['before'], lang)} -> {_or_none(move['after'], lang)}"
            for move in area["moves"]
        )
        count = text("of_villages", lang, changed=area["changed"], compared=area["compared"])
        yield f"{area['region']} {area['year']}: {count}{moves and ': '}{moves}"
    for one in found.get("whys", ()):
        cause = text(f"why_{one['cause']}", lang)
        why = f"{one['variable']} {cause}" if one["variable"] else cause
        yield text("villages_because", lang, count=one["villages"], why=why)


def _or_none(value: str | None, lang: Language) -> str:
    return text("nothing", lang) if value is None else value


def _score(score: dict[str, str] | None, lang: Language) -> str:
    return f"{score['value']} {score['band']}" if score else text("no_index", lang)


def _why(effect: dict[str, Any], lang: Language) -> str:
    if effect["why"] != "shifts":
        return text(f"why_{effect['why']}", lang)
    return ", ".join(
        f"{shift['variable']} {text('why_' + shift['cause'], lang)} ({_signed(shift['share'])})"
        for shift in effect["shifts"][:SHIFTS_SHOWN]
    )


def _signed(share: str) -> str:
    return share if share.startswith("-") else f"+{share}"
