"""The words of change: one code per client, so that a hundred thousand verdicts fit in an array."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

CodeArray = NDArray[np.int8]

IMPROVED, UNCHANGED, DETERIORATED, NO_VERDICT = 1, 0, -1, -2

VERDICT_WORDS = {
    IMPROVED: "reliably improved",
    UNCHANGED: "no reliable change",
    DETERIORATED: "reliably deteriorated",
    NO_VERDICT: "no verdict",
}

# Order and meaning as in Jacobson & Truax (1991); "harmed" is the mirror of "recovered".
CATEGORIES = ("recovered", "improved", "unchanged", "deteriorated", "harmed")
NO_CATEGORY = -1


def verdicts_from(*, better: ArrayLike, worse: ArrayLike, known: ArrayLike) -> CodeArray:
    """Codes from three yes/no arrays of shape (n,); unknown wins over both.

    >>> verdicts_from(better=[True, False], worse=[False, False], known=[True, False])
    array([ 1, -2], dtype=int8)
    """
    codes = np.where(better, IMPROVED, np.where(worse, DETERIORATED, UNCHANGED))
    return np.where(known, codes, NO_VERDICT).astype(np.int8)


def verdict_words(codes: ArrayLike) -> NDArray[Any]:
    """The verdicts as text, shape (n,).

    >>> verdict_words([1, -2]).tolist()
    ['reliably improved', 'no verdict']
    """
    words = np.array([VERDICT_WORDS[code] for code in range(NO_VERDICT, IMPROVED + 1)])
    return words[np.asarray(codes, dtype=np.int64) - NO_VERDICT]


def category_words(codes: ArrayLike) -> NDArray[Any]:
    """The categories as text, shape (n,); empty text where there is none.

    >>> category_words([0, 4, -1]).tolist()
    ['recovered', 'harmed', '']
    """
    return np.array([*CATEGORIES, ""])[np.asarray(codes, dtype=np.int64)]


def count_verdicts(codes: CodeArray) -> dict[str, int]:
    """How many clients have each verdict.

    >>> count_verdicts(np.array([1, 1, -1], dtype=np.int8))["reliably improved"]
    2
    """
    return {word: int(np.sum(codes == code)) for code, word in VERDICT_WORDS.items()}


def count_categories(codes: CodeArray) -> dict[str, int]:
    """How many clients fall in each category.

    >>> count_categories(np.array([0, 2, 2, -1], dtype=np.int8))["unchanged"]
    2
    """
    return {name: int(np.sum(codes == code)) for code, name in enumerate(CATEGORIES)}
