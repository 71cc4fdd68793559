"""Backtests, replay, seals: the record of how good the forecasts were."""
