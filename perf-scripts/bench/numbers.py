"""Medians, percentiles and the correction of latencies for requests that a stall kept from being sent."""

import math


def median(values):
    """The middle of the values; the mean of the two middle ones when their number is even; None when there are none."""
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def percentile(ordered, percent):
    """Nearest-rank percentile of values that are sorted already; None when there are none."""
    if not ordered:
        return None
    rank = math.ceil(round(percent * len(ordered) / 100, 6))
    return ordered[min(max(rank, 1), len(ordered)) - 1]


def corrected(latencies_us, interval_us):
    """
    Adds the requests that should have been sent while a slow one was outstanding.

    A paced client that has one request in flight sends nothing while it waits, so a stall of ten intervals shows up
    once instead of ten times. For each latency above the interval the missed ones are added: latency - interval,
    latency - 2 * interval, and so on. Returns a sorted list.
    """
    values = list(latencies_us)
    if interval_us > 0:
        for latency in latencies_us:
            missed = latency - interval_us
            while missed > 0:
                values.append(missed)
                missed -= interval_us
    values.sort()
    return values


def ratio(value, reference):
    """value / reference, or None when either is missing or the reference is nought."""
    if value is None or not reference:
        return None
    return value / reference


def spread(values):
    """(highest - lowest) / median of the rounds: how far one may trust the median. None for less than two values."""
    middle = median(values)
    if len(values) < 2 or not middle:
        return None
    return (max(values) - min(values)) / middle
