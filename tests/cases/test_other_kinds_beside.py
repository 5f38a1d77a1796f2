"""Columns of sexes, of urban and rural people or of ages beside groups across: nobody is counted twice."""


import pytest

ROWS = {"А": (1000, 500, 700, 800), "Б": (3000, 200, 1500, 1700), "В": (500, 2000, 1200, 1300)}
KINDS = [
    ("Мужчины", "Женщины"), ("Мужчины, чел.", "Женщины, чел."), ("число мужчин", "число женщин"), ("городское население", "сельское население"),
    ("Қала", "Ауыл"), ("қала халқы", "ауыл халқы"), ("Males", "Females"), ("ерлер", "әйелдер"), ("urban population", "rural population"), ("0-14 лет", "15+"),
]  # fmt: skip


@pytest.fixture
def read(read):
    """Exit code, rows and what is said of a file of groups."""

    def call(text, *arguments, name="segregation"):
        return read(text, name, *arguments)

    return call


def table(names, total=""):
    head = ";".join(("Регион", *([total] if total else []), *names))
    lines = [";".join(map(str, (place, *([sum(n[:2])] if total else []), *n[: len(names)]))) for place, n in ROWS.items()]
    return "\n".join([head, *lines]) + "\n"


@pytest.mark.parametrize("pair", KINDS)
@pytest.mark.parametrize("total", ["", "Всего"])
def test_other_kinds_of_people_are_left_out(read, pair, total):
    code, rows, err = read(table(("казахи", "русские", *pair), total))
    assert (code, rows) == (0, read(table(("казахи", "русские")))[1]), err
    assert f"count the people of the other columns again and were left out: {', '.join(pair)}" in err


def test_kept_where_the_person_says_so(read):
    names = ("казахи", "русские", "Мужчины", "Женщины")
    code, rows, err = read(table(names), "--keep", "group=Мужчины", "--keep", "group=Женщины")
    assert (code, "were left out" in err) == (0, False), err
    assert rows == read(table(("казахи", "русские", "первые", "вторые")))[1]


def test_sexes_alone_are_groups(read):
    code, rows, err = read(table(("Мужчины", "Женщины")))
    assert (code, rows) == (0, read(table(("казахи", "русские")))[1]), err


def test_two_kinds_alone_are_asked_about(read):
    names = ("Мужчины", "Женщины", "Городские", "Сельские")
    code, _, err = read(table(names))
    assert (code, "--exclude 'group=Городские' --exclude 'group=Сельские'" in err) == (1, True), err
    code, rows, err = read(table(names), "--exclude", "group=Городские", "--exclude", "group=Сельские")
    assert (code, rows) == (0, read(table(("казахи", "русские")))[1]), err


def test_short_names_of_groups_are_no_sexes(read):
    code, _, err = read(table(("А", "Б", "М", "Ж")))
    assert (code, "were left out" in err) == (0, False), err
