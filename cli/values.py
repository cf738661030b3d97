"""From ``field=value`` on a command line to JSON of the right type."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typer

from cli.actions import Field
from cli.connection import CommandError
from cli.wording import Language, text

ASK = "?"
"""``name=?`` asks for the value without showing it: what is typed into a command line can be read by others."""

TRUE, FALSE = ("true", "ya", "yes", "1"), ("false", "tidak", "no", "0")


def body_of(given: Sequence[str], fields: Iterable[Field], file: Path | None, lang: Language) -> dict[str, Any]:
    """The body: what the file says, and over it what was typed. ``a.b=c`` sets a part, ``a=x,y`` a list."""
    known = {field.name: field for field in fields}
    body = _of_file(file, lang) if file is not None else {}
    for words in given:
        name, equals, value = words.partition("=")
        if not equals:
            raise CommandError(text("field_without_value", lang, given=name))
        first, *rest = name.split(".")
        if first not in known:
            raise CommandError(text("field_unknown", lang, given=name, known=", ".join(known) or "-"))
        typed = typer.prompt(name, hide_input=True) if value == ASK else value
        if rest:
            _put(body, [first, *rest], _plain(typed))
        else:
            body[first] = value_of(known[first], typed, lang)
    return body


def value_of(field: Field, given: str, lang: Language) -> Any:
    """A value of a field's own type; nothing at all is null."""
    if given == "":
        return None
    match field.kind:
        case "integer" | "number":
            return _number(field, given, lang)
        case "boolean":
            if given.lower() in TRUE + FALSE:
                return given.lower() in TRUE
            raise CommandError(text("not_yes_or_no", lang, field=field.name))
        case "array" | "object":
            return _structured(field, given, lang)
        case _:
            return given


def _number(field: Field, given: str, lang: Language) -> int | float:
    try:
        return int(given)
    except ValueError:
        pass
    try:
        return float(given)
    except ValueError:
        raise CommandError(text("not_a_number", lang, field=field.name)) from None


def _structured(field: Field, given: str, lang: Language) -> Any:
    if field.kind == "array" and not given.startswith("["):
        return [_plain(part.strip()) for part in given.split(",")]
    try:
        return json.loads(given)
    except ValueError:
        raise CommandError(text("not_json", lang, field=field.name)) from None


def _plain(given: str) -> Any:
    """A part of a structure: JSON where it is a number, true, false, null, a list or an object, else the text."""
    try:
        return json.loads(given) if given[:1] in '[{"-0123456789tfn' and not _looks_coded(given) else given
    except ValueError:
        return given


def _looks_coded(given: str) -> bool:
    """Region codes such as 32.76 are text, not numbers."""
    return "." in given and given.replace(".", "").isdigit()


def _put(body: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Sets a part of a structure; a number in the path is a place in a list."""
    holder: Any = body
    for part, following in zip(path, [*path[1:], ""], strict=True):
        new: Any = value if following == "" else [] if following.isdigit() else {}
        if isinstance(holder, list):
            place = int(part) if part.isdigit() else len(holder)
            holder.extend({} for _ in range(place + 1 - len(holder)))
            holder[place] = new if following == "" or not holder[place] else holder[place]
            holder = holder[place]
        elif following == "":
            holder[part] = value
        else:
            holder = holder.setdefault(part, new)


def _of_file(file: Path, lang: Language) -> dict[str, Any]:
    try:
        content = json.loads(typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text("utf-8"))
    except (OSError, ValueError):
        raise CommandError(text("file_unreadable", lang, file=file)) from None
    if not isinstance(content, dict):
        raise CommandError(text("file_unreadable", lang, file=file))
    return content
