"""Readings of made-up people, for the report, the terminal and the browser.

All people, words and numbers are invented. Sarah slips at session 6 and is back at 7; Callum's
ratings fell and stay down; Marta and Dev answer apart; Anjali marks the top; Oskar has one rating.
"""

from dataclasses import replace

from rapport.science.reading.model import (
    Alarm,
    AllianceReading,
    Change,
    ClientReading,
    Episode,
    Expected,
    Forecast,
    Item,
    OutcomeReading,
    Reading,
    Series,
    Signal,
    Split,
    SuddenChange,
    Words,
)
from rapport.science.records.scales import Scale

READ = "read"
ANSWERS = ("not at all", "a little", "somewhat", "mostly", "completely")
SENTENCES = (
    ("myself", "I could be myself with my therapist today.", False),
    ("heard", "My therapist took in what I was trying to say.", False),
    ("goal", "It was clear to me what we are working towards.", False),
    ("topics", "Today's topics are the ones that count for me now.", False),
    ("sense", "The way we worked today made sense to me.", False),
    ("say", "I had enough say in how the time was used.", False),
    ("kept", "I kept back something about how therapy is going.", True),
    ("tension", "There was tension or a misunderstanding between us.", True),
)
SCALES = {
    "check-in": Scale(
        name="check-in",
        title="Check-in after the session",
        role="alliance",
        higher_is_better=True,
        minimum=0,
        maximum=32,
        low_label="not at all",
        high_label="completely",
        validated=False,
    ),
    "phq-9": Scale(
        name="phq-9",
        title="PHQ-9",
        role="outcome",
        higher_is_better=False,
        minimum=0,
        maximum=27,
        clinical_cutoff=10,
        reliable_change_points=6,
        source="Kroenke, Spitzer & Williams 2001",
    ),
}


def series(scores, *, scale="check-in", respondent="client", dated=True):
    days = [f"2026-{1 + k // 4:02}-{1 + 7 * (k % 4):02}" for k in range(len(scores))]
    return Series(
        scale=scale,
        respondent=respondent,
        sessions=[float(k + 1) for k in range(len(scores))],
        scores=[None if x is None else float(x) for x in scores],
        dates=days if dated else [],
    )


def alliance(scores, therapist=None, **more):
    told = {
        "alarms": [],
        "episodes": [],
        "usual": [],
        "status": READ,
        "steady_maximum": 0,
        **more,
    }
    other = series(therapist, respondent="therapist") if therapist else None
    return AllianceReading(series=series(scores), therapist=other, **told)


def outcome(scores, *, verdict="no reliable change", **more):
    change = Change(
        method="Reliable change by published points",
        verdict=verdict,
        first=float(scores[0]),
        last=float(scores[-1]),
        difference=float(scores[-1] - scores[0]),
        threshold=6.0,
        clinical=more.pop("clinical", None),
    )
    told = {"expected": [], "sudden_gains": [], "forecast": None, "status": READ, **more}
    return OutcomeReading(series=series(scores, scale="phq-9"), change=change, **told)


def expected(start, sessions):
    rows = []
    for k in range(sessions):
        mean = start - 0.55 * k**0.9
        half = 1.5 + 1.4 * k**0.5
        rows.append(
            Expected(session=k + 1.0, mean=mean, lower=max(mean - half, 0), upper=mean + half)
        )
    return rows


def forecast(session, mean, lower, upper):
    return Forecast(
        session=session,
        mean=mean,
        lower=lower,
        upper=upper,
        level=0.8,
        lower95=max(lower - 2.5, 0),
        upper95=upper + 2.5,
        p_deterioration=0.02,
    )


def items(now, last, first):
    return [
        Item(
            id=id,
            text=text,
            minimum=0,
            maximum=4,
            now=_answer(now[k]),
            last=_answer(last[k]),
            first=_answer(first[k]),
            reverse=reverse,
            labels=ANSWERS,
        )
        for k, (id, text, reverse) in enumerate(SENTENCES)
    ]


def _answer(mark):
    return None if mark == "-" else float(mark)


