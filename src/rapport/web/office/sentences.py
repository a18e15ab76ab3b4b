"""A line of the log as a sentence: who, what, which thing; ids of clients, never their names."""

from collections.abc import Mapping

from rapport.web.audit.chain import Line
from rapport.web.people.roles import ROLES

SHORT = 8  # the beginning of an id tells things apart for a reader

TOLD = {
    "answers seen": "{who} read answers of {things}.",
    "words seen": "{who} read words of {things}.",
    "day list seen": "{who} saw the names of {things} in the day's list.",
    "flagged answers seen": "{who} saw which answers of {things} were flagged.",
    "flag read": "{who} read flag {id}.",
    "flag raised": "Flag {id} was raised.",
    "flag acknowledged": "{who} took on flag {id}.",
    "flag closed": "{who} closed flag {id} with a note.",
    "next person told": "The next person was told of flag {id}: {to}.",
    "signed in": "{who} signed in.",
    "second factor added": "{who} set up a second factor.",
    "second factor removed": "{who} removed a second factor.",
    "sign-in link made": "{who} made a sign-in link for {staff}{lost}.",
    "staff added": "{who} added {staff} as {roles}.",
    "staff changed": "{who} changed the {fields} of {staff}.",
    "roles changed": "{who} changed the roles of {staff}: given {given}, taken {taken}.",
    "staff away": "{who} set {staff} away.",
    "staff back": "{who} set {staff} back.",
    "staff left": "{who} let {staff} go.",
    "response plan changed": "{who} changed who answers when somebody may be at risk: {fields}.",
    "practice opened": "{who} opened the practice.",
    "practice changed": "{who} changed the practice: {fields}.",
    "log read": "{who} read this log{of}.",
    "client forgotten": "{who} forgot client {id}.",
    "client added": "{who} added client {id}.",
    "case opened": "{who} opened case {id}.",
    "care begun": "{who} noted that {therapist} works in case {case}.",
    "care ended": "{who} noted that {therapist} works in case {case} no more.",
    "session moved": "{who} moved session {number}.",
    "session cancelled": "{who} called a session off, for the {whose}.",
    "session handed over": "{who} handed a session over to {therapist}.",
    "session planned": "{who} planned session {number}.",
    "session held": "{who} noted that a session was held.",
    "session missed": "{who} noted that nobody came to a session.",
    "check-in opened": "A check-in was opened.",
    "check-in received": "A check-in came in.",
    "link made": "{who} made a personal link.",
    "link ended": "A personal link was ended.",
    "arrival noted": "{who} noted an arrival.",
    "arrival taken back": "{who} took an arrival back.",
}
SYSTEM = "Rapport itself"


def sentence(line: Line, names: Mapping[str, str]) -> str:
    """The line as a sentence.

    Args:
        names: of those who work here, by id. Nobody else's name is ever known here.
    """
    parts = {key: str(value) or "nothing" for key, value in line.detail.items()}
    known = Parts(parts)
    known.update({key: _roles(parts[key]) for key in ("roles", "given", "taken") if key in parts})
    known.update(
        who=_who(line, names),
        id=line.thing_id[:SHORT],
        things=_things(line),
        staff=names.get(line.thing_id, f"somebody ({line.thing_id[:SHORT]})"),
        to=names.get(parts.get("to", ""), "somebody"),
        therapist=names.get(parts.get("staff", ""), "somebody"),
        case=parts.get("case", "–")[:SHORT],
        lost=" after a lost device" if parts.get("lost_device") == "yes" else "",
        of=_of_log(line, names),
    )
    return TOLD.get(line.deed, _plainly(line)).format_map(known)


def _roles(told: str) -> str:
    return ", ".join(ROLES[role].name if role in ROLES else role for role in told.split(", "))


class Parts(dict[str, str]):
    """What a sentence is made of; what a line does not say reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def _plainly(line: Line) -> str:
    """For a deed that has no sentence of its own yet."""
    deed = (line.deed[:1].upper() + line.deed[1:]).replace("{", "").replace("}", "")
    thing = line.thing.replace("{", "").replace("}", "")
    return f"{deed} by {{who}}: {thing} {{id}}."


def _who(line: Line, names: Mapping[str, str]) -> str:
    if line.by.kind == "system":
        return SYSTEM
    if line.by.kind == "client":
        return f"Client {line.by.id[:SHORT]}"
    return names.get(line.by.id, f"Somebody ({line.by.id[:SHORT]})")


def _things(line: Line) -> str:
    several = str(line.detail.get("clients", line.thing_id)).split()
    ids = ", ".join(one[:SHORT] for one in several)
    return f"client {ids}" if len(several) == 1 else f"{len(several)} clients: {ids}"


def _of_log(line: Line, names: Mapping[str, str]) -> str:
    if line.thing_id == "all":
        return ""
    return f" about {names.get(line.thing_id, f'client {line.thing_id[:SHORT]}')}"
