"""The survey's page as a respondent meets it: a phone, a bad line, no name."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visitor, chromium
from tests.support.node import Node

Visit = Callable[..., Visitor]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node of its own: its answers would begin a year on the pages that other tests look at."""
    chromium()
    node = Node(tmp_path_factory.mktemp("survey") / "node")
    try:
        node.start()
        yield node
    finally:
        node.close()


@pytest.fixture
def visit(browser: Browser, office: Node) -> Iterator[Visit]:
    """Somebody new at this node."""
    contexts = []

    def new(**options: Any) -> Visitor:
        contexts.append(browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options}))
        return Visitor(contexts[-1], office)

    yield new
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def campaign(office: Node) -> str:
    """A survey that is open today."""
    today = date.today()
    opens = max(today - timedelta(days=7), date(today.year, 1, 1))
    plan = {"region": "32.76", "instrument": "kotan-2022", "year": today.year, "synthetic": True}
    plan |= {"opens_on": opens.isoformat(), "closes_on": (today + timedelta(days=30)).isoformat()}
    with office.client("registry") as registry:
        made = registry.post("/v1/campaigns", json=plan)
        assert made.status_code == 201, made.text
        registry.post(f"/v1/campaigns/{made.json()['id']}/open", json={}).raise_for_status()
    return str(made.json()["id"])


def invitation(node: Node, campaign: str, **body: Any) -> str:
    """The address of a new invitation, below the dashboard's own."""
    with node.client("registry") as registry:
        registry.post(f"/v1/campaigns/{campaign}/links", json={"group": "dunia_usaha"} | body).raise_for_status()
        text = registry.get(f"/v1/campaigns/{campaign}/links.csv").text
    address: str = list(csv.DictReader(io.StringIO(text)))[-1]["tautan"]
    assert address.startswith(node.url("dashboard") + "/isi#")
    return address.removeprefix(node.url("dashboard"))


def answers(node: Node, campaign: str) -> int:
    with node.client("registry") as registry:
        return int(registry.get(f"/v1/campaigns/{campaign}/progress").json()["answers"])


def answer_all(page: Page) -> None:
    for question in page.locator("fieldset").all():
        question.locator("label").nth(2).click()


def test_a_respondent_answers_on_a_phone_without_signing_in(visit: Visit, office: Node, campaign: str) -> None:
    visitor = visit(**PHONE)
    page = visitor.open(invitation(office, campaign))
    year = date.today().year
    expect(page.locator("[data-sub]")).to_have_text(f"Kota Depok · Dunia usaha · {year} · tanpa nama")
    first = page.locator("fieldset").first
    expect(first.locator("legend span")).to_have_text("1 dari 40")
    assert all(label.bounding_box()["height"] >= 44 for label in first.locator("label").all())  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    before = answers(office, campaign)
    answer_all(page)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_role("heading")).to_have_text("Terima kasih, jawaban Anda sudah masuk")
    assert answers(office, campaign) == before + 1
    page.reload()
    expect(page.get_by_role("heading")).to_have_text("Terima kasih, jawaban Anda sudah masuk")
    assert not visitor.troubles


def test_what_was_tapped_is_still_there_after_a_reload(visit: Visit, office: Node, campaign: str) -> None:
    page = visit(**PHONE).open(invitation(office, campaign))
    page.locator("fieldset").nth(4).locator("label").nth(1).click()
    page.reload()
    expect(page.locator("fieldset").nth(4).locator("input").nth(1)).to_be_checked()
    page.get_by_role("button", name="English").click()
    expect(page.locator("fieldset legend span").first).to_have_text("1 of 40")
    expect(page.locator("fieldset").nth(4).locator("input").nth(1)).to_be_checked()


def test_without_a_signal_answers_wait_and_go_out_once(visit: Visit, office: Node, campaign: str) -> None:
    visitor = visit(**PHONE)
    page = visitor.open(invitation(office, campaign))
    page.locator("fieldset").first.wait_for()
    before = answers(office, campaign)
    page.context.set_offline(True)
    answer_all(page)
    expect(page.get_by_role("status")).to_have_text(
        "Anda sedang tanpa sinyal. Jawaban tersimpan di ponsel ini dan terkirim sendiri nanti."
    )
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_role("status")).to_contain_text("Jawaban Anda aman di ponsel ini")
    assert answers(office, campaign) == before
    page.context.set_offline(False)
    expect(page.get_by_role("heading")).to_have_text("Terima kasih, jawaban Anda sudah masuk")
    assert answers(office, campaign) == before + 1


