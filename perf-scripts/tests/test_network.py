"""A congestion control for a run alone."""

import os
import subprocess
import sys
import unittest

from bench import network

USE = """
import socket
from bench import network
network.use_congestion_control("reno")
listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
print(client.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).rstrip(bytes(1)).decode())
"""


def setting():
    """The machine's."""
    with open(network.SETTING, encoding="ascii") as file:
        return file.read()


class NetworkTest(unittest.TestCase):
    """In a process of its own, for there is no way back."""

    @unittest.skipUnless(os.geteuid() == 0, "a network namespace needs root")
    def test_should_set_the_congestion_control_of_the_process_and_not_of_the_machine(self):
        before = setting()
        output = subprocess.run([sys.executable, "-c", USE], stdout=subprocess.PIPE, text=True, check=True, timeout=60)
        self.assertEqual("reno\n", output.stdout)
        self.assertEqual(before, setting())

    def test_should_say_what_is_missing(self):
        other = subprocess.run(
            [sys.executable, "-c", USE.replace('"reno"', '"none-such"')], stderr=subprocess.PIPE, text=True,
            check=False, timeout=60)
        self.assertIn("none-such" if os.geteuid() == 0 else "root", other.stderr)
        self.assertNotEqual(0, other.returncode)


if __name__ == "__main__":
    unittest.main()
