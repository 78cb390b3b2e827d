"""Sphinx: ``python -m sphinx -W --keep-going -n -b html docs docs/_build/html``; no network needed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import surveykit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE / "_ext"))

project = "surveykit"
author = "surveykit developers"
copyright = "surveykit developers"
version = release = surveykit.__version__
language = "en"
html_last_updated_fmt = None

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_nb",
    "sphinx_design",
    "mathml",  # docs/_ext: formulas as MathML, made at the build
    "chinese_search",  # docs/_ext: Chinese is found by pairs of characters
    "reference",  # docs/_ext: the public names of a room
    "made",  # docs/_ext: commands and file formats, from the program
    "pages",  # docs/_ext: notebooks, figures and pages of the repository
]
exclude_patterns = ["_build", "_ext", "_ipython", "_data", "**/.ipynb_checkpoints"]
suppress_warnings = ["misc.highlighting_failure"]

# --- pages: Markdown that reads well on GitHub too; notebooks with the outputs that CI has checked
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
nb_execution_mode = "force"
nb_execution_excludepatterns = ["notebooks/*"]
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_render_markdown_format = "myst"
nb_merge_streams = True

# --- the kernels that run the pages: data at hand, figures with their words
_work = Path(tempfile.mkdtemp(prefix="surveykit-docs-"))
shutil.copytree(HERE / "_ipython", _work / "ipython")
os.environ["IPYTHONDIR"] = str(_work / "ipython")
os.environ["JUPYTER_DATA_DIR"] = os.environ["JUPYTER_CONFIG_DIR"] = str(_work / "jupyter")
os.environ["SURVEYKIT_DOCS"] = str(HERE)
os.environ["SURVEYKIT_EXAMPLES"] = str(_work / "examples")  # pages that a page has built
(_work / "examples").mkdir()
os.environ["PYTHONHASHSEED"] = "0"

# --- reference
autodoc_default_options = {"members": False}
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autosummary_generate = False
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
numpydoc_xref_param_type = False
nitpicky = True
# types of other packages have no page here
nitpick_ignore_regex = [(r"py:(class|data|obj)", r"(?!surveykit\.).*")]
python_use_unqualified_type_names = True

# --- looks
html_theme = "pydata_sphinx_theme"
html_title = "surveykit"
html_static_path = ["_static"]
html_css_files = ["surveykit.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {"index": []}
html_theme_options = {
    "logo": {"text": "surveykit"},
    "show_prev_next": True,
    "navbar_align": "left",
    "header_links_before_dropdown": 8,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_toc_level": 2,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def setup(app: Any) -> None:
    """Put the font of the package beside the site, and clean up afterwards."""
    app.connect("build-finished", _finish)


def _finish(app: Any, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        shutil.copytree(_work / "examples", Path(app.outdir) / "examples", dirs_exist_ok=True)
        fonts = ROOT / "surveykit" / "plots" / "fonts"
        target = Path(app.outdir) / "_static" / "fonts"
        target.mkdir(parents=True, exist_ok=True)
        for name in ("SurveyKitSansSC-Regular.otf", "OFL.txt"):
            shutil.copy(fonts / name, target / name)
    shutil.rmtree(_work, ignore_errors=True)
