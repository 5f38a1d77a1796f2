"""Sphinx configuration."""

project = "Qonys"
author = "The Qonys developers"
copyright = "2026, The Qonys developers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "pydata_sphinx_theme"
html_title = "Qonys"
exclude_patterns = ["_build"]
autodoc_typehints = "description"
autodoc_member_order = "bysource"
suppress_warnings = ["config.cache"]
html_theme_options = {"show_toc_level": 2, "use_edit_page_button": False}
html_show_sourcelink = False
