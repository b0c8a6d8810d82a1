"""Of what PostgreSQL knows about clients and queries, nothing that belongs to a customer is passed on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.integrations.postgres import masked, normalised

SECRET = "Kq7-planted-secret"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("10.8.13.10", "10.8.13.x"),
        ("10.8.13.10/32", "10.8.13.x"),
        ("2001:db8:85a3::8a2e:370:7334", "2001:0db8:85a3:…"),
        (None, "local"),
        ("", "local"),
        ("nonsense", "local"),
    ],
)
def test_an_address_loses_its_last_part(address: object, shown: str) -> None:
    assert masked(address) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("SELECT $1 FROM a WHERE b = 'Ana'", "SELECT $1 FROM a WHERE b = ?"),
        ("SELECT *\n  FROM a -- of ana@example.com\n WHERE id = 4711", "SELECT * FROM a WHERE id = ?"),
        ("/* user='ana' */ UPDATE t1 SET x = 1.5e3", "UPDATE t1 SET x = ?"),
        ("SELECT E'it''s \\'so' || $tag$Ana's$tag$, $2", "SELECT ? || ?, $2"),
        ("SELECT 'never ends", "SELECT ?"),
        ("SELECT /* never ends", "SELECT"),
        ("SELECT a2.b3 FROM a2 LIMIT $1", "SELECT a2.b3 FROM a2 LIMIT $1"),
    ],
)
def test_values_are_taken_out_of_a_query(text: str, shown: str) -> None:
    assert normalised(text) == shown


@given(
    before=st.text(alphabet="abc $1_.,()\n", max_size=20),
    quoting=st.sampled_from(
        ["'{}'", "E'{}'", "$${}$$", "$x${}$x$", "/* {} */", "-- {}\n", "'{}", "/*{}", "'it''s {}'"]
    ),
    after=st.text(alphabet="abc $2_.,()\n", max_size=20),
)
def test_no_planted_secret_is_left(before: str, quoting: str, after: str) -> None:
    assert SECRET not in normalised(f"SELECT {before} {quoting.format(SECRET)} {after}")


def test_a_query_is_cut_to_what_can_be_shown() -> None:
    assert len(normalised("SELECT a, " * 10_000)) == 1000
