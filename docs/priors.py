"""Write the table of default priors into docs/model.md: ``python docs/priors.py``."""

from __future__ import annotations

from pathlib import Path

from crossings.forecast.parameters import DEFAULTS, Distribution

PAGE = Path(__file__).parent / "model.md"
BEGIN, END = "<!-- priors: begin -->\n", "<!-- priors: end -->"


def in_words(prior: Distribution) -> str:
    """A prior as it is read aloud: family and its two numbers."""
    a, b = f"{prior.a:,g}" if prior.a < 1e5 else f"{prior.a:,.0f}", f"{prior.b:g}"
    words = {
        "lognormal": f"lognormal, median {a}, log-sd {b}",
        "normal": f"normal, mean {a}, sd {b}",
        "beta": f"beta({a}, {b})",
        "uniform": f"uniform, {a} to {b}",
        "fixed": a,
    }
    return words[prior.family]


def table() -> str:
    """The default priors as rows of a table, in the order of the code."""
    rows = [f"| `{name}` | {in_words(p)} | {p.reason} |" for name, p in DEFAULTS.items()]
    return "\n".join(["| parameter | prior | reason |", "|---|---|---|", *rows]) + "\n"


def with_table(page: str) -> str:
    """The text of the page with the table of now between the two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
