"""Options and arguments that several commands take in the same words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SituationArgument = Annotated[str, typer.Argument(help="A bundled situation or a folder.")]
Horizon = Annotated[str, typer.Option(help="How far: 8d, 36h.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same bits.")]
IncludeProposed = Annotated[
    bool, typer.Option(help="Let claims enter that nobody has accepted yet.")
]
Store = Annotated[Path | None, typer.Option(help="Folder of kept forecasts (CROSSINGS_STORE).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
