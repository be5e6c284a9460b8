"""How Sphinx makes the site: ``python -m sphinx -W --keep-going -c docs . site``.

The source folder is the project itself, so that links between pages lead to the same files here
and in the repository. Notebooks are shown as they were executed, where PLACEMENT_OPT_EXECUTED names
the folder that `.ci/run_notebooks.py` wrote, else as they are: without outputs.
"""

import inspect
import os
import re
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from docutils.utils.math.latex2mathml import tex2mathml
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator
from typing_extensions import override

import placement_opt as po

project = "placement_opt"
author = "The placement_opt founders"
version = release = version_of("placement_opt")
language = "en"

root_doc = "docs/index"
include_patterns = ["docs/**", "examples/*.ipynb", "examples/service/README.md", "CH*.md", "CO*.md"]
exclude_patterns = ["**/.*", "docs/site/**"]
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

nb_execution_mode = "off"
myst_heading_anchors = 4

default_role = "literal"  # `name` in a docstring is code, as in the pages
autodoc_typehints = "none"  # the docstrings tell types where they are no plain words
autodoc_member_order = "bysource"
autodoc_default_options = {"exclude-members": "model_config, model_post_init"}  # of pydantic
napoleon_google_docstring = False
napoleon_attr_annotations = False  # what pydantic reads is no word for people
napoleon_use_ivar = True
napoleon_use_rtype = False

html_math_renderer = "mathml"  # browsers draw it; MathJax would be fetched from elsewhere
html_theme = "furo"
html_title = "placement_opt"
html_extra_path = ["site"]
html_static_path = ["style"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False  # LICENSE says it


def executed(app: Sphinx, page: str, source: list[str]) -> None:  # noqa: ARG001 - Sphinx's names
    """Show a notebook with the outputs of its execution."""
    notebook = Path(os.environ.get("PLACEMENT_OPT_EXECUTED", "")) / f"{Path(page).name}.ipynb"
    if page.startswith("examples/") and notebook.is_file() and notebook.is_absolute():
        source[0] = notebook.read_text(encoding="utf-8")


NO_TYPE = "\N{DOTTED CIRCLE}"
"""Stands for a colon in what an attribute is for: napoleon takes the words before it for a type."""


def hidden(app: Sphinx, what: str, *given: Any) -> None:  # noqa: ARG001 - Sphinx's names
    """Hide the colons of attributes from napoleon."""
    if what in {"attribute", "property", "data"}:
        given[-1][:] = [re.sub(":(?= )", NO_TYPE, line) for line in given[-1]]


def shown(app: Sphinx, what: str, *given: Any) -> None:  # noqa: ARG001 - Sphinx's names
    """Show them again."""
    given[-1][:] = [line.replace(NO_TYPE, ":") for line in given[-1]]


def home(public: Any) -> str:
    """Return the module where a public object lives, below the package."""
    return str(getattr(public, "__module__", "")).removeprefix("placement_opt.")


class Public(SphinxDirective):
    """Tell the docstring of each public name that lives in one of some modules or rooms.

    What is new there is told by itself; `tests/test_docs_site.py` sees to it that none is left out.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"brief": directives.flag}  # without methods

    @override
    def run(self) -> list[nodes.Node]:
        rooms = tuple(self.arguments[0].split())
        members = [] if "brief" in self.options else MEMBERS
        lines = []
        for name, public in ((name, getattr(po, name)) for name in po.__all__):
            if any(f"{home(public)}.".startswith(f"{room}.") for room in rooms):
                kind = "class" if inspect.isclass(public) else "function"
                lines += [f".. auto{kind}:: placement_opt.{name}", *members * (kind == "class"), ""]
        found = nodes.container()
        self.state.nested_parse(StringList(lines, "placement_opt"), self.content_offset, found)
        return found.children


def formula(page: HTML5Translator, node: nodes.math | nodes.math_block) -> None:
    """Write a formula as MathML."""
    is_block = isinstance(node, nodes.math_block)
    mathml = tex2mathml(node.astext(), as_block=is_block)
    page.body.append(f'<div class="formula">{mathml}</div>' if is_block else mathml)
    raise nodes.SkipNode


MEMBERS = ["   :members:", "   :inherited-members: BaseModel, Exception, str"]


def setup(app: Sphinx) -> None:
    """Let Sphinx read executed notebooks, write formulas, and know the directive ``public``."""
    app.connect("source-read", executed)
    app.connect("autodoc-process-docstring", hidden, 400)  # napoleon has 500
    app.connect("autodoc-process-docstring", shown, 600)
    app.add_html_math_renderer("mathml", (formula, None), (formula, None))
    app.add_directive("public", Public)
    app.add_lexer("csv", TextLexer)
