"""Understanding a person's file, refusing what cannot be taken, adding all or nothing."""

import os

import polars as pl
import pytest

from qonys.catalog import open_pack
from qonys.catalog.conflicts import conflicts
from qonys.catalog.importing import add as add_module
from qonys.catalog.importing.add import ImportRefused, add_file, prepared
from qonys.catalog.importing.understand import ReadingOptions
from qonys.catalog.reading.choices import FileChoices
from qonys.catalog.reading.labels.names import region_names
from qonys.catalog.store import open_store
from qonys.catalog.user_tables import user_folder, user_frame, user_tables
from qonys.errors import BadInput, UnknownName

MINE = ReadingOptions(source_title="Мой сборник", status="official")
POPULATION = "population_regional"


@pytest.fixture
def write(tmp_path):
    def make(text, name="own.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return make


def test_a_russian_file_is_understood_and_shown(testland, write):
    path = write(
        "Год;Область;Пол;Местность;Численность, чел;Лишнее\n"
        "2018;Северная область;женщины;всего;1 234,5;a\n"
        "2018;г. Озёрный;Мужчины;Село;7;b\n",
        encoding="cp1251",
    )
    ready = prepared(
        testland,
        path,
        POPULATION,
        ReadingOptions(source_title="Сборник", status="estimate", mapping={"Численность, чел": "value"}),
    )
    understood = ready.understood
    assert ready.findings == ()
    assert (understood.encoding, understood.delimiter, understood.decimal, understood.rows) == ("cp1251", ";", ",", 2)
    assert {(g.file_column, g.column, g.reason) for g in understood.mapping} == {
        ("Год", "year", "known_word"),
        ("Область", "region", "known_word"),
        ("Пол", "sex", "known_word"),
        ("Местность", "area", "known_word"),
        ("Численность, чел", "value", "given"),
    }
    assert understood.ignored == ("Лишнее",)
    assert dict(understood.constants) == {"source": "user_sbornik", "status": "estimate", "unit": "persons"}
    assert ready.frame.select("year", "region", "vintage", "sex", "area", "value").rows() == [
        (2018, "TL-10", "after", "female", "total", 1234.5),
        (2018, "TL-30", "after", "male", "rural", 7.0),
    ]


def test_a_kazakh_file_and_kato_codes(testland, write):
    path = write(
        "жыл,өңір,жынысы,елді мекен түрі,мәні\n2018,Шығыс облысы,әйелдер,қала,5\n2018,200000000,Ерлер,ауыл,6\n"
    )
    ready = prepared(testland, path, POPULATION, MINE)
    assert ready.findings == ()
    assert ready.frame.select("region", "sex", "area").rows() == [
        ("TL-50", "female", "urban"),
        ("TL-20", "male", "rural"),
    ]


def test_columns_are_found_by_their_contents(testland, write):
    path = write("a;b;c;d;value\n2018;North Region;women;urban;5\n2018;TL-20;men;rural;6\n")
    ready = prepared(testland, path, POPULATION, MINE)
    reasons = {guess.column: guess.reason for guess in ready.understood.mapping}
    assert reasons == {
        "year": "contents",
        "region": "contents",
        "sex": "contents",
        "area": "contents",
        "value": "same_name",
    }


def test_an_sdmx_file(testland, write):
    text = "DATAFLOW,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE\nX:Y(1.0),TL-10: North,F,2018,5,PS\n"
    ready = prepared(
        testland, write(text), POPULATION, ReadingOptions(constants={"area": "total"}, source="un", status="estimate")
    )
    assert ready.findings == ()
    assert ready.frame.select("region", "sex", "value", "unit", "source").rows() == [
        ("TL-10", "female", 5.0, "persons", "un")
    ]
    assert ready.understood.ignored == ("DATAFLOW",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TL-10", "TL-10"),
        ("tl-10", "TL-10"),
        ("Северная", "TL-10"),
        ("СЕВЕРНАЯ ОБЛ.", "TL-10"),
        ("Солтүстік", "TL-10"),
        ("г.Озерный", "TL-30"),
        ("Озёрная область", "TL-40"),
        ("Көлді", "TL-30"),
        ("Көлді қаласы", "TL-30"),
        ("Көлді обл.", "TL-40"),
        ("Lakeside", "TL-30"),
        ("Республика Тестландия", "TL"),
        ("100000000", "TL-10"),
        ("Западная область", None),
    ],
)
def test_region_names(testland, text, code):
    assert region_names(testland).code(text) == code


