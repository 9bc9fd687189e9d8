"""What perf-scripts/hunt finds and reads."""

import os
import tempfile
import unittest

from bench import hunting


class HuntingTest(unittest.TestCase):
    """Classes, class paths, results."""

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)

    def file(self, *names):
        """An empty file below the place."""
        path = os.path.join(self.place.name, *names)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8"):
            return path

    def test_should_choose_test_classes_by_their_simple_names(self):
        for name in ("a/OneTest.class", "a/b/TwoTest.class", "a/TwoTest$Inner.class", "a/Client.class"):
            self.file("classes", name)
        folder = os.path.join(self.place.name, "classes")
        self.assertEqual(["a.OneTest", "a.b.TwoTest"], hunting.chosen(folder, "*Test"))
        self.assertEqual(["a.b.TwoTest"], hunting.chosen(folder, "Tw*,Nothing"))
        with self.assertRaises(hunting.HuntError):
            hunting.chosen(folder, "Client")

    def test_should_find_the_launcher_beside_the_engine(self):
        engine = self.file("junit-platform-engine", "1", "junit-platform-engine-1.jar")
        with self.assertRaises(hunting.HuntError):
            hunting.launcher([engine])
        launcher = self.file("junit-platform-launcher", "1", "junit-platform-launcher-1.jar")
        self.assertEqual(launcher, hunting.launcher(["x.jar", engine]))
        with self.assertRaises(hunting.HuntError):
            hunting.launcher(["x.jar"])

    def test_should_copy_what_is_built_here_alone(self):
        root = os.path.join(self.place.name, "root")
        own, foreign = self.file("root", "m", "classes", "A.class"), self.file("repo", "b.jar")
        place = os.path.join(self.place.name, "copies")
        path = hunting.copied([os.path.dirname(own), foreign, os.path.join(root, "missing")], root, place)
        self.assertEqual([os.path.join(place, "0-classes"), foreign], path)
        self.assertTrue(os.path.exists(os.path.join(place, "0-classes", "A.class")))

    def test_should_count_failures(self):
        self.assertEqual(0, hunting.failures("ok   a.OneTest runs 3 tests 9 {}\n"))
        self.assertEqual(5, hunting.failures("FAIL a.OneTest runs 3 tests 9 {a]/[method:b()]=2, a]/[method:c()]=3}\n"))
        self.assertEqual(0, hunting.failures("    at a.OneTest.b(OneTest.java:3) = 7\n"))


if __name__ == "__main__":
    unittest.main()
