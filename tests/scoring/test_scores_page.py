import doctest
import re
from pathlib import Path

import crossings.scoring

PAGE = Path(__file__).parents[2] / "docs" / "scores.md"


def test_the_examples_of_the_page_give_what_it_says() -> None:
    text = PAGE.read_text(encoding="utf-8")
    session = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    page = doctest.DocTestParser().get_doctest(session, {}, PAGE.name, str(PAGE), 0)
    assert len(page.examples) > 20
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(page, out=report.append)
    assert result.failed == 0, "".join(report)


def test_every_score_has_its_example() -> None:
    text = PAGE.read_text(encoding="utf-8")
    scores = [name for name in crossings.scoring.__all__ if name.islower()]
    assert scores
    assert [name for name in scores if f"scoring.{name}(" not in text] == []
