"""Build `surveykit/plots/fonts/SurveyKitSansSC-Regular.otf`, the font that figures carry along.

Noto Sans SC (SIL Open Font License 1.1) is cut down to the characters that Chinese survey labels
need and renamed. The source comes from the package `pylopdf-fonts-zh-cn` 0.1.1 on PyPI::

    pip install pylopdf-fonts-zh-cn==0.1.1 "fonttools>=4.60"
    python tools/build_font.py

The same source and the same fontTools give the same bytes (no time stamp is written).
"""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "surveykit" / "plots" / "fonts" / "SurveyKitSansSC-Regular.otf"
FAMILY = "SurveyKit Sans SC"
HAN = HERE / "tongyong_guifan_hanzi.txt"  # 通用规范汉字表 (2013), its 8,105 characters

# first and last code point of each block that is taken whole (as far as the source has it)
BLOCKS = {
    "Basic Latin": (0x0020, 0x007E),
    "Latin-1 Supplement": (0x00A0, 0x00FF),
    "Latin Extended-A": (0x0100, 0x017F),
    "Pinyin with carons, two tones": (0x01CD, 0x01DC),
    "Greek": (0x0370, 0x03FF),
    "General Punctuation": (0x2010, 0x205E),
    "Superscripts and Subscripts": (0x2070, 0x209F),
    "Currency Symbols": (0x20A0, 0x20BF),
    "Letterlike Symbols": (0x2100, 0x214F),
    "Number Forms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "Mathematical Operators": (0x2200, 0x22FF),
    "Enclosed Alphanumerics": (0x2460, 0x24FF),
    "Box Drawing": (0x2500, 0x257F),
    "Block Elements": (0x2580, 0x259F),
    "Geometric Shapes": (0x25A0, 0x25FF),
    "Miscellaneous Symbols": (0x2600, 0x266F),
    "Dingbats": (0x2713, 0x2718),
    "CJK Symbols and Punctuation": (0x3000, 0x303F),
    "Enclosed CJK": (0x3220, 0x3243),
    "CJK Compatibility": (0x3380, 0x33DF),
    "CJK Compatibility Forms": (0xFE30, 0xFE4F),
    "Fullwidth Forms": (0xFF01, 0xFFEF),
}


def han() -> set[int]:
    """Return the code points of 通用规范汉字表 and of the ideographs of GB 2312."""
    listed = {ord(c) for c in HAN.read_text(encoding="utf-8") if not c.isspace()}
    if len(listed) != 8105:
        raise SystemExit(f"{HAN.name}: 8105 characters expected, {len(listed)} found")
    pairs = (bytes([a, b]) for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF))
    return listed | {ord(c) for pair in pairs for c in pair.decode("gb2312", errors="ignore")}


def wanted() -> set[int]:
    """Return every code point asked for."""
    return han() | {c for first, last in BLOCKS.values() for c in range(first, last + 1)}


def source_path() -> Path:
    """Find Noto Sans SC in the installed source package."""
    spec = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install pylopdf-fonts-zh-cn==0.1.1 first")
    return Path(spec.origin).parent / "NotoSansSC-Regular.otf"


def cut(font: TTFont) -> None:
    """Keep the wanted glyphs; drop hints, layout features and vertical metrics."""
    options = subset.Options()
    options.hinting = False
    options.desubroutinize = True  # larger unpacked, smaller in the wheel
    options.layout_features = []
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["BASE", "GSUB", "GPOS", "GDEF", "VORG", "vhea", "vmtx", "DSIG"]
    worker = subset.Subsetter(options)
    worker.populate(unicodes=wanted())
    worker.subset(font)


def rename(font: TTFont) -> None:
    """Give the font its own name everywhere; the copyright and the licence stay."""
    version = font["name"].getDebugName(5).split(";")[0]
    postscript = FAMILY.replace(" ", "") + "-Regular"
    names = {
        1: FAMILY,
        2: "Regular",
        3: f"{postscript};{version}",
        4: FAMILY,
        5: version,
        6: postscript,
    }
    table = font["name"]
    table.names = [r for r in table.names if (r.platformID, r.langID) == (3, 0x409)]
    table.names = [r for r in table.names if r.nameID in {0, 13, 14}]
    for identifier, text in names.items():
        table.setName(text, identifier, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    cff.topDictIndex[0].FullName = FAMILY
    cff.topDictIndex[0].FamilyName = FAMILY
    for part in cff.topDictIndex[0].FDArray:
        part.FontName = part.FontName.replace("NotoSansSC", FAMILY.replace(" ", ""))


def build(source: Path, target: Path) -> None:
    """Write the subset of `source` to `target`."""
    font = TTFont(source, recalcTimestamp=False)
    cut(font)
    rename(font)
    font.save(target)


def main() -> None:
    """Build the font and say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=TARGET)
    target = parser.parse_args().output
    build(source_path(), target)
    held = TTFont(target).getBestCmap()
    missing = sorted(han() - held.keys())
    print(f"{target.name}: {len(held)} characters, {target.stat().st_size / 1e6:.2f} MB")
    if missing:
        raise SystemExit(f"not in the source: {''.join(map(chr, missing))}")


if __name__ == "__main__":
    main()
