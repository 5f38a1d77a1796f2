"""Codes of a file that the table does not have: events and flows are refused, new indicators said."""

import pytest

TO_TABLE = ("--source-title", "T", "--status", "official", "--dry-run")


@pytest.mark.parametrize(
    ("table", "text", "code", "said"),
    [
        ("vital_regional", "year,region,event,value\n2019,KZ-61,births,100\n", 0, "0 errors found"),
        ("vital_regional", "year,region,event,value\n2019,KZ-61,births,1\n2019,KZ-63,abortions,5\n", 1,
         "row 3, column “event”: “abortions” is not one of the table's codes: births, deaths"),
        ("vital_regional", "year,region,event,value\n2019,KZ-61,birth,1\n", 1, "“birth” is not one of"),
        ("vital_regional", "year,region,вид,value\n2019,KZ-61,xxx,1\n", 1, "“xxx” is not one of"),
        ("external_flows", "year,reported_by,breakdown,category,unit,flow,value\n2019,KAZ,total,total,persons,transit,5\n", 1, "“transit” is not one of the table's codes"),
        ("national", "year,indicator,unit,value\n2019,happiness,persons,5\n", 0, "“happiness” in column “indicator” is new to the table"),
    ],
)  # fmt: skip
def test_codes_of_a_table(command, tmp_path, table, text, code, said):
    (tmp_path / "x.csv").write_text(text)
    mapped = ("--map", "вид=event") if "вид" in text else ()
    found, out, err = command(tmp_path, "catalog", "add", "x.csv", "--as", table, *TO_TABLE, *mapped)
    assert (found, said in out + err) == (code, True), out + err
