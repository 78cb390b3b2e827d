"""Short names for headers: ``1、题干`` → ``q1``; Kobo's ``group/name`` → ``name``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["short_names"]

_QUESTION = re.compile(r"^(?P<number>[0-9]+)\s*(?:、|[.．](?![0-9]))\s*(?P<rest>.+)$", re.DOTALL)
_GROUPED = re.compile(r"^[A-Za-z_][\w.-]*(?:/[A-Za-z_][\w.-]*)+$", re.ASCII)
_KOBO = {"_uuid", "_submission_time", "_id", "_index", "meta/instanceID", "formhub/uuid"}
_ROW = re.compile(r"(?:—|–|--)\s*(?P<row>[0-9]+)\s*(?:、|[.．](?![0-9]))")


def short_names(headers: Sequence[str]) -> list[str]:
    """Return ``q<number>`` for numbered headers, ``q4_1`` for the rows of a matrix.

    Columns that share a number without being numbered rows are counted: ``q5_1``, ``q5_2``.
    Kobo's group prefixes go. A name that a column has already is not given to another one.

    Examples
    --------
    >>> short_names(["序号", "1、性别", "2.年龄", "4、满意度—1.环境", "4、满意度—2.服务", "5、选(A)", "5、选(B)"])
    ['序号', 'q1', 'q2', 'q4_1', 'q4_2', 'q5_1', 'q5_2']
    >>> short_names(["person/sex", "person/age", "likes", "likes/tea", "_uuid"])
    ['sex', 'age', 'likes', 'likes/tea', '_uuid']
    """
    inner = _without_groups(headers)
    wanted = [_wanted(h) or inner.get(h, "") for h in headers]
    shared = Counter(w for w in wanted if w)
    seen: Counter[str] = Counter()
    names = []
    for header, name in zip(headers, wanted, strict=True):
        if name and shared[name] > 1:
            seen[name] += 1
            name = f"{name}_{seen[name]}"
        names.append(name or header)
    taken = Counter(names)
    return [n if taken[n] == 1 else h for n, h in zip(names, headers, strict=True)]


def _wanted(header: str) -> str:
    match = _QUESTION.match(header)
    if not match:
        return ""
    row = _ROW.search(match["rest"])
    return f"q{match['number']}_{row['row']}" if row else f"q{match['number']}"


def _without_groups(headers: Sequence[str]) -> dict[str, str]:
    """Return ``group/name`` → ``name`` where headers are Kobo's, and no two names collide.

    They are Kobo's when its own columns stand beside them, or when one group holds several.
    ``likes/apples`` beside a column ``likes`` is an option of a multiple choice and stays.
    """
    parts = {h: h.rpartition("/")[::2] for h in headers if _GROUPED.match(h)}
    parts = {h: (g, n) for h, (g, n) in parts.items() if g not in headers}
    groups = Counter(group for group, _ in parts.values())
    if not _KOBO.intersection(headers) and max(groups.values(), default=0) < 2:
        return {}
    names = Counter([*(n for _, n in parts.values()), *(h for h in headers if h not in parts)])
    return {h: n for h, (_, n) in parts.items() if names[n] == 1}


def question_text(header: str) -> str:
    """Return the header without its number.

    Examples
    --------
    >>> question_text("1、您的性别"), question_text("age")
    ('您的性别', 'age')
    """
    match = _QUESTION.match(header)
    return match["rest"] if match else header