HEAD = "year,region,sex,area,value\n"
REFUSED = [
    (
        "decimal mixed",
        '2018,TL-10,both,total,1.5\n2018,TL-20,both,total,"2,5"\n',
        ["row 3", "“value”", "“2,5”", "a number"],
    ),
    ("negative", "2018,TL-10,both,total,-5\n", ["row 2", "“value”", "-5"]),
    ("region", "2018,Nort Regin,both,total,5\n", ["row 2", "“region”", "“Nort Regin”", "North Region (TL-10)"]),
    ("region ru", "2018,Севенная область,both,total,5\n", ["row 2", "“Севенная область”", "Северная область (TL-10)"]),
    ("region nothing near", "2018,12345,both,total,5\n", ["row 2", "“12345”", "a region by name or code; correct"]),
    (
        "duplicate",
        "2018,TL-10,both,total,5\n2018,TL-20,both,total,5\n2018,North,both,total,6\n",
        ["row 4", "row 2", "region=TL-10"],
    ),
    (
        "no such region then",
        "2018,TL-10,both,total,5\n2010,TL-50,both,total,5\n",
        ["row 3", "“region”", "TL-50", "“before”", "2010"],
    ),
    ("junk value", "2018,TL-10,both,total,5\n2018,TL-20,both,total,n/a\n", ["row 3", "“value”", "“n/a”", "a number"]),
    ("empty value", "2018,TL-10,both,total,\n", ["row 2", "“value”", "empty"]),
    ("junk year", "20l8,TL-10,both,total,5\n", ["row 2", "“year”", "“20l8”", "a calendar year"]),
    ("sex", "2018,TL-10,mails,total,5\n", ["row 2", "“sex”", "“mails”", "did you mean male"]),
    ("blank rows are counted", "\n\n2018,TL-10,both,total,x\n", ["row 4", "“x”"]),
]


