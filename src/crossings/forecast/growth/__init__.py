"""The statistical component for the first weeks: how published figures go on from themselves.

``levels`` reads the published series off the observations, ``component`` draws how each goes on,
``coefficients.json`` is what was learned from past crises (see :mod:`crossings.forecast.learned`).
"""