def test_a_lost_reply_does_not_count_twice(visit: Visit, office: Node, campaign: str) -> None:
    page = visit(**PHONE).open(invitation(office, campaign, places=5))
    page.locator("fieldset").first.wait_for()
    before = answers(office, campaign)
    lost = []

    def lose_the_first(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())  # the registry has it; the phone never hears of it
        route.abort()

    page.route("**/isi/kirim", lose_the_first)
    answer_all(page)
    page.get_by_role("button", name="Kirim jawaban").click()
    for _ in range(100):
        page.wait_for_timeout(100)  # lets the browser go on; a sleep would hold up the reply as well
        if lost:
            break
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading")).to_have_text("Terima kasih, jawaban Anda sudah masuk")
    assert answers(office, campaign) == before + 1
    page.get_by_role("button", name="Isi untuk orang berikutnya").click()
    expect(page.locator("fieldset input:checked")).to_have_count(0)
    expect(page.locator("fieldset")).to_have_count(40)


def test_gaps_are_shown_before_they_are_sent(visit: Visit, office: Node, campaign: str) -> None:
    page = visit(**PHONE).open(invitation(office, campaign))
    page.locator("fieldset").first.wait_for()
    send = page.locator(".send")
    send.click()
    expect(page.locator(".hint")).to_contain_text("Jawab sedikitnya 20")
    for question in page.locator("fieldset").all()[:38]:
        question.locator("label").first.click()
    send.click()
    expect(page.locator(".hint")).to_contain_text("2 pernyataan belum dijawab")
    expect(page.locator("fieldset.open")).to_have_count(2)
    expect(send).to_have_text("Kirim tanpa melengkapi")
    send.click()
    expect(page.get_by_role("heading")).to_have_text("Terima kasih, jawaban Anda sudah masuk")


def test_a_link_that_is_not_known_says_so(visit: Visit) -> None:
    page = visit(**PHONE).open("/isi#" + "A" * 22)
    expect(page.get_by_role("heading")).to_have_text("Tautan ini tidak dikenal atau sudah ditarik.")
    page = visit(**PHONE).open("/isi")
    expect(page.get_by_role("heading")).to_have_text("Tautan ini tidak dikenal")


def test_the_token_reaches_no_address_and_no_log(visit: Visit, office: Node, campaign: str) -> None:
    address = invitation(office, campaign)
    token = address.partition("#")[2]
    visitor = visit(**PHONE)
    seen: list[str] = []
    visitor.page.on("request", lambda request: seen.append(request.url.partition("#")[0]))
    page = visitor.open(address)
    page.locator("fieldset").first.wait_for()
    assert not [url for url in seen if token in url]
    assert token not in office.log("dashboard") + office.log("registry")


def test_an_officer_sees_how_far_a_survey_is_and_prints_invitations(visit: Visit, office: Node, campaign: str) -> None:
    invitation(office, campaign, group="polres", addressees=["Polres Contoh"])
    visitor = visit()
    visitor.sign_in()
    page = visitor.open("/survei/32.76")
    row = page.locator("tr", has=page.get_by_role("rowheader", name="polres"))
    expect(row).to_contain_text("0/20")
    expect(row).to_contain_text("undangan belum dipakai")
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Cetak lembar kode QR").click()
    expect(popup.value.get_by_text("Polres Contoh").first).to_be_visible()
    expect(popup.value.locator("article svg").first).to_be_visible()
    assert not visitor.troubles


def test_invitations_are_for_those_who_are_signed_in(visit: Visit, office: Node, campaign: str) -> None:
    page = visit().page
    for name in ("undangan.csv", "undangan.html"):
        answer = page.request.get(f"{office.url('dashboard')}/survei/32.76/{campaign}/{name}")
        assert "/isi#" not in answer.text()
        assert answer.status == 401
