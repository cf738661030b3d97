"""The sender: delivers e-mails that were recorded, apart from the transaction that recorded them.

It claims one delivery (a lease, so that replicas never hold the same), sends, and records the outcome. A process
killed between the server's acceptance and the record leaves the lease to run out; the e-mail then goes out again
with the same Message-ID, by which mail programs know it as the same message.
"""

import asyncio
import contextlib
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Literal

import structlog
from cryptography.exceptions import InvalidTag
from prometheus_client import Counter

from services.notifications import texts
from services.notifications.commands.subscriptions import email_context
from services.notifications.domain.deliveries import RetryPlan
from services.notifications.mail import MailServer, NotSent, compose
from services.notifications.storage import deliveries
from services.notifications.storage.deliveries import Parcel
from shared.contracts.notifications import AlertDelivered
from shared.journal.journal import Journal
from shared.runtime import clock
from shared.runtime.encryption import Keyring
from shared.runtime.faults import crash_point

log = structlog.get_logger()

EMAILS = Counter("bersinar_emails_total", "Attempts to send an e-mail", ["outcome"])
STUMBLE_SECONDS = 5.0

Outcome = Literal["delivered", "failed"]


@dataclass(frozen=True)
class SenderRules:
    """How e-mails are sent: retries, the lease and the age after which an alert is no news any more."""

    retries: RetryPlan
    lease_seconds: float
    interval_seconds: float
    age_max_hours: float


class Sender:
    """One of possibly several replicas; each has its own claimant name."""

    def __init__(
        self, journal: Journal, keyring: Keyring, mail: MailServer, rules: SenderRules, *, node: str, link: str | None
    ) -> None:
        self.journal, self.keyring, self.mail, self.rules = journal, keyring, mail, rules
        self.node, self.link = node, link
        self.claimant = clock.new_id()
        self.trouble: str | None = None
        self._woken = asyncio.Event()
        journal.on_commit(self._woken.set)

    async def run(self) -> None:
        """Delivers until cancelled; whatever goes wrong shows in ``trouble`` and is tried again."""
        while True:
            self._woken.clear()
            try:
                while await self.deliver_next(clock.now()):
                    pass
                self.trouble = None
                await self._rest(await self._pause_seconds(clock.now()))
            except Exception as error:  # noqa: BLE001 - the edge of a background task: it must outlive any fault
                self.trouble = f"{type(error).__name__} while sending e-mail"
                log.error("sender stumbled", error=error)
                await asyncio.sleep(STUMBLE_SECONDS)

    async def deliver_next(self, now: datetime) -> bool:
        """Attempts the e-mail that is due the longest; whether there was one."""
        async with self.journal.database.read() as connection:
            due = await deliveries.next_moment(connection)
        if due is None or due > now:
            return False
        until = now + timedelta(seconds=self.rules.lease_seconds)
        async with self.journal.database.transaction() as connection:
            parcel = await deliveries.claim(connection, claimant=self.claimant, now=now, until=until)
        if parcel is None:
            return False
        await self._attempt(parcel, now)
        return True

    async def _attempt(self, parcel: Parcel, now: datetime) -> None:
        try:
            message = self._message(parcel, now)
            await self.mail.send(message)
        except NotSent as error:
            await self._note_failure(parcel, error)
            return
        crash_point("notifications.sender.after_send")
        await self._finish(parcel, "delivered", None)

    def _message(self, parcel: Parcel, now: datetime) -> EmailMessage:
        """Raises NotSent when there is no sense in sending."""
        alert = parcel.alert
        if parcel.attempts > self.rules.retries.attempts_max:
            raise NotSent(f"given up after {self.rules.retries.attempts_max} attempts", for_good=True)
        if now - alert.at > timedelta(hours=self.rules.age_max_hours):
            raise NotSent(f"older than {self.rules.age_max_hours:g} hours", for_good=True)
        address = self._address(parcel)
        story = texts.Story(alert.rule, alert.region, alert.synthetic, alert.matter_count, tuple(alert.facts))
        body = texts.email_body(story, alert.language, alert.recipient, alert.subscribed_region, self.link)
        return compose(
            message_id=f"<{parcel.delivery_id}.{self.node}@{self.mail.sender_domain}>",
            sender=self.mail.sender,
            recipient=alert.recipient,
            to=address,
            at=alert.at,
            language=alert.language,
            subject=texts.wording(story, alert.language).subject,
            text=body.text,
            html=body.html,
        )

    def _address(self, parcel: Parcel) -> str:
        if parcel.email_sealed is None:
            raise NotSent("there is no address on file any more", for_good=True)
        try:
            return self.keyring.decrypt(parcel.email_sealed, email_context(parcel.alert.recipient_id))
        except InvalidTag:
            raise NotSent("the address can't be read with this node's key; enter it again", for_good=True) from None

    async def _note_failure(self, parcel: Parcel, error: NotSent) -> None:
        EMAILS.labels("refused" if error.for_good else "unreachable").inc()
        log.warning("e-mail not sent", delivery=parcel.delivery_id, attempts=parcel.attempts, reason=error.reason)
        if error.for_good or self.rules.retries.spent(parcel.attempts):
            await self._finish(parcel, "failed", error.reason)
            return
        jitter = random.random()  # noqa: S311 - spreads retries, guards nothing
        wait = self.rules.retries.wait_seconds(parcel.attempts, jitter)
        async with self.journal.database.transaction() as connection:
            await deliveries.postpone(
                connection,
                parcel.delivery_id,
                self.claimant,
                next_attempt_at=clock.now() + timedelta(seconds=wait),
                reason=error.reason,
            )

    async def _finish(self, parcel: Parcel, outcome: Outcome, reason: str | None) -> None:
        alert = parcel.alert
        async with self.journal.writing() as unit:
            mine = await deliveries.record(
                unit.connection, parcel.delivery_id, self.claimant, now=clock.now(), state=outcome, reason=reason
            )
            if mine:
                said = AlertDelivered(alert_id=alert.id, channel="email", outcome=outcome, attempts=parcel.attempts)
                unit.emit(said, subject=alert.id, region=alert.region)
        if outcome == "delivered":
            EMAILS.labels("delivered").inc()

    async def _pause_seconds(self, now: datetime) -> float:
        async with self.journal.database.read() as connection:
            due = await deliveries.next_moment(connection)
        until_due = (due - now).total_seconds() if due else self.rules.interval_seconds
        return min(max(until_due, 0.05), self.rules.interval_seconds)

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
