"""Does an instrument agree with itself? And may this file fill that skeleton?"""

from collections import Counter
from collections.abc import Iterator

from rapport.science.scoring.instrument import Instrument, step_of
from rapport.science.scoring.parts import AnswerSet, Item, ScoreRule


def faults_of(*, instrument: Instrument) -> list[str]:
    """Every way in which the parts contradict each other; empty if there is none.

    Each fault says where, what, and what to do. Item ids, answer sets, score ranges (worked out
    anew from the items), prorating, bands, cut-offs, safety thresholds are checked.

    Args:
        instrument: as `rapport.science.scoring.read.read_instrument` returns it.
    """
    found = [
        *_twice(instrument),
        *_answer_faults(instrument),
        *(fault for rule in instrument.scores for fault in _score_faults(instrument, rule)),
        *_reference_faults(instrument),
    ]
    return [f"{instrument.id}: {fault}" for fault in found]


def _twice(instrument: Instrument) -> Iterator[str]:
    items = Counter(item.id for item in (*instrument.items, *instrument.extra_items))
    scores = Counter(rule.id for rule in instrument.scores)
    for what, counts in (("item", items), ("score", scores)):
        yield from (f"{what} {i}: given {n} times; keep one" for i, n in counts.items() if n > 1)
    if not items:
        yield "no items; add at least one [[items]]"
    if not scores:
        yield 'no scores; add [[scores]], with method = "none" if nothing is computed'


def _answer_faults(instrument: Instrument) -> Iterator[str]:
    for name, answers in instrument.answers.items():
        values = [option.value for option in answers.options]
        if answers.kind == "choice" and len(values) < 2:
            yield f"answers {name}: fewer than two options; list them"
        if len(set(values)) < len(values):
            yield f"answers {name}: a value stands twice; give each option its own"
    for item in (*instrument.items, *instrument.extra_items):
        yield from _item_faults(instrument, item)


def _item_faults(instrument: Instrument, item: Item) -> Iterator[str]:
    if item.answers is not None and item.answers not in instrument.answers:
        yield f"item {item.id}: no answers named {item.answers!r}; add [answers.{item.answers}]"
        return
    answers = instrument.answers_of(item)
    if item.reverse and answers and None in (answers.minimum, answers.maximum):
        yield f"item {item.id}: reversed without both ends; give minimum and maximum"
    for rule in (item.safety, item.direct_answer):
        if rule and answers and not answers.allows(rule.threshold):
            yield f"item {item.id}: threshold {rule.threshold:g} is no answer; correct it"


def _score_faults(instrument: Instrument, rule: ScoreRule) -> Iterator[str]:
    where = f"score {rule.id}"
    known = {item.id for item in instrument.items}
    for item in rule.items:
        if item not in known:
            yield f"{where}: no item {item!r}; correct the id"
    if len(set(rule.items)) < len(rule.items):
        yield f"{where}: an item stands twice; keep one"
    yield from (f"{where}: {fault}" for fault in _method_faults(instrument, rule))
    if set(rule.items) <= known:
        yield from (f"{where}: {fault}" for fault in _range_faults(instrument, rule))


def _method_faults(instrument: Instrument, rule: ScoreRule) -> Iterator[str]:
    if rule.method == "none":
        if not rule.why:
            yield "method none needs a reason; add why"
    elif rule.method == "subscales":
        yield from _subscale_faults(instrument, rule)
    elif not rule.items:
        yield f"method {rule.method} needs items; list their ids"
    if rule.factor != 1 and not rule.method.startswith("scaled"):
        yield f"a factor needs method 'scaled {rule.method}'"
    if not 0 < rule.needed <= len(rule.items) and rule.items:
        yield f"minimum_answered must be 1 to {len(rule.items)}, not {rule.needed}"
    if rule.conversion and rule.needed < len(rule.items):
        yield "a conversion table needs all items; leave minimum_answered out"


def _subscale_faults(instrument: Instrument, rule: ScoreRule) -> Iterator[str]:
    before = [r.id for r in instrument.scores[: instrument.scores.index(rule)]]
    for part in rule.parts:
        if part not in before:
            yield f"part {part!r} is no score listed before it; correct it"
    if not rule.parts or rule.combine is None:
        yield "method subscales needs parts and combine (sum or mean)"


def _range_faults(instrument: Instrument, rule: ScoreRule) -> Iterator[str]:
    found = range_of(instrument=instrument, rule=rule)
    if found is None or rule.conversion:
        yield from _conversion_faults(instrument, rule)
        return
    said = (rule.minimum, rule.maximum)
    if rule.minimum is not None and rule.maximum is not None and found != said:
        yield (
            f"its items give {found[0]:g} to {found[1]:g}, but it says {rule.minimum:g} to "
            f"{rule.maximum:g}; correct the range or the items"
        )


def range_of(*, instrument: Instrument, rule: ScoreRule) -> tuple[float, float] | None:
    """The lowest and highest possible score, worked out from the answers; None if not known."""
    if rule.method not in ("sum", "mean", "scaled sum", "scaled mean") or not rule.items:
        return None
    sets = [instrument.answers_of(instrument.item(item)) for item in rule.items]
    low = _sum_of_ends([a.minimum if a else None for a in sets])
    high = _sum_of_ends([a.maximum if a else None for a in sets])
    if low is None or high is None:
        return None
    scale = rule.factor / (len(rule.items) if rule.method.endswith("mean") else 1)
    return low * scale, high * scale


def _sum_of_ends(ends: list[float | None]) -> float | None:
    known = [end for end in ends if end is not None]
    return sum(known) if len(known) == len(ends) else None


def _conversion_faults(instrument: Instrument, rule: ScoreRule) -> Iterator[str]:
    found = range_of(instrument=instrument, rule=rule)
    if not rule.conversion or found is None:
        return
    raw = [pair[0] for pair in rule.conversion]
    step = step_of(instrument, _without_conversion(rule)) or 1.0
    wanted = round((found[1] - found[0]) / step) + 1
    if len(set(raw)) != wanted or (min(raw), max(raw)) != found:
        yield f"conversion must list each of the {wanted} scores {found[0]:g} to {found[1]:g} once"


def _without_conversion(rule: ScoreRule) -> ScoreRule:
    return ScoreRule(id=rule.id, method=rule.method, items=rule.items, factor=rule.factor)


def _reference_faults(instrument: Instrument) -> Iterator[str]:
    rules = {rule.id: rule for rule in instrument.scores}
    named = [(b.label, b.score) for b in instrument.bands]
    named += [(c.label, c.score) for c in instrument.cutoffs]
    for label, score in named:
        if score not in rules:
            yield f"{label!r}: no score {score!r}; correct the score it belongs to"
    for cutoff in instrument.cutoffs:
        rule = rules.get(cutoff.score)
        if rule and rule.minimum is not None and not _within(cutoff.value, rule):
            yield f"cut-off {cutoff.value:g}: outside the score's range"


def _within(value: float, rule: ScoreRule) -> bool:
    low = -float("inf") if rule.minimum is None else rule.minimum
    high = float("inf") if rule.maximum is None else rule.maximum
    return low <= value <= high


def same_answers(first: AnswerSet | None, second: AnswerSet | None) -> bool:
    """Whether two answer sets store the same numbers, whatever their words."""
    if first is None or second is None:
        return first is second
    numbers = [(a.kind, a.minimum, a.maximum, a.step, _values(a)) for a in (first, second)]
    return numbers[0] == numbers[1]


def _values(answers: AnswerSet) -> list[float]:
    return sorted(option.value for option in answers.options)
