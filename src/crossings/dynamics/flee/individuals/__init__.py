"""The same rules person by person: slow, plain, and independent of the count engine.

Every person is an object of its own and all are worked through one by one in order of creation, as
in Flee. Nothing is shared with the count engine but the records: places, scores, options and
spawning are written a second time here, so that a mistake in one of them shows as a difference in
law (``tests/dynamics/flee/test_same_law.py``). ``world`` holds the places, ``hazards`` floods,
``newcomers`` who sets out, ``choices`` what a person makes of the ways, ``days`` a day of each,
``histories`` the runs.
"""
