"""Search that finds Chinese: a run of Chinese characters is indexed, and asked for, in pairs."""

from __future__ import annotations

import re
from typing import Any

from sphinx.search.en import SearchEnglish

_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")
_SPLITTER = """
function splitQuery(query) {
  const words = [];
  for (const [run] of query.matchAll(/[\\u3400-\\u9fff]+|[^\\s\\u3400-\\u9fff\\p{P}\\p{S}]+/gu)) {
    if (run.length > 2 && /[\\u3400-\\u9fff]/.test(run)) {
      for (let i = 0; i + 1 < run.length; i++) words.push(run.slice(i, i + 2));
    } else words.push(run);
  }
  return words;
}
"""


class SearchBoth(SearchEnglish):
    """English words, and pairs of Chinese characters."""

    js_splitter_code = _SPLITTER

    def split(self, input: str) -> list[str]:
        """Return words, and pairs of neighbouring Chinese characters."""
        found = []
        for run in _RUN.findall(input):
            if "\u3400" <= run[0] <= "\u9fff" and len(run) > 2:
                found += [run[i : i + 2] for i in range(len(run) - 1)]
            else:
                found.append(run)
        return found


def setup(app: Any) -> dict[str, Any]:
    """Take the place of the English splitter."""
    app.add_search_language(SearchBoth)
    return {"parallel_read_safe": True}
