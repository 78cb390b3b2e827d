"""Response rates of the AAPOR Standard Definitions, from final dispositions.

Source: American Association for Public Opinion Research, *Standard Definitions: Final
Dispositions of Case Codes and Outcome Rates for Surveys* (9th edition 2016; 10th edition 2023).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AaporRates", "aapor_rates"]


@dataclass(frozen=True, slots=True)
class AaporRates:
    """Outcome rates, as fractions; None where the cases do not allow one.

    Attributes
    ----------
    rr1 : float
        Minimum response rate: complete / all that may be eligible.
    rr2 : float
        The same, partial interviews counted as respondents.
    rr3, rr4 : float or None
        With the share `e` of the cases of unknown eligibility taken as eligible.
    rr5, rr6 : float or None
        Maximum response rates: none of the unknown cases is eligible.
    coop1, ref1, con1 : float or None
        Minimum cooperation, refusal and contact rate.
    """

    rr1: float | None
    rr2: float | None
    rr3: float | None
    rr4: float | None
    rr5: float | None
    rr6: float | None
    coop1: float | None
    ref1: float | None
    con1: float | None


def aapor_rates(
    complete: int,
    partial: int = 0,
    refusal: int = 0,
    noncontact: int = 0,
    other: int = 0,
    unknown: int = 0,
    e: float | None = None,
) -> AaporRates:
    """Compute outcome rates from final dispositions.

    Parameters
    ----------
    complete, partial : int
        I, P: interviews.
    refusal, noncontact, other : int
        R, NC, O: eligible, no interview. Break-offs are refusals.
    unknown : int
        UH + UO: unknown whether eligible. Cases known not to be eligible belong to no rate.
    e : float, optional
        Share of the unknown cases that are taken to be eligible, for RR3 and RR4.

    Returns
    -------
    AaporRates

    Examples
    --------
    >>> rates = aapor_rates(300, 20, 50, 20, 5, 105)
    >>> rates.rr1, rates.rr2, round(rates.rr5, 4)
    (0.6, 0.64, 0.7595)
    """
    interviews = complete + partial
    eligible = interviews + refusal + noncontact + other
    everyone = eligible + unknown
    estimated = None if e is None else eligible + e * unknown
    contacted = interviews + refusal + other
    return AaporRates(
        rr1=_share(complete, everyone),
        rr2=_share(interviews, everyone),
        rr3=_share(complete, estimated),
        rr4=_share(interviews, estimated),
        rr5=_share(complete, eligible),
        rr6=_share(interviews, eligible),
        coop1=_share(complete, contacted),
        ref1=_share(refusal, everyone),
        con1=_share(contacted, everyone),
    )


def _share(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None
