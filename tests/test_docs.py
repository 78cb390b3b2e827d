"""The README's code runs as it stands, on files made here; its links and commands lead somewhere."""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from surveykit import cli
from surveykit.text import Lang

ROOT = Path(__file__).resolve().parents[1]
READMES = {n: (ROOT / n).read_text(encoding="utf-8") for n in ("README.md", "README.zh.md")}
PAGES = (
    *READMES,
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "data/badong/README.md",
    *(
        page.relative_to(ROOT).as_posix()
        for folder in (".", "gallery", "guides", "methods", "api")
        for page in sorted((ROOT / "docs" / folder).glob("*.md"))
    ),
)
LEVELS = {
    "village_type": ("demonstration", "other"),
    "age_group": ("12-17", "18-35", "36-60"),
    "occupation": ("farmer", "student", "teacher"),
    "education": ("primary", "secondary"),
    "aware": ("yes", "no"),
}


def blocks(language: str, text: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def shell_lines() -> list[str]:
    found = [
        line
        for text in READMES.values()
        for block in blocks("bash", text)
        for line in block.splitlines()
        if line.startswith("surveykit ")
    ]
    return list(dict.fromkeys(found))  # most of them stand in both


def write_files(name: str, folder: Path) -> None:
    """Write the files that a README shows: YAML by the name in its first line, and the CSV."""
    for block in blocks("yaml", READMES[name]):
        if named := re.match(r"# ([\w.]+)\n", block):
            (folder / named[1]).write_text(block, encoding="utf-8")
    (table,) = blocks("csv", READMES[name])
    (folder / "table1.csv").write_text(table, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the files that the README speaks of; all of it is fictitious."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({name: rng.choice(levels, 120) for name, levels in LEVELS.items()})
    frame["channel"] = rng.choice(["广播┋微信", "微信", "广播", ""], 120)
    frame["district"] = rng.choice(["north", "south"], 120)
    frame["village"] = rng.integers(1, 9, 120)
    frame["w"] = rng.uniform(0.5, 2.0, 120).round(3)
    frame.to_excel(tmp_path / "responses.xlsx", index=False)
    variables = "".join(
        f"  {name}:\n    kind: single\n    choices:\n"
        + "".join(f'      - {{code: "{level}", label: "{level}"}}\n' for level in levels)
        for name, levels in LEVELS.items()
    )
    variables += (
        '  channel:\n    kind: multiple\n    separator: "┋"\n    choices: [广播, 微信]\n'
        "    nets: [{label: any, of: [广播, 微信]}]\n"
    )
    book = f"surveykit: codebook/1\nvariables:\n{variables}"
    (tmp_path / "codebook.yaml").write_text(book, encoding="utf-8")
    write_files("README.md", tmp_path)
    published = (tmp_path / "published.yaml").read_text(encoding="utf-8")
    second = published.replace("54.3", "53.4")
    (tmp_path / "second_person.yaml").write_text(second, encoding="utf-8")
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "why", "verdict"),
    [
        ("README.md", "no whole number of 385 prints as 62.8 %", "holds in all 11 (0.0003"),
        ("README.zh.md", "385", "holds in all 11 (0.0003"),
    ],
)
def test_the_python_blocks_run_in_their_order(
    name: str, why: str, verdict: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, object] = {}
    write_files(name, folder)
    for block in blocks("python", READMES[name]):
        exec(compile(block, name, "exec"), names)
    made = {p.name for p in folder.iterdir()}
    assert {"table1.docx", "table2.xlsx", "figure2.png", "figure2.svg", "figure3.svg"} <= made
    said = capsys.readouterr().out
    assert why in said
    assert f"\n(109, 291)\n{verdict}" in said
    assert said.endswith("\n(35, 35)\nimpossible\npossible\n")


@pytest.mark.parametrize(("name", "lang"), [("README.md", "en"), ("README.zh.md", "zh")])
def test_the_transcript_is_what_the_audit_says(name: str, lang: Lang, folder: Path) -> None:
    import surveykit as sk
    from surveykit.report.audit_view import audit_text

    write_files(name, folder)
    said = audit_text(sk.audit(sk.load_published("published.yaml")), lang)
    lines = [line.strip() for line in said.splitlines()]
    (shown,) = re.findall(r"<!-- transcript -->\n```text\n(.*?)```", READMES[name], re.DOTALL)
    at = [lines.index(line.strip()) for line in shown.splitlines() if line.strip()]
    assert len(at) > 12
    assert at == sorted(at)


def test_the_front_page_of_the_site_shows_lines_of_it() -> None:
    (shown,) = blocks("text", (ROOT / "docs" / "index.md").read_text(encoding="utf-8"))
    (whole,) = (b for b in blocks("text", READMES["README.md"]) if "As printed" in b)
    assert set(shown.splitlines()) <= set(whole.splitlines())


@pytest.mark.parametrize("name", READMES)
def test_the_codebook_block_is_a_codebook(name: str, folder: Path) -> None:
    import surveykit as sk

    (text,) = (b for b in blocks("yaml", READMES[name]) if "codebook/1" in b)
    Path("shown.yaml").write_text(text, encoding="utf-8")
    book = sk.load_codebook("shown.yaml")
    assert list(book.variables) == ["aware", "channel"]


def test_the_two_readmes_have_the_same_commands_word_for_word() -> None:
    marked = re.compile(r"<!-- command: (\w+) -->\n```bash\n(.*?)\n```", re.DOTALL)
    english, chinese = (marked.findall(text) for text in READMES.values())
    assert english == chinese
    assert [name for name, _ in english] == ["main", "test"]
    runs = [
        [line.removesuffix(" --lang en") for b in blocks("bash", text) for line in b.splitlines()]
        for text in READMES.values()
    ]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("line", shell_lines())
def test_the_shell_lines_run(
    line: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    words = shlex.split(line)
    assert words[0] == "surveykit"
    monkeypatch.setattr(sys, "argv", words)
    before = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(SystemExit) as done:
            cli.main()
    finally:
        signal.signal(signal.SIGINT, before)
    said, error = capfd.readouterr()
    finds = ("audit", "transcriptions", "verify")
    assert done.value.code == (1 if words[1] in finds else 0), error
    if "-o" in words:
        assert (folder / words[words.index("-o") + 1]).exists()
    else:
        assert said.strip()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    broken = [
        link
        for link in links
        if "://" not in link and not ((ROOT / page).parent / link).resolve().exists()
    ]
    assert broken == []


def test_the_two_commands_can_be_read_by_script() -> None:
    done = {
        name: subprocess.run(
            [sys.executable, ROOT / "tools" / "readme_command.py", name],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for name in ("main", "test")
    }
    assert done["main"].endswith("surveykit reproduce badong -o out")
    assert "pytest" in done["test"]
    assert all("\n" not in command for command in done.values())


def test_files_named_in_contributing_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:tools|benchmarks|tests|surveykit|data)/[\w./*]+)`", text))
    named |= {f"tests/{name}" for name in re.findall(r"`(test_[\w*]+\.py)`", text)}
    missing = [n for n in named if not list(ROOT.glob(n))]
    assert missing == []


def test_the_version_has_its_entry_in_the_changelog() -> None:
    import surveykit

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{surveykit.__version__}]" in text
