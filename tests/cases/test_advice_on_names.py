"""What is advised where a name is not known: letters of another alphabet, a constant, a region by another ending."""

import pytest

FLOWS = "origin,destination,value,группа\nA,B,5,С\nB,A,6,С\n"  # the group is a Cyrillic letter


@pytest.mark.parametrize(
    ("option", "said", "held", "letters"),
    [
        (("--where", "группа=C"), "C", "С", "LATIN LETTER C / CYRILLIC LETTER ES"),
        (("--exclude", "группа=C"), "C", "С", "LATIN LETTER C / CYRILLIC LETTER ES"),
        (("--where", "гpуппа=С"), "гpуппа", "группа", "LATIN LETTER P / CYRILLIC LETTER ER"),
        (("--exclude", "гpуппа=С"), "гpуппа", "группа", "LATIN LETTER P / CYRILLIC LETTER ER"),
        (("--map", "гpуппа=value"), "гpуппа", "группа", "LATIN LETTER P / CYRILLIC LETTER ER"),
        (("--map", "value=vаlue"), "vаlue", "value", "CYRILLIC LETTER A / LATIN LETTER A"),
    ],
)
def test_letters_of_another_alphabet_are_named(command, tmp_path, option, said, held, letters):
    (tmp_path / "own.csv").write_text(FLOWS, encoding="utf-8")
    _, _, err = command(tmp_path, "flows", "components", "own.csv", *option)
    assert f"“{said}” and “{held}” look alike" in err
    assert letters in err


@pytest.fixture
def added(command, tmp_path):
    """What `catalog add` says of a table of regions."""

    def call(text, *arguments):
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        add = ("catalog", "add", "own.csv", "--as", "population_regional", "--dry-run", "--set", "sex=both")
        return command(tmp_path, *add, *arguments)

    return call


def test_a_note_is_no_constant(added):
    _, _, err = added("region,year,прим.,value\nАбай,2021,примечание,100\nАлматы,2021,примечание,200\n")
    assert "--set area=…" in err
    assert "=area" not in err.replace("--set area=…", "")


def test_a_column_of_known_words_is_proposed(added):
    _, _, err = added("region,year,kind,value\nАбай,2021,urban,100\nАбай,2021,rural,200\n", "--set", "unit=persons")
    assert "--set area=…" not in err


@pytest.mark.parametrize(("name", "code"), [("Абайская область", "KZ-10"), ("Улытауская обл.", "KZ-62"), ("Что-то область", None), ("Rostov region", None)])
def test_a_region_with_another_ending_is_offered(added, name, code):
    told = ("--set", "area=total", "--source-title", "x", "--status", "official")
    _, out, err = added(f"region,year,value\n{name},2023,100\n", *told)
    assert (f"({code})?" if code else f"--exclude 'region={name}'") in out + err


MARGIN = "zone,persons\nA,6\nB,5\n"


def test_the_column_of_a_margin_is_proposed(command, tmp_path):
    (tmp_path / "own.csv").write_text(FLOWS, encoding="utf-8")
    (tmp_path / "margin.csv").write_text(MARGIN, encoding="utf-8")
    code, _, err = command(tmp_path, "flows", "balance", "own.csv", "margin.csv")
    assert (code, '--map "zone=origin"' in err) == (1, True), err
    assert command(tmp_path, "flows", "balance", "own.csv", "margin.csv", "--map", "zone=origin")[0] == 0


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_wide_tables_name_a_real_column(command, tmp_path, language):
    (tmp_path / "own.csv").write_text("zone,n1,n2\nA,5,6\nB,7,8\n", encoding="utf-8")
    _, _, err = command(tmp_path, "flows", "components", "own.csv", "--lang", language)
    assert "--map n1=value" in err
