"""Invented names, each once, always in the same order."""

from collections.abc import Iterator

FIRST = (
    "Agnes", "Bilal", "Carla", "Dmitri", "Elena", "Farid", "Gwen", "Hugo", "Ilka", "Jonas", "Kemal",
    "Lotte", "Mateo", "Nadia", "Orla", "Pavla", "Quentin", "Rosa", "Stefan", "Tanja", "Ugo", "Vera",
    "Wanda", "Xenia", "Yara", "Zoltan", "Amina", "Bruno", "Clara", "Dilan", "Emil", "Fiona",
)  # fmt: skip
LAST = (
    "Albrecht", "Bianco", "Cohen", "Dahl", "Ekberg", "Fuchs", "Garcia", "Hansen", "Ivanov",
    "Jansen", "Kaya", "Lopez", "Moreau", "Novotny", "Okoye", "Petrov", "Quist", "Rossi", "Sato",
    "Tanaka", "Ullmann", "Vogel", "Wolff", "Yilmaz", "Ziegler", "Brandt", "Castro", "Duarte",
    "Engel",
)  # fmt: skip


def invented_names() -> Iterator[str]:
    """Names without end in sight: the two lists have no common divisor, so no pair comes twice.

    >>> from itertools import islice
    >>> list(islice(invented_names(), 2)), len(set(islice(invented_names(), 900)))
    (['Agnes Albrecht', 'Bilal Bianco'], 900)
    """
    for number in range(len(FIRST) * len(LAST)):
        yield f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
