"""The single access point to a pack's tables: figures by id, as rows or as quantities with lineage."""

from qonys.catalog.course import course
from qonys.catalog.glossary import glossary
from qonys.catalog.sentences import said, template
from qonys.catalog.uncounted import uncounted_forms
from qonys.catalog.works import works
from qonys.inputs.country import CountrySettings, country, country_words
from qonys.inputs.figures import (
    available,
    choose,
    chosen,
    digest,
    figure,
    figure_name,
    lineage,
    read_again,
    rival_figures,
    rows,
    secondary_sources,
    sources_of,
    spec,
)
from qonys.inputs.recording import Reading, recording

__all__ = [
    "CountrySettings", "Reading", "available", "choose", "chosen", "country", "country_words", "course", "digest",
    "figure",
    "figure_name", "glossary",
    "lineage", "read_again", "recording", "rival_figures", "rows", "said",
    "secondary_sources", "sources_of", "spec", "template", "uncounted_forms",
    "works",
]  # fmt: skip
