"""What is said beside readings: what forecasts can and cannot do."""

from hashlib import sha256

FORECASTS = (
    "Rapport can show where people who started alike usually stand, and where a client is likely "
    "to stand next. Both are learnt from this practice's own courses.",
    "It is about many people, never about this one. Of ten people, two stand outside of the range "
    "that is drawn. A course outside of it is a reason to talk, not a prognosis.",
    "It is off until a clinician of the practice turns it on, because predicting for one person is "
    "another thing than showing what was answered: in the United Kingdom and the European Union it "
    "may make software a medical device.",
    "Everything else works without it: answers, change against a client's own earlier answers with "
    "the drop alarm, episodes, attendance.",
)
FORECASTS_VERSION = sha256("\n".join(FORECASTS).encode()).hexdigest()[:12]
