"""compare_cv2.py WIDTH HEIGHT ROUNDS: how long two screens take to compare with cv2.matchTemplate, as programs that watch the
screen in Python do. The median in ms, as JSON."""
import json
import statistics
import sys
import time

import cv2
import numpy

width, height, rounds = map(int, sys.argv[1:])
random = numpy.random.default_rng(1)
before, after = (random.integers(0, 256, (height, width, 4), dtype=numpy.uint8) for _ in range(2))
times = []
for _ in range(rounds):
    begun = time.perf_counter()
    cv2.matchTemplate(cv2.cvtColor(before, cv2.COLOR_BGRA2GRAY), cv2.cvtColor(after, cv2.COLOR_BGRA2GRAY),
                      cv2.TM_CCOEFF_NORMED)
    times.append((time.perf_counter() - begun) * 1000)
print(json.dumps({"ms": statistics.median(times)}))
