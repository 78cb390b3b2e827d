"""Reports: what the page holds, what stands in the folder, and that it is all or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from surveykit import plots
from surveykit.errors import InputError, UsageError
from surveykit.estimate import Estimate, Estimates, Spec
from surveykit.report import FigurePart, Grid, Html, Report, TablePart, Text, check_formats
from surveykit.report.folder import write_all
from surveykit.tables import table


def estimates(share: float = 61.5) -> Estimates:
    rows = (
        Estimate("aware", "知道", "1", "", "", "", "percent", share, n=385),
        Estimate("aware", "知道", "1", "", "", "", "count", 237.0, n=385),
        Estimate("aware", "<不知道>", "2", "", "", "", "percent", 100 - share, n=385),
        Estimate("aware", "<不知道>", "2", "", "", "", "count", 148.0, n=385),
    )
    return Estimates(rows, Spec("freq", ("aware",), questions={"aware": "知晓"}))


def report(**changes: object) -> Report:
    parts = (
        Text(body="A <b>notice</b>.", kind="notice"),
        Text("First & foremost", "One.\n\n- a\n- b <i>\n\nTwo."),
        TablePart("one", table(estimates(), title="Awareness")),
        FigurePart("bars", lambda: plots.bars(estimates(), title="Bars")),
        Text("Inside", "Text.", level=3),
        Grid("Versions", ("what", "n"), (("group",), ("numpy <2", "1")), "sn"),
        Text("Second"),
        Grid("More", ("what",), (("x",),), folded=True),
        TablePart("two", table(estimates(), title="Table 9. Own"), numbered="own"),
        TablePart("three", table(estimates(), title="Again")),
        Html('<style>.mine { color: red }</style><h3 id="own">Ready <b>made</b></h3>'),
    )
    made: dict[str, object] = {"title": "A & B", "parts": parts, "lang": "en"}
    return Report(**(made | changes))  # type: ignore[arg-type]


def failing() -> object:
    raise RuntimeError("cannot be drawn")


def everything(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


class Page(HTMLParser):
    """What a reader's program sees of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.stack: list[str] = []
        self.feed(text)
        assert self.stack == [], "elements left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br", "link"):
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def values(self, name: str) -> list[str]:
        return [v for _, attrs in self.tags if (v := attrs.get(name)) is not None]

    def count(self, tag: str) -> int:
        return sum(t == tag for t, _ in self.tags)


