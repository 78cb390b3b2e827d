"""Figures as files and fonts: bytes, alt text, every glyph of the study."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from display_rows import awareness, labelled, participation, satisfaction, synthetic
from matplotlib.figure import Figure
from PIL import Image

from surveykit import plots
from surveykit.errors import InputError, UsageError
from surveykit.plots.style import FAMILY, FONT, families

# what the labels of the study of Badong are written with
STUDY = (
    "巴东县民族团结进步创建活动的知晓率示范村非示范点信陵镇茶店子清太坪野三关洞双树石桥河"
    "您是否知道正在开展学生教师农民工人医生公务员个体户其他职业大专及以上高中初小学下"
    "经常参加偶尔没有时间走过场地方政府重视程度不够结合当地实际情况社会风气得到转变"
    "各共谋发展氛围进一步强业余生活丰富家书屋科技乡好较差一般经济状况受访者希望持之以恒"
    "汉土家苗族侗满合成未印出可行范围置信区间原文注：；，。、（）“”《》⑴①%‰χ²≤≥±≈×−–—…†‡★●○█"
    "喆垚镕堃昇 Wilson Cramér’s V ABC abc 0123456789 éüñ αβγ → ▲ ½ ℃ ＝＋"
)


def test_every_glyph_of_the_study_is_drawn_with_the_bundled_font() -> None:
    from fontTools.ttLib import TTFont

    held = TTFont(FONT).getBestCmap()
    assert [c for c in STUDY if ord(c) not in held] == []
    with plots.style():
        figure = Figure(figsize=(12, 3))
        for i in range(0, len(STUDY), 60):
            figure.text(0.01, 0.95 - i / 500, STUDY[i : i + 60])
        figure.savefig(os.devnull, format="png")  # a missing glyph warns, and warnings are errors


def test_the_font_holds_every_listed_character_and_stays_small() -> None:
    from fontTools.ttLib import TTFont

    font = TTFont(FONT)
    held = font.getBestCmap()
    gb2312 = [
        char
        for a in range(0xB0, 0xF8)
        for b in range(0xA1, 0xFF)
        for char in bytes([a, b]).decode("gb2312", errors="ignore")
    ]
    assert len(gb2312) == 6763
    assert [c for c in gb2312 if ord(c) not in held] == []
    listed = Path(__file__).parents[1] / "tools" / "tongyong_guifan_hanzi.txt"
    if listed.exists():  # not in a source distribution
        characters = listed.read_text(encoding="utf-8").split()
        assert len("".join(characters)) == len(set("".join(characters))) == 8105
        assert [c for c in "".join(characters) if ord(c) not in held] == []
    assert FONT.stat().st_size < 3_000_000


def test_the_font_is_renamed_and_its_licence_lies_beside_it() -> None:
    from fontTools.ttLib import TTFont

    names = {r.nameID: str(r) for r in TTFont(FONT)["name"].names}
    assert names[1] == FAMILY
    assert not any(w in names[i] for i in (1, 3, 4, 6) for w in ("Noto", "Source"))
    assert "SIL Open Font License" in names[13]
    licence = (FONT.parent / "OFL.txt").read_text(encoding="utf-8")
    assert licence.startswith("Copyright 2014-2021 Adobe")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence


def test_the_bundled_font_is_the_one_found() -> None:
    from matplotlib import font_manager

    assert families()[0] == FAMILY
    assert Path(font_manager.findfont(FAMILY)) == FONT


def test_rare_signs_fall_back_and_labels_do_not_warn() -> None:
    ax = plots.bars(labelled("⁰ ₂ ᴀ 喆"))  # the first three are in DejaVu Sans alone
    ax.figure.canvas.draw()


class TestSave:
    def test_both_formats_and_alt_text(self, tmp_path: Path) -> None:
        ax = plots.bars(awareness(), by="village_type", title="图 <1> & “2”")
        png, svg = plots.save(ax, tmp_path / "new" / "figure1")
        assert [png.name, svg.name] == ["figure1.png", "figure1.svg"]
        said = plots.alt_text(ax)
        assert said.startswith("条形图。图 <1> & “2”。百分比（%）。最大：示范村，知道 72.5。")
        with Image.open(png) as image:
            assert image.info["Description"] == said
            assert "Software" not in image.info
        root = ElementTree.parse(svg).getroot()
        space = "{http://www.w3.org/2000/svg}"
        assert root.get("role") == "img"
        assert root.find(f"{space}title").text == "图 <1> & “2”"  # type: ignore[union-attr]
        assert root.find(f"{space}desc").text == said  # type: ignore[union-attr]
        assert root.get("aria-labelledby") == "figure-title figure-desc"
        assert list(root.iter(f"{space}text")) == []  # drawn as paths
        assert list(root.iter("{http://purl.org/dc/elements/1.1/}date")) == []

    def test_one_format_by_suffix_and_no_other(self, tmp_path: Path) -> None:
        figure = plots.bars(participation()).figure
        assert plots.save(figure, tmp_path / "a.svg") == (tmp_path / "a.svg",)
        with pytest.raises(UsageError, match=r"\.eps is not written"):
            plots.save(figure, tmp_path / "a.eps")
        assert [p.name for p in tmp_path.iterdir()] == ["a.svg"]

    def test_pdf_says_what_it_shows_and_is_the_same_twice(self, tmp_path: Path) -> None:
        ax = plots.likert(satisfaction())
        (one,), (two,) = (plots.save(ax, tmp_path / f"{n}.pdf") for n in "ab")
        assert one.read_bytes() == two.read_bytes()
        assert one.read_bytes().startswith(b"%PDF-")
        assert b"CreationDate" not in one.read_bytes()
        assert plots.alt_text(ax).encode("utf-16-be")[:40] in _unescaped(one.read_bytes())

    def test_a_place_that_cannot_be_written_leaves_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("a file", encoding="utf-8")
        with pytest.raises(InputError, match="cannot be written"):
            plots.save(plots.bars(participation()), tmp_path / "file" / "a.png")
        assert [p.name for p in tmp_path.iterdir()] == ["file"]

    def test_saving_twice_gives_the_same_bytes(self, tmp_path: Path) -> None:
        ax = plots.stacked(participation())
        first = [p.read_bytes() for p in plots.save(ax, tmp_path / "a")]
        second = [p.read_bytes() for p in plots.save(ax, tmp_path / "b")]
        assert first == second


def _unescaped(data: bytes) -> bytes:
    """Undo the escapes of a string in a PDF."""
    for escaped, plain in ((rb"\(", b"("), (rb"\)", b")"), (rb"\n", b"\n"), (rb"\\", b"\\")):
        data = data.replace(escaped, plain)
    return data


def test_alt_text_says_what_is_printed_and_what_is_not() -> None:
    said = plots.alt_text(synthetic(), by=["village_type", "occupation"])
    assert said.startswith("合成 SYNTHETIC")
    assert "示范村，n = 153：知道 72.5" in said
    assert "学生，(n = 48)：知道 未印出 10.0–90.0" in said
    assert "41.7" not in said


_BUILD = """
import sys
sys.path.insert(0, sys.argv[1])
from display_rows import awareness, channels, participation, satisfaction, synthetic
from surveykit import plots
plots.save(plots.bars(synthetic(), levels=["yes"]), f"{sys.argv[2]}/bars")
plots.save(plots.dots(awareness()), f"{sys.argv[2]}/dots")
plots.save(plots.stacked(participation()), f"{sys.argv[2]}/stacked")
plots.save(plots.likert(satisfaction()), f"{sys.argv[2]}/likert.svg")
plots.save(plots.ranking(channels(), by="village_type"), f"{sys.argv[2]}/ranking.pdf")
plots.save(plots.mosaic(satisfaction()), f"{sys.argv[2]}/mosaic.svg")
plots.save(plots.slope(participation()), f"{sys.argv[2]}/slope.svg")
assert "matplotlib.pyplot" not in sys.modules
"""


def _build(folder: Path, seed: str) -> dict[str, str]:
    folder.mkdir()
    here = str(Path(__file__).parent)
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": f"UTC{seed}"}
    subprocess.run([sys.executable, "-c", _BUILD, here, str(folder)], check=True, env=environment)
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def test_two_processes_write_the_same_bytes_without_pyplot(tmp_path: Path) -> None:
    first, second = _build(tmp_path / "a", "1"), _build(tmp_path / "b", "7")
    assert len(first) == 10
    assert first == second


def test_importing_the_room_does_not_import_matplotlib() -> None:
    code = "import sys, surveykit.plots; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_chart_at_the_end_of_a_cell_is_a_picture_with_its_words() -> None:
    formatters = pytest.importorskip("IPython.core.formatters", reason="needs the extra notebook")
    axes = plots.bars(awareness())
    data, about = formatters.DisplayFormatter().format(axes)
    with Image.open(BytesIO(data["image/png"])) as picture:
        wide = picture.size[0]
    assert about["image/png"] == {"width": round(wide * 96 / 144), "alt": plots.alt_text(axes)}
    again = pickle.loads(pickle.dumps(axes))
    assert again._repr_png_()[0] == data["image/png"]
    own = Figure().subplots()
    assert plots.bars(awareness(), ax=own) is own
