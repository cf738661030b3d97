"""The words an office's records are made of: kinds of programmes, and sectors of work. Lists, not code."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.registry.domain.refusal import Refusal


@dataclass(frozen=True)
class Names:
    """What a word is called; ``also`` are other ways to write a sector, in small letters."""

    id: str
    en: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """Word -> names."""

    kinds: Mapping[str, Names] = field(default_factory=dict)
    sectors: Mapping[str, Names] = field(default_factory=dict)

    def check_kind(self, name: str, kind: str) -> None:
        """Refuses a kind of programme that is on no list, naming those that are."""
        if kind not in self.kinds:
            raise Refusal("unknown_kind", name, known=", ".join(sorted(self.kinds)))

    def sector(self, written: str) -> str:
        """The one word for a sector, however it was written. A trade that is on no list is kept as it was written:
        a livelihood nobody thought of must not stop an entry."""
        for word, names in self.sectors.items():
            if written == word or written in names.also:
                return word
        return written

    def extended(self, other: "Vocabulary") -> "Vocabulary":
        """With an office's own words; where both have one, the office's names count."""
        return Vocabulary({**self.kinds, **other.kinds}, {**self.sectors, **other.sectors})
