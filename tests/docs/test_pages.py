"""What the documents show works: Python, commands, links, columns and priors."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import crossings
from crossings.cli import app
from crossings.situation.flee_tables import FLEE_TABLES
from crossings.situation.tables import TABLES, Table
from docs.priors import with_table

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def pages(*names: str) -> list[Path]:
    return [ROOT / name for name in names]


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def outside_fences(page: Path) -> str:
    return FENCE.sub("", text(page))


def id_of(page: Path) -> str:
    return page.name


RUN = {
    "README.md": r"9 in 10 (between )?[\d,]+ (and|to) [\d,]+",
    "docs/tutorial-1-a-forecast.md": r"9 in 10 (between )?[\d,]+ (and|to) [\d,]+",
    "docs/what-if.md": r"9 in 10 (between )?[\d,]+ (and|to) [\d,]+",
    "docs/tutorial-3-reading.md": r"arrived.cumulative southtown 4200.0 4200.0 proposed",
}
"""Pages whose Python is run, and what it must print."""


@pytest.mark.parametrize("page", pages(*RUN), ids=id_of)
def test_the_python_of_a_page_runs_from_top_to_bottom(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = [code for language, code in FENCE.findall(text(page)) if language == "python"]
    assert blocks
    session: dict[str, object] = {}
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"{page.name}, Python block {number}", "exec"), session)
    printed = capsys.readouterr().out
    assert re.search(RUN[str(page.relative_to(ROOT))], printed)


def test_the_commands_and_the_python_from_flee_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "docs" / "flee-valley", tmp_path / "flee-valley")
    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs" / "tutorial-2-from-flee.md"
    session: dict[str, object] = {}
    typed = []
    for language, block in FENCE.findall(text(page)):
        if language == "python":
            exec(compile(block, page.name, "exec"), session)
            continue
        for line in block.splitlines():
            words = shlex.split(line)[1:]
            few = ["--members", "100"] if words[0] in ("simulate", "forecast") else []
            done = CliRunner().invoke(app, [*words, *few], catch_exceptions=False)
            assert done.exit_code == 0, done.output
            typed.append(words[0])
    assert typed == ["import", "check", *["simulate"] * 4, "forecast"]
    printed = capsys.readouterr().out
    assert "tier: retrospective" in printed
    found = dict(re.findall(r"(native|Flee's rules|without the capacities):? (\d\.\d\d)", printed))
    assert set(found) == {"native", "Flee's rules", "without the capacities"}
    assert {p.name for p in tmp_path.iterdir()} >= {"valley", "flee.csv", "native.csv", "out"}


def test_the_readme_needs_five_lines_of_python() -> None:
    (block,) = [code for language, code in FENCE.findall(text(ROOT / "README.md")) if language]
    assert len([line for line in block.splitlines() if line.strip()]) == 5


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    found = re.findall(r"^#+ (.+)$", outside_fences(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in found}


@pytest.mark.parametrize("page", PAGES, ids=id_of)
def test_every_link_between_the_pages_leads_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(outside_fences(page)):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        if not there.is_file() or (anchor and anchor not in headings(there)):
            broken.append(target)
    assert broken == []


def shell_lines(page: Path) -> list[list[str]]:
    """The commands in the fenced blocks of a page; equations and tables stand there too."""
    return [
        shlex.split(line, comments=True)
        for language, block in FENCE.findall(text(page))
        if language in ("", "sh")
        for line in block.splitlines()
        if line.startswith(("crossings ", "make "))
    ]


def can_be_typed(words: list[str]) -> bool:
    """Whether the command line understands a command; it is asked for help in place of running."""
    return CliRunner().invoke(app, [*words, "--help"]).exit_code == 0


@pytest.mark.parametrize("page", PAGES, ids=id_of)
def test_every_command_shown_can_be_typed(page: Path) -> None:
    targets = set(re.findall(r"^(\w+):", text(ROOT / "Makefile"), re.MULTILINE))
    for program, *words in shell_lines(page):
        if program == "crossings":
            assert can_be_typed(words), words
        else:
            assert words[0] in targets
    for name in re.findall(r"`crossings ([\w-]+)[^`]*`", outside_fences(page)):
        assert can_be_typed([name]), name
    for name in re.findall(r"`make (\w+)`", outside_fences(page)):
        assert name in targets
    for script in re.findall(r"`python (\S+)`", outside_fences(page)):
        assert (ROOT / script).is_file()


def test_a_command_that_does_not_exist_is_noticed() -> None:
    assert can_be_typed(["forecast", "somewhere", "--as-of", "2023-09-25"])
    assert not can_be_typed(["forecats", "somewhere"])
    assert not can_be_typed(["forecast", "somewhere", "--as-off", "2023-09-25"])


def test_the_table_of_default_priors_is_current() -> None:
    page = text(ROOT / "docs" / "model.md")
    assert page == with_table(page), "run: python docs/priors.py"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_the_columns_of_each_table_are_explained_in_order(table: Table) -> None:
    page = text(ROOT / "docs" / "formats.md")
    section = page.split(f"\n`{table.file}`", 1)[1].split("\n\n", 2)[1]
    rows = [line.split("|")[1] for line in section.splitlines()[2:]]
    assert [name for row in rows for name in re.findall(r"`(\w+)`", row)] == list(table.columns)


def test_the_columns_of_the_tables_of_flee_are_explained() -> None:
    section = text(ROOT / "docs" / "formats.md").split("## The folder flee/", 1)[1]
    rows = [line.split("|") for line in section.split("\n\n")[3].splitlines()[2:]]
    explained = {r[1].strip(" `"): re.findall(r"`(\w+)`", r[2]) for r in rows}
    columns = {f"{t.field}.csv": [c for c in t.columns if c != "known_at"] for t in FLEE_TABLES}
    assert explained == columns


def test_the_settings_are_explained() -> None:
    template = ROOT / "src" / "crossings" / "situation" / "template" / "situation.toml"
    page = text(ROOT / "docs" / "formats.md")
    section = page.split("`situation.toml`", 1)[1].split("`places.csv`", 1)[0]
    for key in tomllib.loads(text(template)):
        assert f"`{key}`" in section


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    (cited,) = re.findall(r"^version: (\S+)$", text(ROOT / "CITATION.cff"), re.MULTILINE)
    assert project["version"] == crossings.__version__ == cited
