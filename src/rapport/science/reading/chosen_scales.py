"""Which scale tells of the relationship, which of the outcome, and what is not known of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapport.science.errors import BadInputError
from rapport.science.reading.settings import ReadingSettings
from rapport.science.records.scales import Role, Scale


@dataclass(frozen=True, kw_only=True)
class ChosenScales:
    """The scales of a table by role, the one to read first standing first."""

    alliance: tuple[Scale, ...]
    outcome: tuple[Scale, ...]
    others: tuple[Scale, ...]
    warnings: tuple[str, ...]

    def all(self) -> dict[str, Scale]:
        """Every scale by name."""
        return {s.name: s for s in (*self.alliance, *self.outcome, *self.others)}


def choose_scales(
    *, names: Sequence[str], known: Mapping[str, Scale], settings: ReadingSettings
) -> ChosenScales:
    """Give every scale of a table its role and direction, or refuse with a remedy.

    A scale named by a flag takes the flag's role. A scale with a role and no direction is taken
    as "higher is better" for the alliance and "lower is better" for an outcome, and that is said.
    A scale with neither is refused: nothing is guessed.

    Raises:
        BadInputError: a flag names a scale the table doesn't have, or nothing is known of a scale.

    >>> chosen = choose_scales(names=["mood"], known={}, settings=ReadingSettings(outcome="mood"))
    >>> chosen.outcome[0].higher_is_better
    False
    """
    _check_flags(names, settings)
    warnings: list[str] = []
    for name in names:
        remedy = why_unknown(name=name, known=known, settings=settings)
        if remedy is not None:
            raise BadInputError(
                f"scale {name}: neither its direction nor its role is known; {remedy}"
            )
    scales = [_described(n, _known(n, known), _flag_role(n, settings), warnings) for n in names]
    return ChosenScales(
        alliance=_in_order(scales, "alliance", settings.alliance),
        outcome=_in_order(scales, "outcome", settings.outcome),
        others=tuple(s for s in scales if s.role is None),
        warnings=tuple(warnings),
    )


def why_unknown(*, name: str, known: Mapping[str, Scale], settings: ReadingSettings) -> str | None:
    """What to do about a scale of which neither direction nor role is known; None: it is known.

    >>> why_unknown(name="mood", known={}, settings=ReadingSettings(outcome="mood")) is None
    True
    """
    scale = _known(name, known)
    if _flag_role(name, settings) is not None:
        return None
    if scale is not None and (scale.higher_is_better is not None or scale.role is not None):
        return None
    return (
        f"describe it in scales.toml ([scales.{name}] role, higher_is_better), "
        f"or say --alliance {name} or --outcome {name}"
    )


def _known(name: str, known: Mapping[str, Scale]) -> Scale | None:
    """What is known of a scale, however it is written: PHQ-9 is phq-9."""
    if name in known:
        return known[name]
    return next((s for n, s in known.items() if n.casefold() == name.casefold()), None)


def _check_flags(names: Sequence[str], settings: ReadingSettings) -> None:
    for flag, name in (("--alliance", settings.alliance), ("--outcome", settings.outcome)):
        if name is not None and name not in names:
            raise BadInputError(
                f"{flag} {name}: the table has no such scale; it has {', '.join(names)}"
            )
    if settings.alliance is not None and settings.alliance == settings.outcome:
        raise BadInputError(f"scale {settings.alliance} can't be alliance and outcome; choose one")


def _flag_role(name: str, settings: ReadingSettings) -> Role | None:
    if name == settings.alliance:
        return "alliance"
    return "outcome" if name == settings.outcome else None


def _described(name: str, known: Scale | None, role: Role | None, warnings: list[str]) -> Scale:
    scale = known or Scale(name=name)
    scale = replace(scale, name=name, role=role or scale.role)
    if scale.higher_is_better is None:
        scale = replace(scale, higher_is_better=scale.role == "alliance")
        better = "higher" if scale.higher_is_better else "lower"
        warnings.append(f"scale {name}: direction not stated; read as {better} is better")
    if scale.minimum is None or scale.maximum is None:
        warnings.append(
            f"scale {name}: range not stated; read as it is, without a verdict on its ends"
        )
    return scale


def _in_order(scales: list[Scale], role: Role, first: str | None) -> tuple[Scale, ...]:
    chosen = [s for s in scales if s.role == role]
    return tuple(sorted(chosen, key=lambda s: s.name != first))