@pytest.mark.parametrize(("text", "parts"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refusals_name_file_row_column_value(testland, write, text, parts):
    path = write(HEAD + text)
    with pytest.raises(ImportRefused) as caught:
        add_file(testland, path, POPULATION, MINE)
    for language in ("en", "ru", "kk"):
        assert caught.value.sentence(language)
    for part in ["own.csv", *parts, "Nothing was added."]:
        assert part in str(caught.value)
    assert not list(user_folder(testland).glob("*")) if user_folder(testland).exists() else True


def test_all_faults_are_listed_and_the_first_is_the_sentence(testland, write):
    path = write(HEAD + "2018,TL-10,both,total,x\n2018,TL-20,both,total,5\n2018,TL-77,both,total,y\n")
    with pytest.raises(ImportRefused) as caught:
        add_file(testland, path, POPULATION, MINE)
    assert [finding.row for finding in caught.value.findings] == [2, 4, 4]
    assert "2 more faults" in str(caught.value)
    assert "ещё 2 ошибки" in caught.value.sentence("ru").lower()


def test_a_column_name_of_the_file_stands_in_the_sentence(testland, write):
    path = write("Год;Область;Пол;Местность;Численность\n2018;Северная;оба пола;всего;-5\n")
    with pytest.raises(ImportRefused, match="row 2, column “Численность”"):
        add_file(testland, path, POPULATION, MINE)


@pytest.mark.parametrize(
    ("text", "options", "parts"),
    [
        ("year,region,value\n2018,TL-10,5\n", MINE, ["sex, area", "year, region, value", "--set sex=…", "--set area=…"]),
        (HEAD + "2018,TL-10,both,total,5\n", ReadingOptions(status="official"), ["--source-title"]),
        (HEAD + "2018,TL-10,both,total,5\n", ReadingOptions(source_title="x"), ["--status", "official"]),
        (
            HEAD + "2018,TL-10,both,total,5\n",
            ReadingOptions(mapping={"yaer": "year"}),
            ["yaer", "--map year=year"],
        ),
        (
            HEAD + "2018,TL-10,both,total,5\n",
            ReadingOptions(mapping={"year": "yaer"}),
            ["yaer", "--map year=year"],
        ),
        (HEAD + "2018,TL-10,both,total,5\n", ReadingOptions(constants={"zone": "x"}), ["zone"]),
        (
            "year;region;sex;area;value\n2018;TL-10;both;total;1,234\n",
            MINE,
            ["row 2", "“value”", "“1,234”", "--decimal"],
        ),
    ],
)
def test_refusals_of_the_whole_file(testland, write, text, options, parts):
    with pytest.raises(BadInput) as caught:
        add_file(testland, write(text), POPULATION, options)
    for part in ["own.csv", *parts] if "did you" not in "".join(parts) and "“zone”" not in parts else parts:
        assert part in str(caught.value)
    assert user_tables(testland) == ()


def test_a_decimal_sign_that_is_said_is_used(testland, write):
    path = write("year;region;sex;area;value\n2018;TL-10;both;total;1,234\n")
    for sign, value in [(",", 1.234), (".", 1234.0)]:
        ready = prepared(testland, path, POPULATION, ReadingOptions(source="un", status="estimate", file=FileChoices(decimal=sign)))
        assert ready.frame["value"].to_list() == [value]


def test_an_unknown_source_needs_a_title(testland, write):
    path = write(HEAD + "2018,TL-10,both,total,5\n")
    with pytest.raises(ImportRefused, match=r"“bureau” is not known.*--source-title"):
        add_file(testland, path, POPULATION, ReadingOptions(source="bureau", status="official"))
    added = add_file(
        testland, path, POPULATION, ReadingOptions(source="bureau", source_title="Bureau", status="official")
    )
    assert added.sources == {"bureau": "Bureau"}
    more = write(HEAD + "2018,TL-20,both,total,5\n", "more.csv")
    assert add_file(testland, more, POPULATION, ReadingOptions(source="bureau", status="official")).rows == 1


def test_unknown_table_and_unknown_status(testland, write):
    path = write(HEAD + "2018,TL-10,both,total,5\n")
    with pytest.raises(UnknownName, match="did you mean: population_regional"):
        add_file(testland, path, "population", MINE)
    with pytest.raises(ImportRefused, match=r"“status”|column “status”"):
        add_file(testland, path, POPULATION, ReadingOptions(source="un", status="sure"))


def test_the_pack_never_blocks_and_the_conflict_is_seen(testland, write):
    path = write(HEAD + "2018,TL-10,both,total,999\n")
    add_file(testland, path, POPULATION, ReadingOptions(source="office", status="official"))
    with open_store(testland) as store:
        found = conflicts(testland, [POPULATION], {POPULATION: store.table(POPULATION)})
    mine = found.filter(pl.col("key").str.contains("TL-10"))
    assert mine.select("value_a", "value_b").rows() == [(250.0, 999.0)]


def test_what_was_added_before_is_refused_and_other_sources_are_not(testland, write):
    path = write(HEAD + "2018,TL-10,both,total,5\n2018,TL-20,both,total,6\n")
    add_file(testland, path, POPULATION, MINE)
    more = write(HEAD + "2018,TL-30,both,total,5\n2018,TL-20,both,total,7\n", "more.csv")
    with pytest.raises(ImportRefused, match=r"more\.csv, row 3: you have already added this figure.*region=TL-20"):
        add_file(testland, more, POPULATION, MINE)
    assert user_frame(testland, POPULATION).height == 2
    add_file(testland, more, POPULATION, ReadingOptions(source_title="Another", status="estimate"))
    assert user_frame(testland, POPULATION).height == 4


@pytest.mark.parametrize("moment", [1, 2])
def test_an_interruption_leaves_nothing(testland, write, monkeypatch, moment):
    path = write(HEAD + "2018,TL-10,both,total,5\n")
    calls = []
    real = os.replace

    def replace(before, after):
        calls.append(after)
        if len(calls) == moment:
            raise KeyboardInterrupt
        real(before, after)

    with monkeypatch.context() as patch:
        patch.setattr("qonys.catalog.drafts.os.replace", replace)
        with pytest.raises(KeyboardInterrupt):
            add_file(testland, path, POPULATION, MINE)
    assert [item.name for item in user_folder(testland).iterdir()] == [".lock"]


def test_a_full_disk_leaves_nothing(testland, write, monkeypatch):
    path = write(HEAD + "2018,TL-10,both,total,5\n")

    def full(self, *_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(OSError, match="No space"):
        add_file(testland, path, POPULATION, MINE)
    assert [item.name for item in user_folder(testland).iterdir()] == [".lock"]


def test_a_figure_added_meanwhile_by_another_process_is_seen_under_the_lock(testland, write, monkeypatch):
    path = write(HEAD + "2018,TL-10,both,total,5\n")
    real = add_module.prepared

    def late(*given):
        ready = real(*given)
        monkeypatch.setattr(add_module, "prepared", real)
        add_file(testland, path, POPULATION, MINE)
        return ready

    monkeypatch.setattr(add_module, "prepared", late)
    with pytest.raises(ImportRefused, match="already added"):
        add_file(testland, path, POPULATION, MINE)
    assert user_frame(testland, POPULATION).height == 1


def test_a_net_figure_may_be_negative_because_the_packs_are(testland, write):
    path = write("year,indicator,value,unit\n2003,net_migration,-5,persons\n2003,births,-5,persons\n")
    with pytest.raises(ImportRefused) as caught:
        add_file(testland, path, "national", MINE)
    assert [finding.row for finding in caught.value.findings] == [3]


def test_given_boundaries_are_kept(testland, write):
    path = write(HEAD + "2010,TL-50,both,total,5\n")
    ready = prepared(
        testland, path, POPULATION, ReadingOptions(source="un", status="estimate", constants={"vintage": "after"})
    )
    assert ready.findings == ()
    assert ready.frame["vintage"].to_list() == ["after"]


def test_a_wrong_constant_is_refused(testland, write):
    path = write("year,region,area,value\n2018,TL-10,total,5\n")
    with pytest.raises(ImportRefused, match="“sex”: the value “femal” given with --set is not known; did you mean"):
        add_file(testland, path, POPULATION, ReadingOptions(source="un", status="estimate", constants={"sex": "femal"}))


def test_moves_with_two_region_columns(testland, write):
    path = write("Год;Откуда;Куда;Количество\n2019;Северная;Южная;12\n")
    ready = prepared(testland, path, "moves", MINE)
    assert ready.findings == ()
    assert ready.frame.select("origin", "destination", "vintage", "value").rows() == [("TL-10", "TL-20", "after", 12.0)]


def test_what_is_exported_can_be_added(testland, write, tmp_path, folder):
    frame = testland.table("national").drop("rank")
    path = tmp_path / "out.csv"
    frame.write_csv(path)
    add_file(open_pack(folder), path, "national", ReadingOptions())
    assert user_frame(testland, "national").equals(frame)
