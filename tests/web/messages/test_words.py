"""Messages say nothing: no name, no clinical word, in no language; a canary never gets out."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from practice_cast import NOW

from rapport.web.messages import outbox, ways
from rapport.web.messages.actions import write_invitations
from rapport.web.messages.models import Message
from rapport.web.messages.outbox import deliver
from rapport.web.messages.words import LANGUAGES, to_client, to_staff, words_in
from rapport.web.people import actions as people
from rapport.web.people.models import Practice
from rapport.web.people.reaching import Reach

# Stems in English, German and Spanish. None may stand in what a client gets.
TELLING = re.compile(
    r"(?<!\w)(?:"
    "therap|terap|psych|psic|counsel|coach|clinic|klinik|clínic|hospital|patient|pacient|"
    "client|klient|session|sitzung|sesión|sesion|appointment|termin|cita|consult|sprechstunde|"
    "praxis|practice|centro|treat|behandl|tratamiento|diagnos|disorder|störung|trastorno|"
    "depress|depres|anxi|angst|ansied|suicid|suizid|mental|seel|health|gesund|salud|crisis|"
    "krise|risk|risiko|riesgo|flag|symptom|feel|fühl|sient|mood|stimmung|ánimo|alliance|"
    "beziehung|relationship|check-in|score|measure|phq|gad|core-10|questionnaire|fragebogen|"
    "cuestionario|rapport|doctor|arzt|médic"
    ")"
)
FOR_STAFF = {"praxis", "practice", "centro"}  # where it waits has to be said
KINDS = ("invitation", "link", "reminder")
LINK, STOP = "https://x.example/c/AbC", "https://x.example/m/DeF"


def telling(text, allowed=()):
    return [word for word in TELLING.findall(text.lower()) if word not in allowed]


def all_texts():
    for language in LANGUAGES:
        for way in ("email", "sms"):
            for kind in KINDS:
                said = to_client(kind=kind, way=way, language=language, link=LINK, stop=STOP)
                yield f"{language} {way} {kind}", f"{said.subject}\n{said.text}"


TEXTS = dict(all_texts())
PAGES = ("title", "stop_text", "stop_button", "stopped_title", "stopped_text")


@pytest.mark.parametrize("which", TEXTS)
def test_no_text_to_a_client_tells_what_it_is_about(which):
    assert telling(TEXTS[which]) == []


@pytest.mark.parametrize("which", TEXTS)
def test_every_text_carries_its_link_and_the_way_to_stop_and_no_other_address(which):
    assert re.findall(r"https?://\S+", TEXTS[which]) == [LINK, STOP]
    assert "!" not in TEXTS[which]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_that_stops_tells_nothing_either(language):
    assert telling(" ".join(words_in(language)[name] for name in PAGES)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_nudge_to_staff_says_that_something_waits_and_no_more(language):
    said = to_staff(language=language, link="https://x.example/")
    assert telling(f"{said.subject} {said.text}", allowed=FOR_STAFF) == []


def test_the_list_finds_a_telling_word():
    assert telling("Your therapist asks about your mood.") == ["therap", "mood"]


def test_every_language_has_the_same_texts_and_says_whether_it_was_read():
    assert LANGUAGES == ("de", "en", "es")
    assert len({frozenset(words_in(language)) for language in LANGUAGES}) == 1
    assert [words_in(name)["native"] for name in LANGUAGES] == [False, True, False]


@pytest.mark.parametrize("which", [which for which in TEXTS if "sms" in which])
def test_a_short_message_is_short(which):
    assert len(TEXTS[which].split("\n", 1)[1]) - len(LINK) - len(STOP) <= 120


CANARY = "Kanarienvogel"


def says_nothing(text):
    assert CANARY not in text
    assert telling(re.sub(r"https?://\S+|<[^>]+>", "", text)) == []


@pytest.mark.slow
def test_a_thousand_rendered_messages_let_no_canary_out(practice, cast):
    """Everything that a message could see of a person is a canary, the address apart."""
    person = cast.person(CANARY)
    for n in range(1000):
        way, zone = ("email", "sms")[n % 2], "Europe/Berlin"
        message = Message(kind=KINDS[n % 3], way=way, moment=("before", "after")[n % 2])
        reach = Reach(
            person=person, email=f"{n}@x.example", phone=f"+49 {n}", by_hand=False,
            language=(*LANGUAGES, CANARY)[n % 4], zone=zone, stopped_at=None, left=False,
        )  # fmt: skip
        parcel = outbox._parcel(message, reach, "token")
        says_nothing(ways._letter(parcel).message().as_string().replace("\n", " "))
        says_nothing(parcel.text)


@pytest.mark.slow
def test_from_the_session_to_the_mailbox_no_canary_gets_out(cast, practice, capsys):
    """Canaries stand in the practice's, the therapist's and the clients' names."""
    Practice.objects.update(name=f"Praxis {CANARY}")
    therapist = people.add_staff(
        name=f"Dr. {CANARY}", email="t@x.example", roles=["therapist"], by=cast.RAPPORT, at=NOW
    )
    for n in range(12):
        _somebody(cast, therapist, n)
    for hours in (0, 21, 25, 50):
        write_invitations(at=NOW + timedelta(hours=hours))
        deliver(at=NOW + timedelta(hours=hours))
    sent = [letter.message().as_string() for letter in mail.outbox]
    short = capsys.readouterr().out.split("SMS to ")[1:]
    assert (len(sent), len(short)) == (36, 12)
    for text in [*sent, *(said.split("\n", 1)[1] for said in short)]:
        says_nothing(text)


def _somebody(cast, therapist, n):
    mailed = {"email": f"c{n}@x.example"} if n % 4 else {"phone": f"+49 {n}"}
    person = people.add_person(
        name=f"{CANARY} {n}", language=LANGUAGES[n % 3], zone="Europe/Berlin",
        by=cast.RAPPORT, at=NOW, **mailed,
    )  # fmt: skip
    case = cast.case(person, therapist=therapist)
    people.plan_session(
        case=case, staff=therapist, starts_at=NOW + timedelta(hours=24), by=cast.RAPPORT, at=NOW
    )