# ---------------------------------------------------------------- the page
def test_the_page_is_whole_and_needs_nothing_else() -> None:
    text = report().to_html()
    page = Page(text)
    assert page.tags[0] == ("html", {"lang": "en"})
    assert [page.count(t) for t in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    loaded = page.values("src") + re.findall(r"url\(([^)]*)\)", text) + page.values("srcset")
    assert [u for u in loaded if not u.startswith("data:")] == []
    assert page.count("script") == page.count("link") == 0
    assert "http://" not in re.sub(r"data:[^\"]*", "", text)


def test_anchors_of_the_contents_lead_somewhere() -> None:
    page = Page(report().to_html())
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {h[1:] for h in page.values("href")} <= set(ids)
    assert {"table-one", "figure-bars", "own"} <= {h[1:] for h in page.values("href")}


def test_text_is_escaped_and_markup_is_not() -> None:
    text = report().to_html()
    assert "A &lt;b&gt;notice&lt;/b&gt;." in text
    assert "<li>b &lt;i&gt;</li>" in text
    assert "First &amp; foremost" in text
    assert "numpy &lt;2" in text
    assert '<h3 id="own">Ready <b>made</b></h3>' in text


def test_styles_stand_once_in_the_head() -> None:
    text = report().to_html()
    head = text[: text.index("</head>")]
    assert text.count("<style") == 1
    assert head.count(".sk-table{") == 1
    assert ".mine { color: red }" in head


def test_tables_and_figures_are_numbered_where_they_ask() -> None:
    text = report().to_html()
    for title in ("Table 1. Awareness", "Table 9. Own", "Table 2. Again", "Figure 1. Bars"):
        assert title in text
    zh = report(lang="zh").to_html()
    assert "表 2　Again" in zh
    assert '<html lang="zh-CN">' in zh


def test_a_figure_says_what_it_shows() -> None:
    page = Page(report().to_html())
    (image,) = [attrs for tag, attrs in page.tags if tag == "img"]
    assert "61.5" in (image["alt"] or "")
    assert (image["src"] or "").startswith("data:image/svg+xml;base64,")
    own = report(parts=(FigurePart("a", lambda: plots.bars(estimates()), alt="In words."),))
    assert 'alt="In words."' in own.to_html()


def test_a_report_is_not_changed_by_building(tmp_path: Path) -> None:
    made = report()
    before = made.parts[2]
    made.build(tmp_path)
    assert made.parts[2] is before
    assert isinstance(before, TablePart)
    assert before.table.title == "Awareness"


# ---------------------------------------------------------------- the folder
def test_everything_stands_in_the_folder(tmp_path: Path) -> None:
    made = report(files={"comparison.csv": "村\n1\n", "raw.bin": b"\x00"}, seed=7)
    written = made.build(tmp_path / "new" / "out")
    folder = tmp_path / "new" / "out"
    names = [p.relative_to(folder).as_posix() for p in written]
    expected = {"report.html", "manifest.json", "comparison.csv", "raw.bin"}
    expected |= {f"tables/{n}.{e}" for n in ("one", "two", "three") for e in ("html", "md", "xlsx")}
    expected |= {"figures/bars.png", "figures/bars.svg"}
    assert set(names) == expected == set(everything(folder))
    assert (folder / "comparison.csv").read_text(encoding="utf-8") == "村\n1\n"
    sheet = openpyxl.load_workbook(folder / "tables" / "one.xlsx").active
    assert "Table 1. Awareness" in [c.value for row in sheet.iter_rows() for c in row]
    assert "Table 1. Awareness" in (folder / "tables" / "one.md").read_text(encoding="utf-8")
    assert Page((folder / "tables" / "one.html").read_text(encoding="utf-8")).count("table") == 1


def test_the_manifest_tells_the_truth(tmp_path: Path) -> None:
    report(seed=7, inputs={"a.csv": "00ff"}).build(tmp_path)
    text = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    files = everything(tmp_path)
    del files["manifest.json"]
    assert set(manifest["files"]) == set(files)
    for name, data in files.items():
        entry = manifest["files"][name]
        assert entry == {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    assert {"surveykit", "python", "numpy", "pandas", "scipy", "matplotlib"} <= set(
        manifest["versions"]
    )
    assert (manifest["seed"], manifest["inputs"]) == (7, {"a.csv": "00ff"})
    assert str(tmp_path) not in text
    assert text == json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@pytest.mark.parametrize(
    ("formats", "there", "absent"),
    [
        ("html", ".md", ".xlsx"),
        (("xlsx",), ".xlsx", ".html"),
    ],
)
def test_formats(tmp_path: Path, formats: str, there: str, absent: str) -> None:
    report().build(tmp_path, formats)
    suffixes = {p.suffix for p in tmp_path.rglob("*")}
    assert there in suffixes
    assert absent not in suffixes
    assert {".png", ".svg"} <= suffixes


def test_what_an_earlier_build_left_goes_unless_it_was_changed(tmp_path: Path) -> None:
    report().build(tmp_path)
    (tmp_path / "tables" / "two.xlsx").write_bytes(b"mine now")
    (tmp_path / "notes.txt").write_text("mine")
    report().build(tmp_path, "html")
    left = {p.name for p in tmp_path.rglob("*") if p.suffix in (".xlsx", ".txt")}
    assert left == {"two.xlsx", "notes.txt"}


def test_a_manifest_cannot_make_a_build_delete_elsewhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"x")
    out = tmp_path / "out"
    out.mkdir()
    entry = {"sha256": hashlib.sha256(b"x").hexdigest(), "size": 1}
    listed = {"files": {"../outside.txt": entry, str(outside): entry}}
    (out / "manifest.json").write_text(json.dumps(listed))
    report().build(out, "html")
    assert outside.exists()


@pytest.mark.parametrize("content", ["", "[]", '{"files": 3}', '{"files": {"a": 1}}', "\x00"])
def test_a_strange_manifest_is_written_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    report().build(tmp_path, "html")
    assert json.loads((tmp_path / "manifest.json").read_bytes())["surveykit"] == "manifest/1"


# ---------------------------------------------------------------- all or nothing
def test_nothing_is_left_when_a_figure_fails(tmp_path: Path) -> None:
    broken = report(parts=(*report().parts, FigurePart("bad", failing)))  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="cannot be drawn"):
        broken.build(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("formats", "error", "said"),
    [
        ("html,doc", UsageError, "did you mean 'docx'"),
        ("htlm", UsageError, "did you mean 'html'"),
        ((), UsageError, "no format"),
        ("", UsageError, "unknown format ''"),
    ],
)
def test_a_wrong_format_stops_before_anything(
    tmp_path: Path, formats: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        report().build(tmp_path / "out", formats)
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InputError, match="cannot be written"):
        report().build(tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(InputError, match=r"cannot be written.*Hint"):
        report().build(tmp_path)
    assert [p.name for p in tmp_path.rglob("*")] == ["report.html"]


@pytest.mark.parametrize("fails_at", [0, 1, 2])
def test_a_failure_halfway_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    (tmp_path / "b.txt").write_bytes(b"old")
    left = iter(range(fails_at))
    real: Callable[[Path, Path], None] = os.replace

    def replace(source: Path, target: Path) -> None:
        if source.suffix == ".new" and next(left, None) is None:
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    contents = {"x/a.txt": b"1", "b.txt": b"new", "c.txt": b"3"}
    with pytest.raises(InputError, match="No space left"):
        write_all(tmp_path, contents)
    assert everything(tmp_path) == {"b.txt": b"old"}
    assert [p.name for p in tmp_path.iterdir()] == ["b.txt"]


@pytest.mark.parametrize("name", ["../a.txt", "/a.txt", "a/../../b", "a\\b"])
def test_no_file_leaves_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="outside"):
        write_all(tmp_path / "out", {name: b"1"})
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- parts
def test_parts_say_what_is_wrong_with_them() -> None:
    with pytest.raises(UsageError, match="cannot name a file"):
        TablePart("../evil", table(estimates()))
    with pytest.raises(UsageError, match="does not fit"):
        Grid("Versions", ("a", "b", "c"), (("1", "2"),))
    twice = (TablePart("a", table(estimates())), TablePart("a", table(estimates())))
    with pytest.raises(UsageError, match="called 'a'"):
        Report("x", twice).to_html()


