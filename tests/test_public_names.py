from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest

import crossings as cx


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("name", cx.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(cx, name) is not None
    assert name in dir(cx)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'backcast'"):
        cx.backcast  # noqa: B018


def test_names_are_loaded_when_first_used() -> None:
    heavy = "{'numpy', 'pandas', 'xarray', 'numba', 'scipy', 'pydantic', 'rich', 'typer'}"
    assert python(f"import sys, crossings; print({heavy} & set(sys.modules))") == "set()"
    loaded = f"import sys, crossings; crossings.load; print(({heavy} & set(sys.modules)))"
    assert python(loaded) == "{'pydantic'}"


@pytest.mark.parametrize(
    "before",
    ["", "import crossings.forecast", "import crossings.forecast.outlook", "crossings.forecast"],
)
def test_the_room_of_forecasts_can_be_called_whatever_was_imported(before: str) -> None:
    code = (
        f"import crossings\n{before}\n"
        "from crossings import forecast\n"
        "import crossings.forecast.outlook\n"
        "assert callable(crossings.forecast) and forecast is crossings.forecast\n"
        "print(crossings.forecast.outlook.Outlook is crossings.Outlook)"
    )
    assert python(code) == "True"


def test_the_room_calls_its_function(monkeypatch: pytest.MonkeyPatch) -> None:
    import crossings.forecast as room

    def forecast(situation: str, horizon: str = "8d") -> tuple[str, str]:
        return situation, horizon

    monkeypatch.setattr(room, "forecast", forecast, raising=False)
    called: Any = cx.forecast
    assert called("s", horizon="1d") == ("s", "1d")
    assert inspect.signature(called) == inspect.signature(forecast)
