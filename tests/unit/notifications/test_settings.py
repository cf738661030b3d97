"""Settings that can't work are refused at the start, in words that help and without the password."""

import pytest
from pydantic import ValidationError

from services.notifications.mail import MailServer
from services.notifications.settings import NotificationsSettings


def server(url, starttls="auto"):
    return MailServer.from_url(url, "Bersinar <bersinar@kota.example>", starttls, 20)


def test_without_a_server_there_is_none():
    assert NotificationsSettings().mail_server is None


def test_starttls_is_demanded_everywhere_but_on_loopback():
    assert server("smtp://mail.kota.example:587").start_tls
    assert not server("smtp://127.0.0.1:2525").start_tls
    assert not server("smtp://localhost").start_tls
    assert server("smtp://localhost", "always").start_tls
    assert not server("smtp://mail.kota.example", "never").start_tls
    secured = server("smtps://mail.kota.example")
    assert secured.use_tls
    assert not secured.start_tls
    assert secured.port == 465


def test_user_and_password_come_from_the_address_and_stay_out_of_its_repr():
    mail = server("smtp://kantor%40kota:r%C3%A4tsel@mail.kota.example:587")
    assert (mail.username, mail.password) == ("kantor@kota", "rätsel")
    assert "rätsel" not in repr(mail)


@pytest.mark.parametrize(
    "values",
    [
        {"smtp_url": "smtp://u:geheimnis@h:25"},
        {"smtp_url": "http://u:geheimnis@h", "smtp_sender": "a@kota.example"},
        {"smtp_url": "smtp://u:geheimnis@h", "smtp_sender": "nobody"},
        {"smtp_url": "smtp://u:geheimnis@h", "smtp_sender": "a@kota.example", "email_lease_seconds": 5},
    ],
)
def test_a_setting_that_can_not_work_is_named(values):
    with pytest.raises(ValidationError) as refused:
        NotificationsSettings(**values)
    assert "BERSINAR_" in str(refused.value)
    assert "geheimnis" not in str(refused.value)
