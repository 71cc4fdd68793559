"""The commands that speak of past forecasts: history, seal, verify-seal, and making one again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from crossings.cli_options import Json, SituationArgument, Store

SEALED = ("forecast.csv", "forecast.json", "forecast.nc")
"""The files of a forecast folder that a seal holds the hashes of."""


def history(
    situation: SituationArgument,
    store: Store = None,
    forecast: Annotated[
        list[Path] | None, typer.Option(help="A forecast folder elsewhere; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show past forecasts of a situation beside what came.

    Example: [bold]crossings history nagorno-karabakh-2023 --forecast out/[/bold]
    """
    from rich.console import Console

    from crossings.exchange.kept import Kept, default_store
    from crossings.publish.export import stored
    from crossings.publish.track_record import history_json, print_history
    from crossings.situation.catalogue import load
    from crossings.verify.record import history as rows_of

    known = load(situation)
    kept = Kept(store or default_store())
    outlooks = [kept.read(known.id, row.id) for row in kept.all(known.id)]
    outlooks += [stored(folder, known)[0] for folder in forecast or []]
    rows = rows_of(outlooks, known)
    if as_json:
        print(json.dumps(history_json(rows), indent=1))
    else:
        print_history(Console(), rows, known)


def seal(
    folder: Annotated[Path, typer.Argument(help="A forecast folder.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="File for the seal.")] = None,
) -> None:
    """Write a small public record of a forecast, to be checked and scored later.

    Publish the hash it prints where others keep the time: a seal alone does not prove when it was
    made.

    Example: [bold]crossings seal out/ -o seal.json[/bold]
    """
    from crossings.exchange.forecast_folder import read_forecast
    from crossings.exchange.forecast_json import read_description
    from crossings.verify.seal import read_seal
    from crossings.verify.seal import seal as sealed
    from crossings.whole import write_file

    outlook = read_forecast(folder)
    files = _files(folder)
    described = read_description(files["forecast.json"].decode("utf-8"), str(folder))
    text = sealed(outlook, files, described["inputs"])
    if out is None:
        print(text, end="")
    else:
        digest = read_seal(text, str(out))["sha256"]
        print(f"Written to {write_file(out, text.encode())}\nPublish this hash: {digest}")


def verify_seal(
    file: Annotated[Path, typer.Argument(help="A seal.")],
    forecast: Annotated[
        Path | None, typer.Option(help="The forecast folder that is said to be sealed.")
    ] = None,
    situation: Annotated[
        str | None, typer.Option(help="Its situation, to check the inputs and to score it.")
    ] = None,
) -> None:
    """Check a seal, that a forecast is the one sealed, and how good it was; status 1 if not.

    Example: [bold]crossings verify-seal seal.json --situation nagorno-karabakh-2023[/bold]
    """
    from zoneinfo import ZoneInfo

    from rich.console import Console

    from crossings.errors import InputError
    from crossings.publish.track_record import print_seal
    from crossings.situation.catalogue import load
    from crossings.situation.hashes import input_hashes
    from crossings.verify.seal import differences, read_seal, score_seal

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: not readable as a seal ({error})") from error
    content = read_seal(text, str(file))
    known = None if situation is None else load(situation)
    if known is not None and known.id != content["situation"]:
        raise InputError(f"situation: found {known.id!r}, expected {content['situation']!r}")
    inputs = None if known is None else input_hashes(known.as_of(content["issued_at"]))
    wrong = differences(content, {} if forecast is None else _files(forecast), inputs)
    zone = ZoneInfo("UTC") if known is None else known.zone
    rows = [] if known is None else score_seal(content, known)
    print_seal(Console(), content, wrong, rows, zone)
    if known is None:
        print("Name the situation with --situation to see what came.")
    if wrong:
        raise typer.Exit(1)
    print("All that could be checked agrees with the seal.")


def again(
    situation: str,
    file: Path,
    learn_from: Sequence[str] = (),
    database: str | None = None,
) -> None:
    """Make a kept forecast again and say whether it is the same; status 1 if it is not.

    Args:
        situation: a bundled situation or a folder.
        file: a ``forecast.json``, or the folder that holds it.
        learn_from: the past crises that it learnt from; bundled ones are found by their names.
        database: the ledger that it was made with.
    """
    from crossings.exchange.forecast_json import read_description
    from crossings.publish.export import stored
    from crossings.publish.intake import with_ledger
    from crossings.publish.progress import progress_bar
    from crossings.situation.catalogue import bundled, load
    from crossings.situation.hashes import input_hashes
    from crossings.verify.again import library_of, replay

    folder = file.parent if file.name == "forecast.json" else file
    kept, known = stored(folder, load(situation))
    if database is not None:
        proposed = bool(kept.diagnostics.get("include_proposed"))
        known = with_ledger(known, database, kept.issued_at.isoformat(), proposed)
    library = [load(name) for name in learn_from]
    given = {one.id for one in library}
    library += [load(name) for name in library_of(kept) if name in {*bundled()} - given]
    described = read_description(_files(folder)["forecast.json"].decode("utf-8"), str(folder))
    inputs = input_hashes(known.as_of(kept.issued_at))
    with progress_bar() as progress:
        made = replay(kept, known, described["inputs"], inputs, progress, library)
    print("Every draw is the same." if made.same else "The forecast is not the same as it was.")
    for sentence in made.changed:
        print(f"Changed: {sentence}.")
    if not made.same:
        if not made.changed:
            print("Inputs and versions are as they were: the code itself must have changed.")
        raise typer.Exit(1)


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a forecast folder that are there."""
    from crossings.errors import InputError

    try:
        return {name: (folder / name).read_bytes() for name in SEALED}
    except OSError as error:
        raise InputError(
            f"{error.filename}: not readable ({error.strerror}), expected a forecast folder"
        ) from error
