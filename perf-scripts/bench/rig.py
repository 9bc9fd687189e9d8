"""The frame of every measurement: one lock, one temporary folder, child processes that never outlive the script."""

import concurrent.futures
import ctypes
import errno
import fcntl
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOCK_NAME = "bench.lock"
LOCK_BUSY_EXIT = 75
PR_SET_PDEATHSIG = 1
MEASURED_NICE = -15
FIRST_PRIORITY = 10
FIRST_PORT, LAST_PORT = 10000, 30000


class RigError(Exception):
    """A measurement cannot go on; the text says what, where, and what to do."""


def say(text):
    """One line of progress, apart from the results on standard output."""
    print(text, file=sys.stderr, flush=True)


def _inherited(path):
    """A descriptor of the lock file that the caller (flock FILE perf-scripts/compare) left open for us, or None."""
    try:
        wanted = os.stat(path)
    except FileNotFoundError:
        return None
    for name in os.listdir("/proc/self/fd"):
        try:
            found = os.fstat(int(name))
        except OSError:
            continue
        if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
            return int(name)
    return None


class BenchLock:
    """Lets one measurement at a time run on this machine."""

    def __init__(self, wait_seconds, path=None):
        self.path = path or os.path.join(tempfile.gettempdir(), LOCK_NAME)
        self.wait_seconds = wait_seconds
        self.descriptor = None

    def acquire(self):
        """Waits up to the given time; RigError when another measurement still runs then."""
        descriptor = _inherited(self.path)
        if descriptor is None:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        deadline = time.monotonic() + self.wait_seconds
        told = False
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.descriptor = descriptor
                return
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise RigError(f"another measurement holds {self.path}; try again when it has ended, or --wait longer")
            if not told:
                say(f"another measurement holds {self.path}; waiting up to {self.wait_seconds:.0f} s")
                told = True
            time.sleep(0.5)

    def release(self):
        """Gives the lock back. Safe to call twice."""
        if self.descriptor is not None:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)
            self.descriptor = None


