"""E-mail to a real server: sent once, tried again, and given up in words."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest

from shared.runtime import clock
from tests.integration.notifications.events import ADDRESS, event, said, score_changed, see, wish

FALL = score_changed("3.610", "3.605", "3.607")


@pytest.fixture
async def recipient(api):
    return (await api.post("/v1/subscriptions", json=wish())).json()["id"]


@pytest.fixture
async def waiting(service, recipient):
    """One e-mail on its way."""
    await see(service, event(FALL, "e1"))


async def delivery(api):
    (one,) = (await api.get("/v1/deliveries", params={"channel": "email"})).json()["items"]
    return one


async def outcomes(service):
    told = [json.loads(body) for body in await said(service)]
    return [
        (e["data"]["outcome"], e["data"]["attempts"])
        for e in told
        if e["type"].endswith("alert.delivered.v1") and e["data"]["channel"] == "email"
    ]


async def test_an_email_arrives_in_two_forms_and_is_recorded(api, service, waiting, mailbox):
    assert await service.sender.deliver_next(clock.now())
    assert not await service.sender.deliver_next(clock.now())
    (message,) = mailbox.received
    assert message["To"] == f"DKUM Kota Depok <{ADDRESS}>"
    assert message["Subject"] == "Kota Depok 2023: indeks di bawah target"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",)).get_content()
    assert "turun ke 3,605, di bawah target 3,607" in text
    assert '<html lang="id">' in message.get_body(("html",)).get_content()
    one = await delivery(api)
    assert (one["state"], one["attempts"], one["reason"]) == ("delivered", 1, None)
    assert message["Message-ID"] == f"<{one['id']}.3276@kota.example>"
    assert await outcomes(service) == [("delivered", 1)]


async def test_a_server_that_is_away_is_tried_again_later(api, service, waiting, mailbox):
    mailbox.stop()
    now = clock.now()
    assert await service.sender.deliver_next(now)
    one = await delivery(api)
    assert (one["state"], one["attempts"]) == ("waiting", 1)
    assert "can't be reached" in one["reason"]
    assert not await service.sender.deliver_next(clock.now())
    mailbox.start()
    assert await service.sender.deliver_next(now + timedelta(seconds=120))
    assert (await delivery(api))["state"] == "delivered"
    assert len(mailbox.received) == 1
    assert await outcomes(service) == [("delivered", 2)]


async def test_it_is_given_up_after_the_last_attempt_and_can_be_put_back(make, api, token, waiting, mailbox):
    mailbox.stop()
    service = await make(email_attempts_max=2)
    for hours in (0, 1, 2):
        await service.sender.deliver_next(clock.now() + timedelta(hours=hours))
    one = await delivery(api)
    assert (one["state"], one["attempts"]) == ("failed", 2)
    assert await outcomes(service) == [("failed", 2)]
    mailbox.start()
    retry = f"/v1/deliveries/{one['id']}/retry"
    assert (await api.post(retry)).status_code == 204
    assert (await api.post(retry)).status_code == 409
    assert await service.sender.deliver_next(clock.now())
    assert (await delivery(api))["state"] == "delivered"


async def test_a_refused_recipient_is_final_and_not_quoted(api, service, waiting, mailbox, capfd):
    mailbox.refusal = "550 5.1.1"
    await service.sender.deliver_next(clock.now())
    one = await delivery(api)
    assert (one["state"], one["attempts"]) == ("failed", 1)
    assert "SMTP 550" in one["reason"]
    captured = capfd.readouterr()
    assert "kanari" not in one["reason"] + captured.out + captured.err


async def test_a_full_mailbox_is_tried_again(api, service, waiting, mailbox):
    mailbox.refusal = "452 4.2.2"
    await service.sender.deliver_next(clock.now())
    assert (await delivery(api))["state"] == "waiting"


async def test_an_ended_subscription_gets_no_more_mail(api, service, waiting, recipient, mailbox):
    await api.delete(f"/v1/subscriptions/{recipient}", headers={"If-Match": '"1"'})
    await service.sender.deliver_next(clock.now())
    assert (await delivery(api))["state"] == "failed"
    assert mailbox.received == []


async def test_without_a_server_emails_wait_and_say_why(make, api, waiting, token):
    from tests.integration.notifications.conftest import client_of

    service = await make(smtp_url=None)
    assert service.sender is None
    async with client_of(service, token) as client:
        one = await delivery(client)
    assert (one["state"], one["attempts"]) == ("waiting", 0)
    assert "BERSINAR_SMTP_URL" in one["reason"]


async def test_old_news_is_not_sent(api, service, waiting, mailbox):
    await service.sender.deliver_next(clock.now() + timedelta(days=8))
    assert "older than 168 hours" in (await delivery(api))["reason"]
    assert mailbox.received == []


async def test_replicas_never_send_the_same_email(make, api, service, recipient, mailbox):
    await see(service, *(event(FALL, f"e{n}") for n in range(3)))
    for number in range(3, 9):
        await see(service, event(FALL, f"e{number}"))
    senders = [service.sender, (await make()).sender, (await make()).sender]

    async def drain(sender):
        while await sender.deliver_next(clock.now()):
            pass

    await asyncio.gather(*(drain(sender) for sender in senders))
    await asyncio.gather(*(drain(sender) for sender in senders))
    ids = [message["Message-ID"] for message in mailbox.received]
    assert len(ids) == len(set(ids)) == 9


SEND_ONE = """
import asyncio
from services.notifications.app import build
from services.notifications.settings import NotificationsSettings
from shared.runtime import clock
asyncio.run(build(NotificationsSettings()).sender.deliver_next(clock.now()))
"""


async def test_killed_after_the_server_took_it_the_same_message_goes_again(api, service, settings, waiting, mailbox):
    environment = os.environ | {
        "BERSINAR_DATA_DIR": str(settings.data_dir),
        "BERSINAR_DATABASE_URL": settings.own_database_url,
        "BERSINAR_SMTP_URL": mailbox.url,
        "BERSINAR_SMTP_SENDER": settings.smtp_sender,
        "BERSINAR_CRASH_AT": "notifications.sender.after_send",
    }
    killed = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", SEND_ONE], env=environment, check=False, capture_output=True
    )
    assert killed.returncode == -9, killed.stderr
    assert len(mailbox.received) == 1
    assert (await delivery(api))["state"] == "waiting"
    # The dead process still holds it: nobody sends before its lease runs out.
    assert not await service.sender.deliver_next(clock.now())
    assert await service.sender.deliver_next(clock.now() + timedelta(seconds=61))
    first, second = mailbox.received
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert await outcomes(service) == [("delivered", 2)]


async def test_the_address_is_nowhere_in_the_open(api, service, settings, waiting, database_kind):
    await service.sender.deliver_next(clock.now())
    assert "kanari" not in "".join(await said(service))
    for path in ("/v1/subscriptions", "/v1/inbox", "/v1/deliveries", "/metrics", "/streams", "/v1/alerts?cause=e1"):
        assert "kanari" not in (await api.get(path)).text
    if database_kind == "sqlite":
        found = [f for f in settings.data_dir.rglob("*") if f.is_file() and b"kanari" in f.read_bytes()]
        assert found == []
