"""Each page runs in an empty folder with the data of `docs/_data`; figures carry their words."""

import os
import sys
from pathlib import Path

sys.path.insert(0, os.environ["SURVEYKIT_DOCS"] + "/_data")

import fictitious
from IPython import get_ipython

fictitious.write(Path.cwd())
sys.path.pop(0)
os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))


def _run(command: str) -> str:
    """Run a line after ``!``; an error stops the page, a finding (exit code 1) does not."""
    import subprocess

    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{command}\n{done.stderr}")
    return done.stdout + done.stderr


_shell = get_ipython()
_shell.system = lambda command: print(_run(_shell.var_expand(command, depth=1)), end="")
_shell.getoutput = lambda command, **kw: _run(_shell.var_expand(command, depth=1)).splitlines()


def _figure(figure: object) -> str:
    """Return a figure as an HTML picture with its alternative text."""
    import base64
    import html
    import tempfile

    from PIL import Image

    import surveykit as sk

    with tempfile.TemporaryDirectory() as folder:
        (path,) = sk.plots.save(figure, Path(folder) / "figure.png", dpi=160)
        with Image.open(path) as picture:
            wide, high = picture.size
            said = picture.text.get("Description", "")
        data = base64.b64encode(path.read_bytes()).decode()
    return (
        f'<img class="figure" alt="{html.escape(said)}" width="{wide // 2}" height="{high // 2}"'
        f' src="data:image/png;base64,{data}">'
    )


_formatters = _shell.display_formatter.formatters
_formatters["text/html"].for_type_by_name("matplotlib.figure", "Figure", _figure)
for _kind in ("image/png", "image/svg+xml"):
    _formatters[_kind].for_type_by_name("matplotlib.figure", "Figure", lambda figure: None)
_formatters["text/plain"].for_type_by_name(
    "matplotlib.figure", "Figure", lambda figure, p, cycle: p.text("(figure)")
)


class SideBySide:
    """Pictures that a cell has written, each with its name below; shown by itself."""

    def __init__(self, named: dict[str, str]) -> None:
        """Take file names and what stands below."""
        self.named = named

    def _repr_html_(self) -> str:
        return f'<div class="pictures">{"".join(map(_picture, self.named.items()))}</div>'


def _picture(named: tuple[str, str]) -> str:
    import base64
    import html

    from PIL import Image

    name, below = named
    path = Path(name)
    with Image.open(path) as picture:
        wide, said = picture.width, picture.text.get("Description", "")
    data = base64.b64encode(path.read_bytes()).decode()
    return (
        f'<figure><img alt="{html.escape(said)}" src="data:image/png;base64,{data}"'
        f' style="width: {wide / 2.2:.0f}px"><figcaption><code>{below}</code></figcaption></figure>'
    )


def keep(*names: str) -> None:
    """Keep files that a page has written, for the folder ``examples`` of the site."""
    import shutil

    for name in names:
        shutil.copy(name, os.environ["SURVEYKIT_EXAMPLES"])
