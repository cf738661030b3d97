"""`bersinar show … --history` reads every page and refuses anything but one id."""

from typing import Any

import pytest

from cli.connection import CommandError
from cli.office import Desk

ENTRY = {"at": "2023-03-06T01:00:00Z", "actor": "node", "what": "participant.registered", "said": {"on": "2023-03-06"}}


class Pages(Desk):
    """A desk whose registry has five entries, two a page."""

    def __init__(self) -> None:
        from rich.console import Console

        self._lang, self._console, self.asked = "en", Console(width=200), list[tuple[str, int]]()

    def _get(self, path: str, query: Any = None) -> Any:
        self.asked.append((path, query["after"]))
        after = query["after"]
        items = [ENTRY | {"actor": f"account-{number}"} for number in range(after, min(after + 2, 5))]
        return {"items": items, "next_after": after + 2 if after + 2 < 5 else None}


def test_all_pages_are_shown_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    desk = Pages()
    desk.history("follow_ups", ["id/1"], as_json=False)
    shown = capsys.readouterr().out
    assert [shown.index(f"account-{number}") for number in range(5)] == sorted(
        shown.index(f"account-{number}") for number in range(5)
    )
    assert desk.asked == [("/v1/history/follow-ups/id%2F1", after) for after in (0, 2, 4)]
    desk.history("participants", ["1"], as_json=True)
    assert capsys.readouterr().out.count("participant.registered") == 5


@pytest.mark.parametrize("ids", [[], ["a", "b"]])
def test_one_id_is_wanted(ids: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    desk = Pages()
    with pytest.raises(CommandError):
        desk.history("participants", ids, as_json=False)
    assert desk.asked == []
    assert "ID" in capsys.readouterr().err
