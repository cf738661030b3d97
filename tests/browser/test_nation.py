"""The nation's page with every kab/kota there is, in a real browser: the server's own drawing, without a node."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from starlette.datastructures import URL

from services import dashboard
from services.dashboard import areas
from services.dashboard.scored import Rollup
from services.dashboard.wording import Language, wording
from shared.regions import tree
from tests.browser.test_city import CONTRASTS, SMALL_TARGETS
from tests.unit.dashboard import samples
from tests.unit.dashboard.test_insights import PAGES

STATIC = Path(dashboard.__path__[0]) / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
BANDS = ("kurang_tanggap", "cukup_tanggap", "tanggap", "sangat_tanggap")
CALM_PIXELS = 6000
"""The page of every kab/kota, closed, on a phone. In one table they would be some 25,000."""

Open = Callable[..., Page]


def everywhere() -> Rollup:
    """All kab/kota with made-up values, one in four of each band."""
    cities = [{"region": c.code, "name": c.name, "value": Decimal(1000 + n * 37 % 3000) / 1000, "band": BANDS[n % 4],
               "complete": n % 2 == 0, "synthetic": True} for n, c in enumerate(tree.load(["city"]))]  # fmt: skip
    provinces = [{"province": code, "name": tree.name_of(code), "mean": "2.5", **counted(list(own))}
                 for code, own in groupby(cities, lambda city: str(city["region"])[:2])]  # fmt: skip
    edition = {"instrument": "kotan-2022", "edition": "kotan-2022", "provisional": True, "cities": len(cities),
               "complete": 257, "synthetic": len(cities), "mean": "2.5", "median": "2.5", "lowest": "1", "highest": "4",
               "at_least": {"tanggap": 256}, "provinces": provinces, "items": cities, **counted(cities)}  # fmt: skip
    return Rollup.model_validate({"area": "ID", "name": "Indonesia", "year": 2023, "reading": "survey",
                                  "cities": len(cities), "missing": [], "editions": [edition]})  # fmt: skip


def counted(cities: list[dict[str, Any]]) -> dict[str, Any]:
    """How many there are, and of each band."""
    return {"scored": len(cities), "bands": {band: sum(c["band"] == band for c in cities) for band in BANDS}}


@pytest.fixture
def nation(browser: Browser) -> Iterator[Open]:
    contexts = []
    page = areas.page_of(everywhere(), {"kotan-2022": samples.document()}, ())

    def answer(language: Language) -> Callable[[Route], None]:
        about = {"area": "ID", "name": "Indonesia", "reading": "survey", "years": [2023], "page": page, "problem": None}

        def route(asked: Route) -> None:
            name = URL(asked.request.url).path.rpartition("/")[2]
            if (file := STATIC / name).is_file():
                asked.fulfill(body=file.read_text(encoding="utf-8"), content_type=KINDS[file.suffix])
                return
            own, here = {"32.76": samples.DEPOK}, URL("http://x/wilayah/ID?year=2023")
            html = PAGES.insight("area.html", wording(language), samples.DEPOK, 2023, "area", here, own=own, **about)
            asked.fulfill(body=html, content_type="text/html; charset=utf-8")

        return route

    def opened(language: Language = "id", **options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        tab = contexts[-1].new_page()
        tab.route("**/*", answer(language))
        tab.goto("http://x/wilayah/ID?year=2023")
        return tab

    yield opened
    for context in contexts:
        context.close()


def shown(page: Page) -> list[str]:
    return page.eval_on_selector_all(
        "tbody tr", "rows => rows.filter(r => r.checkVisibility()).map(r => r.dataset.name)"
    )


@pytest.mark.parametrize(("language", "scheme"), [("id", "light"), ("en", "dark")])
def test_every_city_of_the_nation_is_a_calm_page(nation: Open, language: Language, scheme: str) -> None:
    page = nation(language, viewport={"width": 360, "height": 800}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollHeight") < CALM_PIXELS
    assert (page.locator("details").count(), page.locator("tbody tr").count(), shown(page)) == (38, 514, [])
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.evaluate("document.querySelectorAll('details').forEach((d, n) => d.open = n === 0)")
    assert page.evaluate(CONTRASTS) == []
    assert page.evaluate(SMALL_TARGETS.replace("'p, td, .crumb'", "'p, td, th, .crumb'")) == []


def test_a_name_narrows_the_list_at_once_and_emptying_it_brings_all_back(nation: Open) -> None:
    page = nation()
    box, told = page.get_by_role("searchbox", name="Cari kab/kota atau provinsi"), page.get_by_role("status")
    box.fill("kota DEP")
    assert shown(page) == ["Kota Depok"]
    expect(told).to_have_text("1 kab/kota")
    expect(page.get_by_role("link", name="Kota Depok").last).to_have_attribute("href", "/kota/32.76?year=2023")
    box.fill("banten")
    expect(told).to_have_text("8 kab/kota")
    assert "Kota Serang" in shown(page), "a province brings its own"
    box.fill("entah")
    expect(told).to_have_text("Tidak ada yang bernama begitu di sini.")
    box.fill("")
    expect(told).to_have_text("")
    assert (page.locator("details:visible").count(), page.locator("details[open]").count()) == (38, 0)


def test_a_province_opens_and_nothing_asks_for_a_name_without_javascript(nation: Open) -> None:
    page = nation(java_script_enabled=False)
    expect(page.locator("input[type=search]")).to_be_hidden()
    page.locator("summary", has_text="Jawa Barat").click()
    expect(page.get_by_role("main").get_by_role("link", name="Kota Depok")).to_be_visible()
    expect(page.get_by_role("link", name="Halaman Jawa Barat")).to_be_visible()
