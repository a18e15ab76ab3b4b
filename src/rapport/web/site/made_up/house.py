"""The made-up practice itself: who works there, what is asked, and who answers at a risk."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from rapport.web.audit.actions import SYSTEM
from rapport.web.measures.actions import set_plan
from rapport.web.measures.queries import PlannedForm
from rapport.web.people.actions import add_staff
from rapport.web.reading.actions import set_forecasts
from rapport.web.safety.actions import set_response_plan

NAME = "Lindenhof, a made-up practice"
CONSENT_AGE = 16

THERAPIST = "Imani Okafor"
SUPERVISOR, LEAD = "Ilse Sommer", "Ruben Adeyemi"
DESK, ADMINISTRATOR = "Ruth Weiss", "Kim Larsen"
OF_THE_CAST = (
    THERAPIST, "Benedikt Aalto", "Joana Teixeira", "Theo Lindahl", "Noor Siddiqui", "Pavel Horák",
    "Lucia Bianchi", "Samuel Osei", "Hanna Kowalczyk",
)  # fmt: skip
OTHERS = (
    "Ada Brunner", "Malik Fontaine", "Greta Nyström", "Tomás Rivera", "Yuki Hayashi", "Owen Price",
)  # fmt: skip
ROLES = {
    SUPERVISOR: "supervisor",
    LEAD: "practice-lead",
    DESK: "front-desk",
    ADMINISTRATOR: "administrator",
} | dict.fromkeys((*OF_THE_CAST, *OTHERS), "therapist")

# Numbers that are set aside for stories: nobody answers there.
EMERGENCY = "555-0100"
HELP = {
    "en": "Made-up crisis line: 555-0101, day and night. Nobody answers there: this practice is "
    "made up. If you are in need yourself, call the real emergency number of your country.",
    "es": "Línea de crisis inventada: 555-0101, día y noche. Allí no contesta nadie: esta consulta "
    "es inventada. Si usted necesita ayuda, llame al número de emergencias real de su país.",
    "de": "Erfundenes Krisentelefon: 555-0101, Tag und Nacht. Dort meldet sich niemand: diese "
    "Praxis ist erfunden. Wenn Sie selbst Hilfe brauchen, rufen Sie den echten Notruf an.",
}
CONSENT = {
    "en": "If you answer that you may be in danger, Imani Okafor is told (made up).",
    "es": "Si responde que puede estar en peligro, se avisa a Imani Okafor (inventado).",
    "de": "Antworten Sie, dass Sie in Gefahr sein könnten, erfährt es Imani Okafor (erfunden).",
}
HOURS = "Monday to Saturday, 8 to 18 (made up)"
MINUTES = 240  # until the next person is told; ours


def staff_up(*, at: datetime) -> dict[str, UUID]:
    """Everybody who works there, by name."""
    return {
        name: add_staff(name=name, email=address_of(name), roles=[role], by=SYSTEM, at=at)
        for name, role in ROLES.items()
    }


def address_of(name: str) -> str:
    """An address at a domain that can't be anybody's.

    >>> address_of("Pavel Horák")
    'pavel@example.org'
    """
    return f"{name.split()[0].lower().replace('á', 'a')}@example.org"


def decide(staff: Mapping[str, UUID], *, at: datetime) -> None:
    """What a practice decides for itself: who answers, and what is asked.

    Every switch that is off in a new practice and belongs into a demo is turned on here.
    """
    set_forecasts(on=True, by=SYSTEM, at=at)
    set_response_plan(
        responder=staff[THERAPIST],
        backup=staff["Hanna Kowalczyk"],
        lead=staff[LEAD],
        hours=HOURS,
        minutes=MINUTES,
        emergency=EMERGENCY,
        help_text=HELP,
        consent_text=CONSENT,
        by=SYSTEM,
        at=at,
    )
    for kind, before, after in (
        ("individual", ("phq-9", "rapport-goals"), "rapport-checkin-client"),
        ("couple", ("rapport-goals",), "rapport-checkin-member"),
        ("family", ("rapport-goals",), "rapport-checkin-member"),
    ):
        set_plan(kind=kind, items=_plan(before, after), risk_open=True, by=SYSTEM, at=at)


def _plan(before: tuple[str, ...], after: str) -> tuple[PlannedForm, ...]:
    return (
        *(PlannedForm(instrument=name, moment="before") for name in before),
        PlannedForm(instrument=after, moment="after"),
        PlannedForm(instrument="rapport-checkin-therapist", moment="after", who="therapist"),
    )
