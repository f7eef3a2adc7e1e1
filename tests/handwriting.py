"""Digits as people write them, for the tests of the pad: the way of the pen, as data.

A digit is written on a sheet of 100 by 100; a stroke is a text of points "x,y", and
the pen goes smoothly through them, or straight in strokes that begin with "-". A hand
is how somebody writes: how large, how wide, how slanted, where on the pad, how shakily.
"""

import numpy as np

DIGITS = [
    # European, with flags, bars and open loops; and as one learns it in school.
    (0, ["52,12 34,18 24,40 24,62 34,84 52,90 70,82 78,60 76,36 66,17 50,12"]),
    (0, ["60,15 42,12 28,28 23,52 30,78 48,90 66,82 76,60 74,34 62,18 54,20"]),
    (0, ["50,8 36,20 30,50 36,82 52,92 66,80 70,50 64,20 48,9"]),
    (1, ["-50,10 50,90"]),
    (1, ["-32,34 54,12 52,90"]),
    (1, ["-58,12 44,88"]),
    (1, ["-36,28 52,10 52,90", "-34,90 70,90"]),
    (2, ["26,30 34,14 54,10 70,22 68,42 50,62 24,88", "-24,88 78,88"]),
    (2, ["28,26 42,11 62,14 70,30 60,52 40,72 28,86 38,82 52,86 66,90 78,82"]),
    (2, ["25,34 30,16 50,9 68,18 70,36 54,58 36,78 24,90 44,88 76,89"]),
    (3, ["28,20 44,10 62,14 68,28 58,42 44,47 62,52 72,66 66,82 48,90 28,84"]),
    (3, ["-28,14 70,14 46,42", "46,42 62,46 72,62 68,80 50,90 28,82"]),
    (3, ["30,22 46,11 64,20 62,36 44,44 62,50 70,68 58,86 38,89 26,78"]),
    (4, ["-58,10 24,62 80,62", "-60,40 58,92"]),
    (4, ["-30,12 26,52 74,50", "-72,10 68,92"]),
    (4, ["-34,14 30,48 38,54 70,52", "-70,14 70,52 66,90"]),
    (5, ["-70,12 34,12 31,44", "31,44 48,38 66,46 72,64 62,82 44,90 26,82"]),
    (5, ["34,14 32,30 30,44 46,42 64,50 68,68 58,84 40,90 24,84", "-34,14 72,12"]),
    (5, ["72,13 54,13 38,15 34,28 32,42 50,40 66,50 68,70 54,87 28,86"]),
    (6, ["64,10 46,22 32,44 27,66 34,84 50,90 66,82 70,66 58,54 42,56 30,68"]),
    (6, ["56,8 42,28 32,52 32,74 42,88 58,88 68,76 64,62 50,58 36,66"]),
    (6, ["68,16 52,13 36,30 27,56 31,80 48,91 66,84 71,68 60,56 44,57 30,70"]),
    (7, ["-24,14 76,14 44,90"]),
    (7, ["-26,16 74,14 46,90", "-36,52 70,50"]),
    (7, ["24,20 36,14 56,16 74,13 64,36 52,60 44,90"]),
    (
        8,
        ["66,22 50,10 34,20 38,38 56,50 70,66 64,84 48,91 31,82 32,66 48,50 66,22"],
    ),
    (
        8,
        ["50,48 34,38 32,20 48,10 64,18 64,36 32,62 30,80 48,91 68,82 68,62 50,48"],
    ),
    (8, ["70,18 52,11 36,20 42,38 60,54 68,72 58,88 40,88 31,74 42,56 62,38 70,18"]),
    (9, ["68,28 54,12 36,16 28,34 38,50 56,48 68,30", "-69,24 66,58 60,90"]),
    (9, ["70,26 56,11 38,15 30,32 38,48 56,46 69,30 70,54 62,78 46,90 32,84"]),
    (9, ["66,20 48,12 34,24 34,42 50,50 64,40 68,22", "-68,20 68,90"]),
]

# width, height, slant, x, y, shaking: of a pad of 1 by 1, where the digit begins.
HANDS = [
    (0.80, 0.80, 0.00, 0.10, 0.10, 0.004),  # fills the pad
    (0.50, 0.58, 0.18, 0.20, 0.22, 0.004),  # slants to the right
    (0.34, 0.36, 0.08, 0.05, 0.08, 0.003),  # small, in a corner
    (0.62, 0.86, -0.10, 0.22, 0.06, 0.006),  # tall, slants to the left
    (0.46, 0.44, 0.05, 0.48, 0.50, 0.008),  # shaky, at the bottom
]


def way(stroke):
    """Return the points, (n, 2), of a stroke: straight, or a Catmull-Rom spline."""
    corners = [point.split(",") for point in stroke.lstrip("-").split()]
    corners = np.array(corners, dtype=float) / 100
    if stroke.startswith("-"):
        count = len(corners)
        t = np.arange(10 * count - 9) / 10
        return np.transpose([np.interp(t, range(count), part) for part in corners.T])
    first, last = 2 * corners[0] - corners[1], 2 * corners[-1] - corners[-2]
    p = np.array([first, *corners, last])
    t = np.arange(6)[:, None] / 6
    pieces = [
        b
        + t * (c - a) / 2
        + t**2 * (a - 2.5 * b + 2 * c - d / 2)
        + t**3 * (1.5 * (b - c) + (d - a) / 2)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    return np.array([*np.concatenate(pieces), corners[-1]])


def write(strokes, hand, rng):
    """Return the strokes of a digit, in parts of the pad, as a hand writes it."""
    wide, high, slant, left, top, shaking = hand
    written = []
    for stroke in strokes:
        x, y = way(stroke).T
        x = x + slant * (0.5 - y)
        noise = rng.normal(0, shaking, (2, len(x)))
        noise = (noise + np.roll(noise, 1, axis=1) + np.roll(noise, 2, axis=1)) / 1.7
        points = np.array([left + wide * x, top + high * y]) + noise
        written.append(np.clip(points, 0.01, 0.99).T)
    return written


def pages():
    """Yield every digit, by one hand after the other: its label and its strokes."""
    rng = np.random.default_rng(7)
    for k, (label, strokes) in enumerate(DIGITS):
        yield label, write(strokes, HANDS[k % len(HANDS)], rng)
        yield label, write(strokes, HANDS[(k + 2) % len(HANDS)], rng)
