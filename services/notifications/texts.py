"""The words of an alert, in Indonesian and English: one template a rule and language, with numbers and dates as
each language writes them. Only regions, villages, organisations, counts, values and dates go in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from services.notifications.domain.subscriptions import Language, Rule
from services.notifications.places import place_name

TEMPLATES = Path(__file__).parent / "templates"

READING_LABELS: dict[Language, dict[str, str]] = {
    "id": {"survey": "indeks survei", "running": "indeks berjalan"},
    "en": {"survey": "survey index", "running": "running index"},
}
STEP_LABELS: dict[Language, dict[str, str]] = {
    "id": {
        "received": "belum diterima",
        "answered": "belum dijawab",
        "placed": "belum ditempatkan",
        "closed": "belum ditutup",
    },
    "en": {"received": "not received", "answered": "not answered", "placed": "not placed", "closed": "not closed"},
}
GROUP_LABELS: dict[Language, dict[str, str]] = {
    "id": {
        "kejaksaan": "kejaksaan",
        "pengadilan": "pengadilan",
        "polres": "Polres",
        "koramil": "Koramil",
        "pemda": "pemerintah daerah",
        "pendidikan": "pendidikan",
        "dunia_usaha": "dunia usaha",
        "keluarga": "keluarga",
        "masyarakat": "masyarakat",
        "warga": "warga",
        "lurah": "lurah atau kepala desa",
        "petugas": "Babinsa dan Bhabinkamtibmas",
    },
    "en": {
        "kejaksaan": "prosecutor's office",
        "pengadilan": "court",
        "polres": "police",
        "koramil": "military district",
        "pemda": "local government",
        "pendidikan": "education",
        "dunia_usaha": "business",
        "keluarga": "families",
        "masyarakat": "community",
        "warga": "residents",
        "lurah": "village head",
        "petugas": "Babinsa and Bhabinkamtibmas",
    },
}
WORK_LABELS: dict[Language, dict[str, str]] = {
    "id": {"referral": "rujukan", "follow_up": "kunjungan usaha", "commitment": "komitmen"},
    "en": {"referral": "referral", "follow_up": "visit to a business", "commitment": "commitment"},
}
PURPOSE_LABELS: dict[Language, dict[str, str]] = {
    "id": {"programme": "pelatihan", "referral": "rujukan", "livelihood": "usaha dan kunjungan"},
    "en": {"programme": "training", "referral": "referral", "livelihood": "business and visits"},
}
BAND_LABELS_EN = {
    "tidak_tanggap": "Tidak Tanggap (not responsive)",
    "kurang_tanggap": "Kurang Tanggap (less responsive)",
    "cukup_tanggap": "Cukup Tanggap (fairly responsive)",
    "tanggap": "Tanggap (responsive)",
    "sangat_tanggap": "Sangat Tanggap (very responsive)",
}


@dataclass(frozen=True)
class Story:
    """What is told: the facts of an alert as they are stored. ``items`` may spell out fewer than ``count``."""

    rule: Rule
    region: str
    synthetic: bool
    count: int
    items: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Wording:
    """A story in one language. ``lines`` has one line for every item spelled out."""

    subject: str
    summary: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class EmailBody:
    """The two forms of the same message."""

    text: str
    html: str


def wording(story: Story, language: Language) -> Wording:
    """Say it in one language."""
    template = _environment().get_template(f"{language}/{story.rule}.j2")
    context = _context(story, language)
    details = _block(template, "details", context)
    return Wording(
        subject=" ".join(_block(template, "subject", context).split()),
        summary=" ".join(_block(template, "summary", context).split()),
        lines=tuple(line.strip() for line in details.splitlines() if line.strip()),
    )


def email_body(story: Story, language: Language, recipient: str, subscribed: str, link: str | None) -> EmailBody:
    """The e-mail of a story for an organisation subscribed to a region (its code)."""
    words = wording(story, language)
    context = {
        "subject": words.subject,
        "summary": words.summary,
        "lines": words.lines,
        "left_out": story.count - len(story.items),
        "synthetic": story.synthetic,
        "recipient": recipient,
        "subscribed": place_name(subscribed),
        "link": link,
    }
    text = _environment().get_template(f"{language}/email.txt.j2").render(context)
    return EmailBody(text, _environment().get_template(f"{language}/email.html.j2").render(context))


def band_label(key: str, language: Language) -> str:
    """A band as people read it: the Indonesian term, in English with its meaning."""
    if language == "en" and key in BAND_LABELS_EN:
        return BAND_LABELS_EN[key]
    return key.replace("_", " ").title()


def number(value: str, language: Language) -> str:
    """A decimal with three places, the language's decimal sign and a real minus."""
    return format_decimal(Decimal(value), format="0.000", locale=language).replace("-", "\u2212")


def day(value: str, language: Language) -> str:
    """An ISO date as the language writes it, for instance ``3 Maret 2023``."""
    return format_date(date.fromisoformat(value), "d MMMM y", locale=language)


def _context(story: Story, language: Language) -> dict[str, Any]:
    items = [_item(item, language) for item in story.items]
    return {
        "count": story.count,
        "area": place_name(story.region),
        "items": items,
        "provisional": any(item.get("provisional") for item in items),
    }


def _item(item: Mapping[str, Any], language: Language) -> dict[str, Any]:
    said: dict[str, Any] = dict(item)
    said["area"] = place_name(item["region"])
    if item.get("village"):
        said["village"] = place_name(item["village"])
    if item.get("group"):
        said["group"] = GROUP_LABELS[language].get(item["group"], item["group"])
    if item.get("due_on"):
        said["due_on"] = day(item["due_on"], language)
    said["step"] = STEP_LABELS[language][item.get("step") or "answered"]
    if item.get("work"):
        said["work"] = WORK_LABELS[language][item["work"]]
    if item.get("purpose"):
        said["purpose"] = PURPOSE_LABELS[language].get(item["purpose"], item["purpose"])
    if item.get("readings"):
        said["readings"] = [_reading(reading, item.get("target"), language) for reading in item["readings"]]
    if item.get("target"):
        said["target"] = number(item["target"], language)
    return said


def _reading(reading: Mapping[str, Any], target: str | None, language: Language) -> dict[str, Any]:
    said: dict[str, Any] = {"label": READING_LABELS[language][reading["reading"]]}
    for side in ("before", "after"):
        point = reading[side]
        said[side] = {"value": number(point["value"], language), "band": band_label(point["band"], language)}
    if target is not None:
        said["gap"] = number(str(Decimal(reading["after"]["value"]) - Decimal(target)), language)
    return said


def _block(template: Template, name: str, context: Mapping[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(dict(context))))


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
