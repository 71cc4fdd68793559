"""The live page and its API: FastAPI over kept forecasts, run by ``crossings serve``.

`app` puts it together; `settings` says what a server is given; `jobs` runs forecasts in processes
of their own; `guard` holds tokens, headers and bounds; `answers` the forms of answers; the other
modules hold one group of addresses each.
"""
