"""Tables as Eurostat writes them, added to the catalogue."""

from qonys.catalog.importing.add import prepared
from qonys.catalog.importing.understand import ReadingOptions


def test_added_to_the_catalogue(testland, tmp_path):
    path = tmp_path / "people.tsv"
    path.write_text("freq,sex,geo\\TIME_PERIOD\t2018 \t2017 \nA,F,TL-10\t5 p\t:\nA,M,TL-10\t6\t: c\n", encoding="utf-8")
    options = ReadingOptions(constants={"area": "total"}, source="un", status="estimate")
    ready = prepared(testland, path, "population_regional", options)
    assert ready.findings == ()
    assert ready.frame.select("year", "region", "sex", "value").rows() == [
        (2018, "TL-10", "female", 5.0), (2018, "TL-10", "male", 6.0),
    ]  # fmt: skip