def signal(kind, session, sentence, *, rank, current=True, rule="Shown as answered."):
    return Signal(
        kind=kind, session=session, sentence=sentence, rank=rank, current=current, rule=rule
    )


def sarah():
    words = {
        1: "It was all right. I did not say much.",
        3: "I nodded when I did not agree. I am used to that.",
        6: "You asked for details. I went somewhere else in my head.",
        7: "You said it was too quick and that it was yours. I had not expected that.",
        11: "I am sleeping. On the bus I forgot to be afraid.",
        14: "I did not think I would talk to anyone. I talked to you.",
    }
    return ClientReading(
        client="Sarah",
        headline="Sarah’s answers are the most open so far; the fall of session 6 has recovered.",
        alliance=alliance(
            [18, 19, 19, 20, 23, 15, 24, 25, None, 28, 30, 29, 30, 30],
            [22, 21, 22, 22, 25, 23, 24, 26, 27, 28, 29, 27, 29, 30],
            usual=[(float(k), 14.0 + 0.9 * k, 21.0 + 0.8 * k) for k in range(3, 15)],
            episodes=[
                Episode(
                    start=6,
                    nadir=6,
                    end=7,
                    status="repaired",
                    reference=23,
                    nadir_score=15,
                    full=True,
                )
            ],
            alarms=[
                Alarm(session=6, score=15, expected=20.6, rule="one session", first_session=6)
            ],
        ),
        outcome=outcome(
            [17, 17, 16, 17, 15, 15, 14, 13, 11, 10, 9, 7, 7, 6],
            verdict="reliably improved",
            clinical="recovered",
            expected=expected(17, 14),
            forecast=forecast(20.0, 5.2, 1.0, 9.4),
        ),
        signals=[
            signal("drop", 6.0, "The rating fell to 15, where about 21 was usual.", rank=3,
                   current=False, rule="One rating against this client's own earlier ones."),
        ],
        therapist="Imani Okafor",
        last_session=14.0,
        last_date="2026-04-08",
        items=items("44444400", "44434410", "22222230"),
        words=[Words(session=float(k), text=text) for k, text in words.items()],
    )  # fmt: skip


def callum():
    return ClientReading(
        client="Callum",
        headline="Callum felt less heard in the last two sessions than ever before.",
        alliance=alliance(
            [18, 23, 21, 11, 11],
            [23, 25, 24, 17, 18],
            usual=[(3.0, 16.0, 25.0), (4.0, 16.5, 25.0), (5.0, 14.0, 24.0)],
            episodes=[
                Episode(
                    start=4,
                    nadir=4,
                    end=None,
                    status="open",
                    reference=21,
                    nadir_score=11,
                    full=False,
                )
            ],
            alarms=[
                Alarm(session=4, score=11, expected=20.3, rule="one session", first_session=4),
                Alarm(
                    session=5, score=11, expected=20.3, rule="two sessions running", first_session=4
                ),
            ],
        ),
        outcome=outcome(
            [16, 15, 16, 17, 17], expected=expected(16, 5), forecast=forecast(12.0, 14.0, 8.0, 19.0)
        ),
        signals=[
            signal(
                "drop",
                5.0,
                "Callum’s rating fell from 21 to 11 and stayed there (about 20 was usual)",
                rank=2,
                rule="Mean of two ratings against this client's own earlier ones",
            ),
            signal("direct answer", 5.0, "He marked tension between you (mostly)", rank=1),
        ],
        last_session=5.0,
        last_date="2026-02-01",
        items=items("11111132", "11111123", "22332310"),
        words=[
            Words(session=4.0, text="I said it was not helping and got told why it should."),
            Words(session=5.0, text="Whatever."),
        ],
    )


