"""The carriers: a real mail server, a real webhook, and what their faults mean."""

import hashlib
import hmac
import json
import random
import smtplib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from mail_server import Post

from rapport.web.messages import ways
from rapport.web.messages.errors import NotHandedOver

PARCEL = ways.Parcel(
    id="0a1b", to="s@client.example", subject="Eine kurze Nachricht für Sie", text="Grüße\n",
    stop="https://x.example/m/t",
)  # fmt: skip
SECRET = "a secret of the practice"


@pytest.fixture
def mail_settings(settings):
    def point(port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "notes@post.example"
        return ways.Mail()

    return point


def test_a_letter_arrives_with_its_way_to_stop_and_a_neutral_sender(mail_settings):
    with Post() as post:
        carrier = mail_settings(post.port)
        carrier.open()
        carrier.hand_over(PARCEL)
        carrier.close()
    ((to, letter),) = post.letters
    assert to == "s@client.example"
    assert letter["From"] == "notes@post.example"
    assert letter["Subject"] == PARCEL.subject
    assert letter["Message-ID"] == "<0a1b@post.example>"
    assert letter["List-Unsubscribe"] == "<https://x.example/m/t>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().strip() == "Grüße"


def test_no_server_is_a_sure_fault_and_shows_before_anything_is_in_the_hand(mail_settings):
    with Post() as post:
        gone = post.port
    with pytest.raises(NotHandedOver) as fault:
        mail_settings(gone).open()
    assert (fault.value.kind, fault.value.unsure) == ("ConnectionRefusedError", False)


@pytest.mark.parametrize(
    ("fault", "unsure"),
    [
        (smtplib.SMTPDataError(451, b"s@client.example later"), False),
        (smtplib.SMTPRecipientsRefused({"s@client.example": (550, b"no")}), False),
        (smtplib.SMTPServerDisconnected("s@client.example"), True),
        (TimeoutError("s@client.example"), True),
        (ConnectionResetError("s@client.example"), True),
    ],
)
def test_a_server_that_answers_has_refused_one_that_falls_silent_may_have_it(
    mail_settings, monkeypatch, fault, unsure
):
    def fails(*_args):
        raise fault

    carrier = mail_settings(1)
    monkeypatch.setattr(carrier._post, "send_messages", fails)
    with pytest.raises(NotHandedOver) as refused:
        carrier.hand_over(PARCEL)
    assert refused.value.unsure is unsure
    assert "client.example" not in str(refused.value)


def test_an_address_with_a_line_break_is_refused_and_no_second_one_gets_in(mail_settings):
    bad = ways.Parcel(id="1", to="s@x.example\nBcc: t@x.example", subject="a", text="b", stop="")
    with Post() as post:
        carrier = mail_settings(post.port)
        carrier.open()
        with pytest.raises(NotHandedOver) as fault:
            carrier.hand_over(bad)
        carrier.close()
    assert fault.value.unsure is False
    assert post.letters == []


def test_the_server_of_these_tests_fails_as_often_as_it_is_told(mail_settings):
    kept = 0
    with Post(chance=random.Random(7), share=0.5) as post:
        for _ in range(100):
            carrier = mail_settings(post.port)
            try:
                carrier.open()
                carrier.hand_over(PARCEL)
                kept += 1
            except NotHandedOver:
                pass
            carrier.close()
    assert 40 < kept < 75
    assert len(post.letters) == kept


@pytest.fixture
def hook():
    """A carrier's address; keeps what was posted and answers as told."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.got.append((body, self.headers["X-Rapport-Signature"]))
            self.send_response(self.server.status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.status = [], 202
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def webhook(server):
    return ways.Webhook(f"http://127.0.0.1:{server.server_address[1]}/sms", SECRET)


def test_a_short_message_is_posted_and_signed(hook):
    webhook(hook).send("+46 70 0", "Ein paar kurze Fragen")
    ((body, signature),) = hook.got
    assert json.loads(body) == {"to": "+46 70 0", "text": "Ein paar kurze Fragen"}
    assert signature == hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("status", [302, 307, 400, 500])
def test_anything_but_yes_is_a_refusal_and_no_number_goes_elsewhere(hook, status):
    hook.status = status
    with pytest.raises(NotHandedOver) as fault:
        webhook(hook).send("+46 70 0", "x")
    assert (str(fault.value), fault.value.unsure) == (f"HTTP {status}", False)
    assert len(hook.got) == 1


def test_a_hook_that_is_not_there_is_a_sure_fault(hook):
    hook.shutdown()
    hook.server_close()
    with pytest.raises(NotHandedOver) as fault:
        webhook(hook).send("+46 70 0", "x")
    assert fault.value.unsure is False
    assert "46" not in str(fault.value)


@pytest.mark.parametrize(
    ("url", "secret", "wrong"),
    [
        ("https://sms.example/in", SECRET, ""),
        ("http://localhost:9/in", SECRET, ""),
        ("http://sms.example/in", SECRET, "https://"),
        ("file:///etc/passwd", SECRET, "https://"),
        ("", SECRET, "https://"),
        ("https://sms.example/in", "", "RAPPORT_SMS_SECRET"),
    ],
)
def test_a_hook_says_what_is_wrong_with_its_settings(url, secret, wrong):
    said = ways.Webhook(url, secret).check()
    assert (wrong in said) if wrong else said == ""


def test_the_console_prints_and_nothing_can_be_wrong_with_it(capsys):
    ways.Console().send("+46", "text")
    assert capsys.readouterr().out == "SMS to +46\ntext\n"
    assert ways.Console().check() == ""


def test_in_a_real_practice_a_way_is_open_only_where_a_server_is_set(settings):
    assert not ways.is_set_up("email", made_up=False)
    assert ways.is_set_up("sms", made_up=True)
    settings.RAPPORT_MAIL = True
    assert ways.is_set_up("email", made_up=False)
    settings.RAPPORT_SMS, settings.RAPPORT_SMS_URL = "webhook", "https://sms.example"
    assert not ways.is_set_up("sms", made_up=False)
    settings.RAPPORT_SMS_SECRET = SECRET
    assert ways.is_set_up("sms", made_up=False)