def _tie_to_parent():
    """
    In the child, before exec: ends with the thread that started it, however that one ends. And runs before other work
    of the machine where root starts it: the session's scheduling group counts on kernels with autogroups, the nice
    value elsewhere.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    try:
        os.setpriority(os.PRIO_PROCESS, 0, MEASURED_NICE)
        with open("/proc/self/autogroup", "w", encoding="ascii") as file:
            file.write(str(MEASURED_NICE))
    except OSError:
        pass


class Rig:
    """
    Context manager: holds the lock and a folder in memory, and stops all it started when it is left. What it starts on
    `first_core` runs there before everything else (SCHED_FIFO, as root), if one is given.
    """

    def __init__(self, wait_seconds=600, time_limit=3600, first_core=None):
        self.lock = BenchLock(wait_seconds)
        self.first_core = first_core
        self.time_limit = time_limit
        self.folder = None
        self.children = []
        self.ports = set()
        # Children end with the thread that starts them, so those of start() come from one that ends with the rig.
        self.starter = concurrent.futures.ThreadPoolExecutor(1)

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _leave)
        self.lock.acquire()
        signal.signal(signal.SIGALRM, _out_of_time)
        signal.alarm(int(self.time_limit))
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = tempfile.mkdtemp(prefix="ringway-perf-", dir=memory)
        os.chmod(self.folder, 0o755)
        _raise_descriptor_limit()
        return self

    def __exit__(self, kind, value, trace):
        signal.alarm(0)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        self.stop(self.children)
        self.starter.shutdown()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.lock.release()

    def path(self, name):
        """A path inside the folder."""
        return os.path.join(self.folder, name)

    def write(self, name, text):
        """Writes a text file into the folder and returns its path."""
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def port(self):
        """A port nobody uses, below the kernel's ephemeral range, so that no outgoing connection takes it meanwhile."""
        for _ in range(1000):
            port = random.randint(FIRST_PORT, LAST_PORT)
            if port in self.ports:
                continue
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            self.ports.add(port)
            return port
        raise RigError(f"no free port between {FIRST_PORT} and {LAST_PORT}")

    def build(self, name, *more):
        """Path of the program made of NAME.c and more C files of this folder, compiled when a run first asks for it."""
        program = self.path(name)
        if not os.path.exists(program):
            here = os.path.dirname(os.path.abspath(__file__))
            self.run(["cc", "-O2", "-o", program] + [os.path.join(here, file + ".c") for file in (name, *more)],
                     seconds=120)
        return program

    def certificate(self):
        """Makes front.pem, a self-signed certificate (ECDSA, P-256) with its key, for this run's listeners on TLS."""
        path = self.path("front.pem")
        if not os.path.exists(path):
            self.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-subj", "/CN=localhost", "-days", "2", "-keyout", path, "-out", path])

    def _placed(self, command, core):
        if core is None:
            return command
        first = ["chrt", "--fifo", str(FIRST_PRIORITY)] if core == self.first_core else []
        return ["taskset", "-c", str(core)] + first + command

    def start(self, name, command, core=None, environment=None):
        """Starts a process in a session of its own, pinned when a core is given; its output goes to NAME.out."""
        command = self._placed(command, core)
        output = self.path(name + ".out")
        with open(output, "ab") as sink:
            child = self.starter.submit(
                subprocess.Popen, command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT,
                cwd=self.folder, env=None if environment is None else {**os.environ, **environment},
                start_new_session=True, preexec_fn=_tie_to_parent).result()
        child.output_path = output
        self.children.append(child)
        return child

    def keep_awake(self, cores):
        """
        Lets cores spin where they would sleep: on a virtual machine it takes a sleeping one 50 us and more to come back.
        """
        for core in cores:
            spin = "echo 19 > /proc/self/autogroup; while :; do :; done"
            self.start("awake", ["nice", "-n", "40", "chrt", "--idle", "0", "sh", "-c", spin], core)

    def stop(self, children):
        """SIGTERM, three seconds, SIGKILL: to the sessions that were started here and to no others."""
        children = list(children)
        for child in children:
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + 3
        for child in children:
            try:
                child.wait(max(0.05, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            _signal_group(child, signal.SIGKILL)
            child.wait()
            if child in self.children:
                self.children.remove(child)

    def run(self, command, core=None, seconds=60):
        """Runs a bounded command to its end and returns its output; RigError when it fails or overruns."""
        child_output = None
        command = self._placed(command, core)
        try:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, cwd=self.folder, text=True, start_new_session=True,
                                     preexec_fn=_tie_to_parent)
        except FileNotFoundError as error:
            raise RigError(f"{error.filename} is not installed; perf-scripts/install-peers installs what is needed") \
                from None
        self.children.append(child)
        try:
            child_output, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise RigError(f"{command} did not end within {seconds:.0f} s") from None
        finally:
            if child.poll() is None:
                _signal_group(child, signal.SIGKILL)
                child.wait()
            self.children.remove(child)
        if child.returncode != 0:
            raise RigError(f"{command} ended with {child.returncode}: {child_output[-500:]}")
        return child_output


def _signal_group(child, number):
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def _leave(number, _frame):
    raise SystemExit(128 + number)


def _out_of_time(_number, _frame):
    raise RigError("the time limit of the whole run is reached; --time-limit sets it, in seconds")


def _raise_descriptor_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def tail(path, characters=600):
    """The end of a log, for an error message."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()[-characters:].strip()
    except FileNotFoundError:
        return ""


def await_listener(port, child, seconds):
    """Waits until something accepts on the port; RigError with the log's end when the process ends or time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise RigError(f"ended with {child.returncode} before it listened: {tail(child.output_path)}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RigError(f"did not listen on port {port} within {seconds:.0f} s: {tail(child.output_path)}")
