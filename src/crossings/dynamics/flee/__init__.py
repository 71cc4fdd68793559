"""The rules of Flee (Suleimenova, Bell and Groen 2017, Scientific Reports 7:13377), on counts.

``records`` and ``settings`` hold a case as plain values; ``days`` turns it into what holds on each
day (types, scores, closures) and ``options`` into the ways people may choose; ``spawning`` says how
many set out. ``walk`` is one day of one member on cells of exchangeable people, ``ensemble`` runs
many members, ``individuals`` follows every person by the same rules as an independent reference.
``docs/flee-rules.md`` says what agrees with Flee, what differs, and why.
"""
