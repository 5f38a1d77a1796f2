"""Rows below headings of parts, moves in percent, and what closing the accounts of stocks says."""


import pytest

PARTS = "регион,прибыло,выбыло\nА,1000,500\n{heading},,\nА1,300,100\nА2,200,100\nБ,500,400\n"
GROUPS = "регион,группа,число\n" + "".join(f"{r},казахи,{n}\n{r},русские,400\n{r},в том числе:,\n{r},женщины,210\n" for r, n in (("А", 600), ("Б", 700)))
OF_TOTAL = "регион,группа,число\n" + "".join(f"{r},Всего,{n + 400}\n{r},в том числе:,\n{r},казахи,{n}\n{r},русские,400\n" for r, n in (("А", 600), ("Б", 700)))


def arrived(rows):
    return [row["value"] for row in rows if (row["indicator"], row["variant"]) == ("moves", "arrivals")]


@pytest.mark.parametrize("heading", ["из них:", "в том числе", "of which", "оның ішінде:"])
def test_rows_below_a_heading_are_asked_about(read, heading):
    table = PARTS.format(heading=heading)
    code, _, err = read(table, "indicators", "--totals")
    assert (code, "--exclude 'регион=А1' --exclude 'регион=А2'" in err) == (1, True), err
    code, rows, err = read(table, "indicators", "--totals", "--exclude", "регион=А1", "--exclude", "регион=А2")
    assert (code, arrived(rows)) == (0, ["1500.0"]), err
    code, rows, err = read(table, "indicators", "--totals", "--exclude", f"регион={heading}")
    assert (code, arrived(rows)) == (0, ["2000.0"]), err


def test_groups_below_a_heading_are_asked_about(read):
    code, _, err = read(GROUPS, "segregation")
    assert (code, "under “русские” stand женщины" in err) == (1, True), err


def test_rows_below_a_heading_of_a_total_are_read(read):
    code, rows, err = read(OF_TOTAL, "segregation", "--draws", "0")
    without = "регион,группа,число\nА,казахи,600\nА,русские,400\nБ,казахи,700\nБ,русские,400\n"
    assert (code, rows) == (0, read(without, "segregation", "--draws", "0")[1]), err


FLOWS = 'origin,destination,"value{unit}"\n' + "".join(f"{a},{b},{n}\n" for a, b, n in (("A", "B", 25), ("B", "A", 35), ("A", "C", 30), ("C", "A", 10)))


def test_percentages_of_moves_are_not_drawn_as_counts(read):
    code, rows, err = read(FLOWS.format(unit=", %"), "indicators")
    counted = read(FLOWS.format(unit=""), "indicators")[1]
    assert (code, {row["low"] for row in rows}, {row["error_method"] for row in rows}) == (0, {""}, {"none"}), err
    assert "shares, not counts" in err
    mei = [float(row["value"]) for table in (rows, counted) for row in table if row["indicator"] == "mei" and not row["region"]]
    assert mei[0] == pytest.approx(mei[1])
    assert any(row["low"] for row in counted)
    assert any(row["low"] for row in read(FLOWS.format(unit=", %"), "indicators", "--multiplier", "1")[1])


def test_percentages_of_totals_have_no_intervals(read):
    code, rows, err = read('region,"arrivals, %","departures, %"\nA,60,30\nB,40,70\n', "indicators", "--totals")
    assert (code, {row["low"] for row in rows}, {row["error_method"] for row in rows}) == (0, {""}, {"none"}), err


STOCKS = "birthplace,residence,year,value\n" + "".join(
    f"{a},{b},{year},{n}\n" for a, b, *both in (("A", "A", 10000, 10300), ("A", "B", 10, 20), ("B", "A", 20, 25), ("B", "B", 20000, 20400))
    for year, n in zip((2010, 2020), both, strict=True)
)


def test_what_closing_says_is_the_sum_of_the_balance(read):
    code, rows, err = read(STOCKS, "flows estimate", "--table", "balance")
    assert (code, sum(float(row["difference"]) for row in rows)) == (0, pytest.approx(715)), err
    assert "differs from births less deaths by +715 persons" in err