def test_formats_are_named_once() -> None:
    assert check_formats(["HTML", "xlsx", "html"]) == ("html", "xlsx")


# ---------------------------------------------------------------- the same bytes
_BUILD = """
import sys
from pathlib import Path
folder, tests = map(Path, sys.argv[1:])
sys.path.insert(0, str(tests))
import surveykit as sk
import test_report_refs
from surveykit.report.audit_view import audit_html
from test_cli import PUBLISHED
from test_report import report
report(files={"a.csv": "1"}, inputs={"b": "2", "a": "1"}, seed=1).build(folder / "plain")
body = "{table:first}, {table:second}, {figure:chart}"
made = test_report_refs.report(body)  # cross-references and methods
made.build(folder / "whole", "html,docx,xlsx,pdf")
(folder / "p.yaml").write_text(PUBLISHED, encoding="utf-8")
audited = sk.audit(sk.load_published(folder / "p.yaml"))
(folder / "audit.html").write_text(audit_html(audited, "en"), encoding="utf-8")
found = sk.crosstab(test_report_refs.survey(), ["aware", "age"], ["group", "group*aware"], lang="en")
book = sk.tables.book(found)
for theme in ("three_line", "apa", "gbt", "booktabs", "plain"):
    book.to_docx(folder / f"{theme}.docx", theme=theme)
    book.to_pdf(folder / f"{theme}.pdf", theme=theme)
    book.to_xlsx(folder / f"{theme}.xlsx", theme=theme)
    (folder / f"{theme}.html").write_text(book.to_html(theme=theme), encoding="utf-8")
"""


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    """Every part and format of reports, every theme, the audit's page; only the hash seed differs."""
    pytest.importorskip("docx", reason="python-docx writes Word files")
    pytest.importorskip("typst", reason="typst writes PDF files")
    running = []
    for seed in ("0", "4242"):
        (tmp_path / seed).mkdir()
        command = [sys.executable, "-c", _BUILD, str(tmp_path / seed), str(Path(__file__).parent)]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC{seed[0]}"}
        running.append(subprocess.Popen(command, env=environment, cwd=Path(__file__).parent.parent))
    assert [process.wait() for process in running] == [0, 0]
    one, other = everything(tmp_path / "0"), everything(tmp_path / "4242")
    assert {Path(name).suffix for name in one} >= {
        ".html",
        ".docx",
        ".pdf",
        ".xlsx",
        ".svg",
        ".png",
    }
    assert [name for name in one | other if one.get(name) != other.get(name)] == []
