"""The report of the shipped study, built and typeset once for the tests of this folder."""

from functools import cache

import pytest

from qonys.catalog import open_pack
from qonys.report.typesetting import pdf_bytes
from qonys.report.writing import build_document

LANGUAGES = ["ru", *(pytest.param(language, marks=pytest.mark.long) for language in ("kk", "en"))]


@pytest.fixture(scope="session")
def built(study):
    """The report in a language."""
    return cache(lambda language: build_document(open_pack("kazakhstan"), study, language))


@pytest.fixture(scope="session")
def typeset(built):
    """The report in a language as PDF."""
    return cache(lambda language: pdf_bytes(built(language)))


@pytest.fixture(scope="session", params=LANGUAGES)
def language(request):
    """Russian; others write the Kazakh and the English report too, and here they are read in the full tier."""
    return request.param


@pytest.fixture(scope="session")
def document(built, language):
    """The report in each language of the tier."""
    return built(language)


@pytest.fixture(scope="session")
def pdf(typeset, language):
    """The printed report in each language of the tier."""
    return typeset(language)
