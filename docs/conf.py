"""How the documentation is built: `sphinx-build -W -n docs site`, without a network.

What can be computed is: the chapters of `_ext/ionweld_site` write their pages into `generated/` at each build, from the
docstrings, the library, the registered formats and the command line, and notebooks and galleries are executed.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import ionweld

project = "ionweld"
copyright = "the ionweld authors"
version = release = ionweld.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_design",
    "ionweld_site",  # after autodoc, whose docstrings it looks at
]
exclude_patterns = ["_ext", "_static", "**.ipynb_checkpoints"]
suppress_warnings = ["config.cache"]  # `setup` of an extension by path is no value that Sphinx can pickle

html_theme = "pydata_sphinx_theme"
html_title = "ionweld"
html_static_path = ["_static"]
html_css_files = ["ionweld.css"]
html_show_sourcelink = False
html_theme_options = {
    "navigation_depth": 2,
    "show_toc_level": 2,
    "header_links_before_dropdown": 7,
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {"gallery/index": []}  # it has no pages below it that the sidebar could list
html_context = {"default_mode": "light"}

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

os.environ["PATH"] = (
    f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # for lines such as !ionweld sample
)
nb_execution_in_temp = True
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 600
nb_execution_show_tb = True
nb_ipywidgets_js = {}  # they would come from outside
nb_render_image_options = {"alt": "the figure that the code above draws"}

autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False
default_role = "literal"
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!ionweld\.).*")]  # names of other packages have no page here
