"""What is true of therapy data.

Only the standard library, NumPy, SciPy and itself: no web, no files, no network, no clock.
Time and chance are handed in (``at=``, ``rng=``); text is parsed after somebody else opened it.
"""
