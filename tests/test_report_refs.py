"""Cross-references, the methods paragraph, and what a full disk leaves behind."""

from __future__ import annotations

import io
import os
import re
import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import surveykit as sk
from surveykit.codebook import Design
from surveykit.errors import UnknownNameError
from surveykit.estimate import Letters
from surveykit.report import FigurePart, Methods, Report, TablePart, Text, methods

ROOT = Path(__file__).resolve().parent.parent


def survey() -> sk.Survey:
    frame = pd.DataFrame(
        {
            "aware": ["y", "n", "y", "y"] * 15,
            "group": ["u", "u", "v"] * 20,
            "age": [str(20 + i % 7) for i in range(60)],
            "w": ["1.5", "0.5"] * 30,
            "psu": [str(i % 12) for i in range(60)],
        }
    )
    return sk.Survey(frame)


def report(body: str, lang: str = "en") -> Report:
    made = sk.crosstab(survey(), "aware", by="group", lang=lang)  # type: ignore[arg-type]
    return Report(
        "Pilot",
        (
            Text("Results", body),
            TablePart("first", sk.table(made), estimates=made),
            TablePart("second", sk.table(made)),
            FigurePart("chart", lambda: sk.plots.bars(made)),
            Methods(),
        ),
        lang=lang,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("lang", "table", "figure"), [("en", "Table 2", "Figure 1"), ("zh", "表 2", "图 1")])  # fmt: skip
def test_references_are_links_with_numbers(lang: str, table: str, figure: str) -> None:
    page = report("- See {table:second}; {figure:chart}.\n\nNot {{table:x}}.", lang).to_html()
    assert f'See <a href="#table-second">{table}</a>; <a href="#figure-chart">{figure}</a>.' in page
    assert "Not {table:x}." in page
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page


def test_an_unknown_reference_names_the_near_ones() -> None:
    with pytest.raises(UnknownNameError, match="'secnd'") as raised:
        report("See {table:secnd}.").to_html()
    assert "second" in str(raised.value)


def test_word_and_pdf_link_to_the_captions(tmp_path: Path) -> None:
    pytest.importorskip("docx")
    pytest.importorskip("typst")
    made = report("See {table:second}.\n\n- and {figure:chart}, {table:first}")
    made.build(tmp_path, "docx,pdf")
    data = (tmp_path / "report.docx").read_bytes()
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    anchors = re.findall(r'w:hyperlink w:anchor="(_Ref\w+)"', xml)
    assert len(set(anchors)) == 3
    for anchor in anchors:
        assert len(re.findall(f'w:bookmarkStart w:id="[0-9]+" w:name="{anchor}"', xml)) == 1
    ids = re.findall(r'w:bookmarkStart w:id="([0-9]+)"', xml)
    assert len(ids) == len(set(ids))
    pdf = (tmp_path / "report.pdf").read_bytes()
    made.build(tmp_path / "again", "docx,pdf")
    assert (tmp_path / "again/report.pdf").read_bytes() == pdf
    assert (tmp_path / "again/report.docx").read_bytes() == data


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_methods_say_what_was_done_and_nothing_else(lang: sk.text.Lang) -> None:
    simple = sk.crosstab(survey(), "aware", by="group", lang=lang)
    said = methods(simple, lang)
    assert "Wilson" in said
    assert "Cramér's V" in said
    assert "χ²" in said or "chi-square" in said
    assert f"surveykit {sk.__version__}" in said
    assert "Taylor" not in said
    assert "泰勒" not in said
    designed = survey().with_design(Design(weight="w", psu=("psu",)))
    said = methods(
        sk.crosstab(designed, "aware", by="group", letters=Letters("all", (0.05,), "holm"), lang=lang),
        lang,
    )  # fmt: skip
    for word in ("Rao–Scott", "logit", "Holm", "psu"):
        assert word in said
    assert ("Taylor" if lang == "en" else "泰勒") in said


