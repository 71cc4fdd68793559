"""The statistical component: long published series carried on by what past crises did.

Figures become series (:mod:`~crossings.forecast.series.history`), a series as known on a day
becomes features (:mod:`~crossings.forecast.series.features`), and quantile forests, a two-piece
quantile function and resampled increments, each learned or gated on past crises, give the quantiles
(:mod:`~crossings.forecast.series.replay`). ``docs/series-model.md`` is the whole story.
"""
