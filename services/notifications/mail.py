"""One e-mail over SMTP. What goes wrong comes back as a short reason that never quotes an address."""

import asyncio
import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

import aiosmtplib

DEFAULT_PORTS = {"smtp": 25, "smtps": 465}


class NotSent(Exception):
    """The server did not take the e-mail. ``for_good`` when trying again can't help."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.for_good = reason, for_good


@dataclass(frozen=True)
class MailServer:
    """An SMTP server and how to speak to it."""

    host: str
    port: int
    sender: str
    use_tls: bool
    start_tls: bool
    timeout_seconds: float
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_url(
        cls, url: str, sender: str, starttls: Literal["auto", "always", "never"], timeout_seconds: float
    ) -> "MailServer":
        """Reads ``smtp[s]://[user:password@]host[:port]``; ValueError with the remedy when it is something else."""
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise ValueError("BERSINAR_SMTP_URL must look like smtp://host:port or smtps://host:port")
        if "@" not in parseaddr(sender)[1]:
            raise ValueError("BERSINAR_SMTP_SENDER must hold an e-mail address, like Bersinar <bersinar@kota.example>")
        secured = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or DEFAULT_PORTS[parts.scheme],
            sender=sender,
            use_tls=secured,
            start_tls=not secured
            and (starttls == "always" or (starttls == "auto" and not _is_loopback(parts.hostname))),
            timeout_seconds=timeout_seconds,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )

    @property
    def sender_domain(self) -> str:
        """The part after the @ of the sender's address."""
        return parseaddr(self.sender)[1].rpartition("@")[2]

    async def send(self, message: EmailMessage) -> None:
        """Returns when the server has accepted the message; raises NotSent otherwise."""
        try:
            async with asyncio.timeout(self.timeout_seconds):
                await aiosmtplib.send(
                    message,
                    hostname=self.host,
                    port=self.port,
                    username=self.username,
                    password=self.password,
                    use_tls=self.use_tls,
                    start_tls=self.start_tls,
                    timeout=self.timeout_seconds,
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = {refused.code for refused in error.recipients}
            said = ", ".join(str(code) for code in sorted(codes))
            raise NotSent(
                f"the mail server refused the recipient (SMTP {said})", for_good=all(c >= 500 for c in codes)
            ) from None
        except aiosmtplib.SMTPResponseException as error:
            # The server's own words may quote the address: only the code is kept.
            raise NotSent(f"the mail server refused the message (SMTP {error.code})") from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise NotSent(f"the mail server can't be reached ({type(error).__name__})") from None


def compose(
    *,
    message_id: str,
    sender: str,
    recipient: str,
    to: str,
    at: datetime,
    language: str,
    subject: str,
    text: str,
    html: str,
) -> EmailMessage:
    """The message of a delivery: the same delivery always gives the same ``Message-ID`` and ``Date``."""
    message = EmailMessage()
    message["Message-ID"] = message_id
    message["Date"] = format_datetime(at)
    message["From"] = sender
    message["To"] = Address(display_name=recipient, addr_spec=to)
    message["Subject"] = subject
    message["Content-Language"] = language
    # RFC 3834: no out-of-office answers to a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