def couple():
    split = signal(
        "split", 3.0, "Marta and Dev saw the last session differently: 31 and 11.", rank=4,
        rule="More than a quarter of the range apart, twice running.",
    )  # fmt: skip
    marta = ClientReading(
        client="Marta",
        headline="Marta feels at home in the sessions.",
        alliance=alliance([26, 29, 31], [23, 24, 24]),
        outcome=None,
        signals=[split],
        case="ferreira-raman",
        last_session=3.0,
        words=[Words(session=3.0, text="It is going well.")],
        items=items("44343400", "34343400", "33333300"),
    )
    dev = ClientReading(
        client="Dev",
        headline="Dev marks less from session to session.",
        alliance=alliance([20, 14, 11], [23, 24, 24]),
        outcome=None,
        signals=[split],
        case="ferreira-raman",
        last_session=3.0,
        words=[Words(session=3.0, text="I do not know why I am here.")],
        items=items("11121132", "12222121", "22232210"),
    )
    apart = Split(
        case="ferreira-raman",
        members=["Marta", "Dev"],
        sessions=[1.0, 2.0, 3.0],
        differences=[6.0, 15.0, 20.0],
        threshold=8.0,
        flagged=[2.0, 3.0],
        rule="More than a quarter of the range apart, twice running, or 40 % once.",
    )
    return [marta, dev], apart


def family():
    marks = {"Rana": [27, 26, 21, 26], "Erik": [25, 22, 21, 26], "Yusuf": [11, 15, 23, None]}
    return [
        ClientReading(
            client=name,
            headline=f"{name}’s answers move within what is usual.",
            alliance=alliance(scores),
            outcome=None,
            signals=[],
            case="haddad-sund",
            last_session=4.0,
        )
        for name, scores in marks.items()
    ]


def anjali():
    return ClientReading(
        client="Anjali",
        headline="Anjali marks the top every time, which tells little.",
        alliance=alliance(
            [32, 32, 32, 32, 32],
            [26, 26, 25, 25, 24],
            steady_maximum=5,
            note="the scale can't go higher: a steady maximum tells little",
        ),
        outcome=outcome([13, 13, 12, 13, 13]),
        signals=[
            signal("steady maximum", 5.0, "Five ratings in a row stand at the top", rank=8,
                   rule="Three or more ratings at the end of the scale.")
        ],
        last_session=5.0,
        words=[Words(session=5.0, text="All good.")],
    )  # fmt: skip


def meiling():
    return ClientReading(
        client="Mei-Ling",
        headline="Mei-Ling’s low mood eased suddenly between sessions 8 and 9.",
        alliance=alliance([26, 25, 26, 24, 24, 26, 27, 28, 32, 32, 32]),
        outcome=outcome(
            [18, 17, 18, 17, 18, 17, 16, 17, 9, 8, 8],
            verdict="reliably improved",
            sudden_gains=[
                SuddenChange(kind="gain", before=8, after=9, magnitude=8.0, reversed=False)
            ],
            expected=expected(18, 11),
        ),
        signals=[],
        last_session=11.0,
    )


def oskar():
    return ClientReading(
        client="Oskar",
        headline="One rating so far: nothing about change can be said.",
        alliance=alliance([21], status="one rating: nothing about change can be said"),
        outcome=None,
        signals=[],
        last_session=1.0,
    )


def reading(clients, *, cases=(), **more):
    told = {
        "settings": {"false_alarms": 0.05, "forecasts": True, "episode_criterion": 1.0},
        "summary": {
            "clients": len(clients),
            "drop alarm": {"one-session drop of 2 SD found": 0.22, "lasting 1.5 SD": 0.36},
        },
        "warnings": [],
        "methods": [
            {
                "name": "Drop alarm on each client's own earlier ratings",
                "paper": "Ours; see docs/explanation",
                "settings": {"false_alarms": 0.05},
            },
            {
                "name": "Reliable change",
                "papers": ["Jacobson & Truax 1991, J Consult Clin Psychol 59:12"],
            },
        ],
        **more,
    }
    return Reading(rapport="0.1.0", clients=list(clients), cases=list(cases), scales=SCALES, **told)


def practice():
    """A practice with everything in it, those who need attention first."""
    pair, apart = couple()
    people = [callum(), *pair, anjali(), sarah(), *family(), meiling(), oskar()]
    return reading(people, cases=[apart], warnings=["Yusuf did not answer the form of session 4."])


def quiet_practice():
    """Nobody's answers ask for attention."""
    return reading([sarah(), meiling(), oskar()])


def renamed(client, name):
    """The same person under another name."""
    return replace(client, client=name)
