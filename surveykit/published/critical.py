"""Chi-square quantiles between two fractions, so that a printed p is compared with a table exactly.

Of a whole number of degrees of freedom the tail of chi-square is a finite sum (Abramowitz and Stegun
1964, 26.4.4 and 26.4.5). It falls strictly, so that p lies in a window exactly when chi-square lies in
the window of the quantiles. These are found in decimal arithmetic with more digits than are needed, and
kept only between two fractions at which the tail is on different sides of p, by far more than its error:
a wrong digit in the search makes the two fractions wider or fails, never wrong.
"""

from __future__ import annotations

import functools
import math
from decimal import Context, Decimal, localcontext
from fractions import Fraction

from surveykit.errors import SurveyKitError

__all__ = ["chi2_tail", "quantile"]

DIGITS = 60
"""Digits of the tail beyond those that its smallness takes."""


@functools.lru_cache(maxsize=64)
def _pi(digits: int) -> Decimal:
    """Return pi to so many digits, by Machin's formula in whole numbers."""
    unit = 10 ** (digits + 10)

    def arctan_of_inverse(m: int) -> int:
        power = unit // m
        total, k, sign = power, 1, -1
        while power:
            power //= m * m
            k += 2
            total += sign * (power // k)
            sign = -sign
        return int(total)

    with localcontext(Context(prec=digits + 10)):
        return Decimal(4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239))) / Decimal(unit)


def chi2_tail(x: Fraction, df: int) -> Decimal:
    """Return the probability that chi-square is above `x`, to 50 significant digits.

    Every term of the sums is positive. For odd `df` one number is subtracted from 1, which costs as
    many digits as the tail has zeros behind the point: they are added beforehand.

    Examples
    --------
    >>> f"{chi2_tail(Fraction(384145882069412, 10**14), 1):.12f}"
    '0.050000000000'
    """
    half = x / 2
    lost = int(half * 44 / 100) + 5  # a tail of e**-half has half / ln(10) zeros
    with localcontext(Context(prec=DIGITS + 2 * lost)) as context:
        h = Decimal(half.numerator) / Decimal(half.denominator)
        if df % 2 == 0:
            term = total = Decimal(1)
            for j in range(1, df // 2):
                term = term * h / j
                total += term
            return (-h).exp() * total
        term = 2 * h.sqrt() / _pi(context.prec).sqrt()  # h**(1/2) / gamma(3/2)
        total, series, k = Decimal(0), term, term
        for j in range(1, df // 2 + 1):
            total += term
            term = term * h / (Decimal(j) + Decimal("0.5"))
        n = 0
        small = Decimal(10) ** -(context.prec + 5)
        while k > small * series or n < h:
            n += 1
            k = k * h / (Decimal(n) + Decimal("0.5"))
            series += k
        below = (-h).exp() * series  # erf of the root of h
        return 1 - below + (-h).exp() * total


@functools.lru_cache(maxsize=4096)
def quantile(p: Fraction, df: int) -> tuple[Fraction, Fraction]:
    """Return two fractions, less than 1e-12 apart, between which the tail of chi-square is `p`.

    Parameters
    ----------
    p : Fraction
        Above 0 and below 1.
    df : int

    Examples
    --------
    >>> low, high = quantile(Fraction(1, 20), 1)
    >>> f"{float(low):.9f}", high - low < Fraction(1, 10**12)
    ('3.841458821', True)
    """
    from scipy.special import chdtri

    x = Fraction(float(chdtri(df, float(p))))
    wanted = Decimal(p.numerator) / Decimal(p.denominator)
    for _ in range(3):  # Newton's steps
        density = math.exp((df / 2 - 1) * math.log(x / 2) - float(x) / 2 - math.lgamma(df / 2)) / 2
        off = Fraction(chi2_tail(x, df) - wanted) / Fraction(density)
        x = max(x + off, x / 2).limit_denominator(10**30)
    for reach in (Fraction(1, 10**14), Fraction(1, 10**10), Fraction(1, 10**6)):
        step = reach * (1 + x)
        ends = max(Fraction(0), x - step), x + step
        margin = wanted * Decimal("1e-25")
        low = ends[0] == 0 or chi2_tail(ends[0], df) > wanted + margin
        if low and chi2_tail(ends[1], df) < wanted - margin:
            return ends
    raise SurveyKitError(f"no quantile of chi-square at p = {float(p):g} with {df} df.")