def test_methods_name_the_domain_and_multiple_estimates() -> None:
    domain = survey().where("age >= 22")
    said = methods([sk.mean(domain, "age", by="group", lang="en"), sk.freq(domain, "aware", lang="en")], "en")  # fmt: skip
    assert "age >= 22" in said
    assert "analysis of variance" in said
    assert "t distribution" in said
    assert said.count("Respondents") <= 1


@pytest.mark.parametrize(
    "args",
    [
        ("tab", "r.csv", "aware", "--by", "group", "-o", "o.html"),
        ("tab", "r.csv", "aware", "-o", "o.xlsx"),
        ("book", "r.csv", "--banner", "group", "-o", "o.html"),
        ("codebook", "r.csv", "-o", "o.yaml"),
    ],
    ids=lambda a: " ".join(a),
)
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, args: tuple[str, ...]) -> None:
    survey().frame.to_csv(tmp_path / "r.csv", index=False)
    if args[0] != "codebook":
        (tmp_path / args[-1]).write_text("before")
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    done = subprocess.run(
        [sys.executable, "-m", "surveykit.cli", *args],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)),
    )
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if "cannot be written" in line]
    assert len(said) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def designed() -> sk.Survey:
    return survey().with_design(Design(weight="w", psu="psu"))


def test_methods_name_totals_ratios_quantiles_and_differences() -> None:
    plain, complex = survey(), designed()
    said = methods(
        [
            sk.total(plain, "age", lang="en"),
            sk.ratio(plain, "age", "w", lang="en"),
            sk.quantile(plain, "age", level=0.9, lang="en"),
            sk.difference(plain, "aware", "group", lang="en"),
        ],
        "en",
    )
    assert "95 % confidence intervals of totals and ratios use the t distribution." in said
    assert "90 % confidence intervals of quantiles are Woodruff's." in said
    assert "95 % confidence intervals of differences are Newcombe's." in said
    assert "compared with the reference by the z test of two proportions" in said
    assert "adjusted" not in said
    assert "Tests use" not in said
    said = methods(sk.difference(complex, "age", "group", measure="ratio", lang="en"), "en")
    assert "intervals of ratios of groups are from the t distribution" in said
    assert "by the design-based t test" in said
    said = methods(sk.difference(plain, "age", "group", lang="zh"), "zh")
    assert "差的 95% 置信区间用 t 分布。各组与参照组比较用 Welch t 检验。" in said


def test_files_with_other_designs_are_told_apart_and_without_their_folder(tmp_path: Path) -> None:
    survey().frame.to_csv(tmp_path / "one.csv", index=False)
    survey().frame.to_csv(tmp_path / "two.csv", index=False)
    one = sk.freq(sk.read(tmp_path / "one.csv"), "aware", lang="en")
    two = sk.freq(sk.read(tmp_path / "two.csv", design=Design(weight="w")), "aware", lang="en")
    said = methods([one, two], "en")
    assert str(tmp_path) not in said
    first, second = said.index("read from one.csv. Results are un"), said.index("from two.csv. Est")
    assert first < second
    assert methods([one, one], "en").count("read from") == 1


def test_a_table_and_its_figure_may_share_a_name() -> None:
    made = sk.crosstab(survey(), "aware", by="group", lang="en")
    parts = (
        Text("R", "{table:aware} and {figure:aware}"),
        TablePart("aware", sk.table(made)),
        FigurePart("aware", lambda: sk.plots.bars(made)),
    )
    page = Report("One name", parts, lang="en").to_html()
    assert '<a href="#table-aware">Table 1</a> and <a href="#figure-aware">Figure 1</a>' in page


@pytest.mark.parametrize(
    ("title", "lang", "shown"),
    [
        ("Answers by age and\nplace of residence", "en", "Answers by age and place of residence"),
        ("按年龄\n和住地", "zh", "按年龄和住地"),
    ],
)
def test_a_title_in_two_lines_is_one_in_the_contents(title: str, lang: Any, shown: str) -> None:
    made = sk.freq(survey(), "aware", lang=lang)

    def draw() -> Any:
        ax = sk.plots.bars(made)
        ax.set_title(title, loc="left")
        return ax

    assert shown in Report("T", (FigurePart("f", draw),), lang=lang).to_html()
