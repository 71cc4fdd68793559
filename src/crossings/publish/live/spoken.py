"""The page's words from the server: texts of a language, numbers, dates as people read them.

The page's own modules word everything that can change while it is read (``web/words.js``). What
stands in the document before they run is worded here, from the same catalogue and with the same
rounding; numbers and dates follow the Unicode CLDR (Babel), as a browser's do.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
from collections.abc import Mapping
from typing import Any, Literal

from babel.core import Locale
from babel.dates import format_skeleton, format_timedelta
from babel.numbers import format_decimal

from crossings.publish import words
from crossings.publish.live import web

LOCALES = {"en": "en_GB"}
"""Where a language alone does not say how dates are written."""

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def language_for(asked: str, accepted: str) -> str:
    """The page's language: the one asked for, else the first that a browser accepts, else English.

    ``accepted`` is a header ``Accept-Language``; of it only the first language counts.
    """
    offered = web.messages()
    first = accepted.strip()[:2].lower()
    return next((lang for lang in (asked, first) if lang in offered), "en")


@dataclasses.dataclass(frozen=True)
class Spoken:
    """Texts, numbers and times in one language."""

    lang: str
    texts: Mapping[str, str]

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return "rtl" if self.lang in RIGHT_TO_LEFT else "ltr"

    @functools.cached_property
    def _locale(self) -> Locale:
        return Locale.parse(LOCALES.get(self.lang, self.lang))

    def t(self, key: str, **values: str) -> str:
        """The text of a key with {names} filled in; escape values before, where they need it."""
        found = self.texts.get(key, key)
        return re.sub(r"\{(\w+)\}", lambda place: values.get(place[1], place[0]), found)

    def told(self, sentence: Mapping[str, Any]) -> str | None:
        """A sentence of the server (``crossings.publish.told``) in a language that is not English.

        None where the language lacks it. Values that are themselves sentences do not come here.
        """
        keys = [one["key"] for one in sentence["said"]]
        if self.lang == "en" or not keys or any(key not in self.texts for key in keys):
            return None
        shown = [
            {
                name: self.number(value) if isinstance(value, float) else str(value)
                for name, value in one["values"].items()
            }
            for one in sentence["said"]
        ]
        return " ".join(self.t(key, **values) for key, values in zip(keys, shown, strict=True))

    def term(self, group: str, entry: str, otherwise: str = "") -> str:
        """The word for an identifier of a group, as ``term`` of ``web/words.js``."""
        return self.texts.get(f"{group}.{entry}") or otherwise or entry.replace("_", " ")

    def number(self, value: float) -> str:
        """A figure as stated, with at most two decimals."""
        return str(format_decimal(value, "#,##0.##", locale=self._locale, numbering_system="latn"))

    def rounded(self, value: float, step: int) -> str:
        """A forecast figure, rounded to a multiple of ``step`` people."""
        return self.number(int(words.rounded(value, step).replace(",", "")))

    def rounded_up(self, value: float, step: int) -> str:
        """A figure to plan for."""
        return self.number(int(words.rounded_up(value, step).replace(",", "")))

    def between(self, low: float, high: float, step: int) -> str:
        """``18,000–127,000``."""
        ends = self.rounded(low, step), self.rounded(high, step)
        return ends[0] if ends[0] == ends[1] else "–".join(ends)

    def age(self, hours: float) -> str:
        """``40 min``, ``7 h``, ``3 days``."""
        length: Literal["short", "long"] = "short" if hours < 48 else "long"
        unit: Literal["minute", "hour", "day"] = "minute"
        if hours < 1:
            rest = dt.timedelta(minutes=round(hours * 60))
        elif hours < 48:
            rest, unit = dt.timedelta(hours=round(hours)), "hour"
        else:
            rest, unit = dt.timedelta(days=round(hours / 24)), "day"
        said = format_timedelta(
            rest, granularity=unit, threshold=1e9, format=length, locale=self._locale
        )
        return re.sub(r"\bmins\b", "min", re.sub(r"\bhrs?\b", "h", said))

    def day(self, when: dt.datetime, skeleton: str = "MMMEd") -> str:
        """``Tue 3 Oct``."""
        said = format_skeleton(skeleton, when.replace(tzinfo=None), locale=self._locale)
        western = said.translate(_WESTERN)
        return re.sub(r"\bSept\b", "Sep", western).replace(",", "")

    def moment(self, when: dt.datetime, year: bool = False) -> str:
        """``25 Sep, 17:00``, or the day alone at its end."""
        date = self.day(when, "yMMMd" if year else "MMMd")
        return (
            self.t("end_of", day=date)
            if words.is_day_end(when)
            else f"{date}{self.t('comma')}{when:%H:%M}"
        )

    def by_then(self, when: dt.datetime) -> str:
        """``By the end of 3 October``."""
        date = self.day(when, "MMMMd")
        if words.is_day_end(when):
            return self.t("by_end_of", day=date)
        return self.t("by_time", day=date, time=f"{when:%H:%M}")


_WESTERN = {ord("٠") + i: str(i) for i in range(10)}


@functools.cache
def spoken(lang: str) -> Spoken:
    """The page's words in one of its languages, with English where it has none."""
    offered = web.messages()
    return Spoken(lang, offered["en"] | offered[lang])
