"""What is read of processes, from texts."""

import unittest

from bench import proc

THREADS = '''
"control" #32 [100] prio=5 os_prio=0 cpu=1.5ms elapsed=9.1s allocated=9784K defined_classes=3 tid=0x1 nid=100 waiting
   java.lang.Thread.State: WAITING (parking)
"loop 0" #33 [101] daemon prio=5 os_prio=0 cpu=9.1s elapsed=9.1s allocated=64B defined_classes=0 tid=0x2
"Attach Listener" #34 [102] daemon prio=9 os_prio=0 cpu=0.3ms elapsed=0.6s allocated=128B defined_classes=0 tid=0x3
"VM Thread" os_prio=0 cpu=1.09ms elapsed=8.33s tid=0x4 nid=103 runnable
'''


class AllocatedTest(unittest.TestCase):
    """Counters of Java threads."""

    def test_should_read_the_bytes_of_each_thread_but_the_one_that_serves_the_question(self):
        self.assertEqual({"control #32": 9784 << 10, "loop 0 #33": 64}, proc.allocated_bytes(THREADS))


if __name__ == "__main__":
    unittest.main()
