"""``crossings serve``: the live page and its API on this machine, or on a network with a token."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from crossings.cli_options import Store

KEEP_ALIVE_SECONDS = 75
"""How long a connection stays open between two requests.

On a loaded machine a process may stand still for some seconds. Were that longer than this, the
server would close connections on which a request has come but was not yet read.
"""


def serve(
    situations: Annotated[
        list[str] | None,
        typer.Argument(help="Bundled situations or folders; none: all bundled ones."),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes any.")] = 8000,
    store: Store = None,
    profile: Annotated[str, typer.Option(help="internal or public.")] = "internal",
    database: Annotated[
        str | None,
        typer.Option(help="A ledger: its accepted claims enter, proposed ones are reviewed."),
    ] = None,
) -> None:
    """Serve the live page: forecasts, figures with their sources, downloads.

    Whatever writes needs a token: that of CROSSINGS_TOKEN, else a new one, printed at the start.

    Example: [bold]crossings serve nagorno-karabakh-2023[/bold]
    """
    import uvicorn

    from crossings.exchange.kept import default_store
    from crossings.publish.live.app import create_app
    from crossings.publish.live.settings import Settings, new_token
    from crossings.situation.catalogue import bundled, load

    loaded = [(name, load(name)) for name in situations or bundled()]
    token = os.environ.get("CROSSINGS_TOKEN", "") or new_token()
    settings = Settings(
        situations={one.id: one for _, one in loaded},
        sources={one.id: name for name, one in loaded},
        store=store or default_store(),
        token=token,
        host=host,
        port=port,
        profile=profile,
        database=database,
    )
    app = create_app(settings)
    shown = f"[{host}]" if ":" in host else host
    print(f"Page: http://{shown}:{port}/   (stop with Ctrl-C)", flush=True)
    if "CROSSINGS_TOKEN" not in os.environ:
        print(f"Token for whatever writes: {token}", flush=True)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
