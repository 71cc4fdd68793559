"""How people move: rates, choice of destination, roads and queues, the exact step, random streams.

``simulation`` runs a situation forward; ``engine`` walks its members through ``step`` after
``step``, on the flat arrays of ``network`` and the latent paths of ``drivers``; ``binomial`` draws
whole people and ``streams`` addresses the luck. ``roads`` and ``population`` read a situation's
tables for it.
"""
