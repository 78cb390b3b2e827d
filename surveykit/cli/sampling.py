"""The design that options describe: roles of columns, beside or in place of the codebook's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from surveykit.cli import options as opt
from surveykit.cli.groups import Sample
from surveykit.cli.talk import remark
from surveykit.errors import UsageError

if TYPE_CHECKING:
    from surveykit.codebook import Design

__all__ = ["designed", "roles_of"]

_UNITS: Final = {"strata": "--strata", "psu": "--psu", "fpc": "--fpc"}
_REPLICATES: Final = {
    "kind": "--rep-type", "rho": "--rho", "scale": "--scale", "rscales": "--rscales",
    "mse": "--mse", "combined": "--combined-weights",
}  # fmt: skip
_NONE: Final[dict[str, Any]] = {
    "strata": None, "psu": (), "fpc": (), "repweights": (), "kind": None, "rho": None,
    "scale": None, "rscales": (), "mse": False, "combined": True,
}  # fmt: skip


def roles_of(sample: Sample) -> dict[str, Any]:
    """Return the roles given as options, by their names in `Design`.

    Examples
    --------
    >>> roles_of(Sample(weight="w", psu=["school"]))
    {'weight': 'w', 'psu': ['school']}
    """
    roles: dict[str, Any] = {
        "weight": sample.weight,
        "strata": sample.strata,
        "psu": sample.psu,
        "fpc": sample.fpc,
        "lonely_psu": sample.lonely_psu,
        "repweights": _columns(sample.repweights or ()),
        "kind": sample.rep_type.value if sample.rep_type else None,
        "rho": sample.rho,
        "scale": sample.scale,
        "rscales": _numbers(sample.rscales or ()),
        "mse": sample.mse,
        "combined": sample.combined_weights,
    }
    return {name: role for name, role in roles.items() if role not in (None, (), [])}


def designed(design: Design, roles: dict[str, Any]) -> Design:
    """Return the design with the roles in it; those that they exclude are set aside, and told.

    Raises
    ------
    UsageError
        For options that exclude each other or lack one another.
    """
    _check(design, roles)
    others = _UNITS if "repweights" in roles else _REPLICATES | {"repweights": "replicate weights"}
    exclusive = any(name in roles for name in ("repweights", *_UNITS))
    left = [n for n in others if exclusive and getattr(design, n) != _NONE[n] and n not in roles]
    if left:
        remark([f"set aside from the codebook's design: {', '.join(left)}."])
    return replace(design, **{name: _NONE[name] for name in left}, **roles)


def _check(design: Design, roles: dict[str, Any]) -> None:
    units = [option for name, option in _UNITS.items() if name in roles]
    ways = [option for name, option in _REPLICATES.items() if name in roles]
    if "repweights" not in roles:
        if ways and (units or not design.replicated):
            raise UsageError(
                f"{_and(ways)} belong to replicate weights, and there are none.",
                hint="name their columns: --repweights 'rep*'.",
            )
        return
    if units:
        raise UsageError(
            f"--repweights takes the place of {_and(units)}; both are given.",
            hint="keep one: replicates contain what strata and clusters say.",
        )
    if "weight" not in roles and design.weight is None:
        raise UsageError(
            "--repweights needs the weight as well.",
            hint="--weight names the column of the full sample's weights.",
        )
    if "kind" not in roles and design.kind is None:
        raise UsageError(
            "--repweights needs --rep-type: how the replicates were made.",
            hint=f"one of {', '.join(t.value for t in opt.RepType)}; "
            "the documentation of the data says which.",
        )


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _columns(given: Sequence[str]) -> tuple[str, ...]:
    """Return the names of `a,b` and of options given again."""
    return tuple(part.strip() for text in given for part in text.split(",") if part.strip())


def _numbers(given: Sequence[str]) -> tuple[float, ...]:
    """Return the numbers of `0.5,0.5`.

    Examples
    --------
    >>> _numbers(["0.5,0.25", "1"])
    (0.5, 0.25, 1.0)
    """
    parts = _columns(given)
    try:
        return tuple(float(part) for part in parts)
    except ValueError:
        wrong = next(p for p in parts if not _is_number(p))
        raise UsageError(
            f"--rscales are numbers; got {wrong!r}.", hint="--rscales 0.5,0.5,0.25, or one for all."
        ) from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
