"""Statistics and the readers of /proc."""

import unittest

from bench import numbers, proc


class NumbersTest(unittest.TestCase):
    """Medians, percentiles, correction."""

    def test_should_take_the_middle(self):
        self.assertEqual(3, numbers.median([5, 1, 3]))
        self.assertEqual(2.5, numbers.median([4, 1, 2, 3]))
        self.assertIsNone(numbers.median([]))

    def test_should_rank_percentiles_without_interpolating(self):
        values = list(range(1, 1001))
        self.assertEqual(500, numbers.percentile(values, 50))
        self.assertEqual(990, numbers.percentile(values, 99))
        self.assertEqual(999, numbers.percentile(values, 99.9))
        self.assertEqual(7, numbers.percentile([7], 99.9))
        self.assertIsNone(numbers.percentile([], 50))

    def test_should_add_the_requests_a_stall_held_back(self):
        self.assertEqual([5, 10, 15, 25, 35], numbers.corrected([10, 35], 10))
        self.assertEqual([5, 15, 25, 35], numbers.corrected([35], 10))
        self.assertEqual([3, 9], numbers.corrected([9, 3], 10))
        self.assertEqual([3, 9], numbers.corrected([9, 3], 0))

    def test_should_not_divide_by_what_is_missing(self):
        self.assertEqual(0.5, numbers.ratio(1, 2))
        self.assertIsNone(numbers.ratio(1, None))
        self.assertIsNone(numbers.ratio(None, 2))
        self.assertIsNone(numbers.ratio(1, 0))

    def test_should_say_how_far_rounds_lie_apart(self):
        self.assertAlmostEqual(0.2, numbers.spread([9, 10, 11]))
        self.assertIsNone(numbers.spread([10]))


class ProcTest(unittest.TestCase):
    """Readers of /proc."""

    def test_should_read_times_behind_a_name_with_brackets_and_blanks(self):
        text = "42 (a) b (c)) S 7 42 42 0 -1 4194304 100 0 0 0 250 125 0 0 20 0 1 0 5 0 0"
        self.assertEqual((7, 250 / proc.TICKS_PER_SECOND, 125 / proc.TICKS_PER_SECOND), proc.parse_stat(text))

    def test_should_split_a_core_in_busy_and_all(self):
        text = "cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 100 0 50 800 40 0 10 0 0 0\ncpu1 1 1 1 1 1 1 1 1 0 0\n"
        busy, total = proc.parse_core(text, 0)
        self.assertEqual(160 / proc.TICKS_PER_SECOND, busy)
        self.assertEqual(1000 / proc.TICKS_PER_SECOND, total)
        with self.assertRaises(LookupError):
            proc.parse_core(text, 7)

    def test_should_let_the_fine_clock_replace_the_ticks_when_they_agree(self):
        before = proc.CpuReading(1.0, 1.0, 5.0)
        user, system = proc.CpuReading(2.0, 4.0, 9.04).since(before)
        self.assertAlmostEqual(1.01, user)
        self.assertAlmostEqual(3.03, system)

    def test_should_trust_the_ticks_when_a_thread_took_its_clock_with_it(self):
        before = proc.CpuReading(1.0, 1.0, 5.0)
        self.assertEqual((1.0, 3.0), proc.CpuReading(2.0, 4.0, 7.0).since(before))
        self.assertEqual((1.0, 3.0), proc.CpuReading(2.0, 4.0, None).since(before))


if __name__ == "__main__":
    unittest.main()
