"""One form for the spellings of a name: real pairs in Kazakh, Russian and Latin letters, and pairs that stay apart."""

from pathlib import Path

import polars as pl
import pytest

from qonys.registers.folding import folded, parts

PAIRS = pl.read_csv(Path(__file__).with_name("name_pairs.csv")).rows()


@pytest.mark.parametrize(("one", "other", "same"), PAIRS)
def test_pairs(one, other, same):
    assert (folded(one) == folded(other)) == (same == "yes"), (folded(one), folded(other))


def test_endings_stand_apart():
    assert parts("Ахметова").stem == parts("Akhmetov").stem == "ahmet"
    assert parts("Ермекқызы") == ("ermek", "kizi")
    assert parts("Ким") == ("kim", "")


def test_signs_spaces_and_capitals_are_nothing():
    assert folded("  О'РТА-БАЕВ ") == folded("ортабаев") == "ortabaev"
    assert folded("") == ""
