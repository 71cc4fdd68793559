from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crossings.ledger.quotes import passage

TEXT = (
    "Fighting ended. Officials said nearly 3,000 people, mostly families,\nhad fled by 5 p.m. on "
    "Monday. More were on the way.\n\nThe ombudsman said 200 were killed"
)


def test_a_quote_stands_in_its_sentence() -> None:
    said = passage(TEXT, "nearly 3,000 people,  mostly families, had fled")
    assert said.before == "Officials said "
    assert said.quote == "nearly 3,000 people, mostly families,\nhad fled"
    assert said.found
    last = passage(TEXT, "200 were killed")
    assert (last.before, last.after) == ("The ombudsman said ", "")
    whole = passage(TEXT, "More were on the way.")
    assert (whole.before, whole.after) == ("", "")


def test_a_quote_that_is_not_there_stands_alone() -> None:
    said = passage(TEXT, "5,000 people")
    assert (said.before, said.quote, said.after, said.found) == ("", "5,000 people", "", False)
    assert passage(TEXT, " ").quote == ""


@given(st.text(max_size=200), st.data())
def test_any_part_of_a_text_is_found_with_what_is_around_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    quote = text[start : data.draw(st.integers(start, len(text)))]
    said = passage(text, quote)
    assert said.found is bool(quote.split())
    around = said.before.removeprefix("…") + said.quote
    assert around in text
    assert said.quote.split() == quote.split()
