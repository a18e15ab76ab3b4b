"""The one sentence that a page, and an entry of the caseload, begins with."""

from rapport.files.report.words import answered, sentence, short_title
from rapport.pictures.svg import number
from rapport.science.reading.model import AllianceReading, ClientReading, OutcomeReading, Reading

OUTCOME_WORDS = {
    "reliably improved": ("eased", "rose"),
    "reliably deteriorated": ("rose", "fell"),
    "no reliable change": ("moved", "moved"),
    "no verdict": ("went", "went"),
}


def headline(client: ClientReading, reading: Reading) -> str:
    """The reading's own sentence where something asks for attention, else what there is to see.

    "Nothing asks for attention" is said once, for everybody; said of each person it would
    reassure, and it would hide what the answers show.
    """
    if any(signal.current for signal in client.signals):
        return sentence(client.headline)
    parts = [_outcome(client.outcome, reading), _alliance(client.alliance)]
    told = "; ".join(part for part in parts if part)
    return sentence(told or client.headline)


def _outcome(found: OutcomeReading | None, reading: Reading) -> str:
    if found is None or found.change.first is None or found.change.last is None:
        return ""
    scale = reading.scales.get(found.series.scale)
    name, change = short_title(scale, found.series.scale), found.change
    if change.first == change.last:
        return f"{name} stands where it started, at {number(found.change.last)}"
    lower_is_better = scale is not None and scale.higher_is_better is False
    word = OUTCOME_WORDS[change.verdict][0 if lower_is_better else 1]
    told = f"{name} {word} from {number(found.change.first)} to {number(found.change.last)}"
    within = change.verdict == "no reliable change"
    return f"{told}, within measurement error" if within else told


def _alliance(found: AllianceReading | None) -> str:
    if found is None:
        return ""
    points = answered(found.series)
    if found.status != "read" or not points:
        return found.status
    if found.episodes:
        episode = found.episodes[-1]
        came = {
            "repaired": "has recovered",
            "unrepaired": "has not recovered",
            "open": "is still open",
        }
        return f"the fall of session {number(episode.start)} {came[episode.status]}"
    moved = f"working relationship rated {number(points[0][1])} at first"
    return f"{moved}, {number(points[-1][1])} now"
