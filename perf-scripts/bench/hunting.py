"""What perf-scripts/hunt needs to know: classes, class paths, the lines of its runner."""

import fnmatch
import glob
import os
import re
import shutil

FLAGS = ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
         "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED",
         "--add-exports", "java.base/sun.security.tools.keytool=ALL-UNNAMED",
         "-ea", "-Dagrona.strict.alignment.checks=false", "-Djunit.jupiter.execution.timeout.default=180s"]


class HuntError(Exception):
    """Why a hunt cannot begin."""


def chosen(folder, patterns):
    """Full names of the test classes below a folder whose simple name one of the patterns fits."""
    names = []
    for place, _, files in os.walk(folder):
        for file in files:
            simple, kind = os.path.splitext(file)
            if kind == ".class" and "$" not in simple and simple.endswith("Test") and \
                    any(fnmatch.fnmatchcase(simple, pattern) for pattern in patterns.split(",")):
                names.append(os.path.relpath(os.path.join(place, simple), folder).replace(os.sep, "."))
    if not names:
        raise HuntError(f"no test class fits {patterns}")
    return sorted(names)


def launcher(entries):
    """The launcher's jar, which Surefire brings: it is as old as the engine beside it."""
    for entry in entries:
        if re.fullmatch(r"junit-platform-engine-.*\.jar", os.path.basename(entry)):
            jar = entry.replace("junit-platform-engine", "junit-platform-launcher")
            if os.path.exists(jar):
                return jar
            raise HuntError(f"{jar} is missing: run the tests of the module once")
    raise HuntError("there is no JUnit on the class path")


def copied(entries, root, place):
    """The entries, those that are built from this repository as copies."""
    result = []
    for number, entry in enumerate(entries):
        if entry.startswith(root + os.sep) and os.path.exists(entry):
            copy = os.path.join(place, f"{number}-{os.path.basename(entry)}")
            (shutil.copytree if os.path.isdir(entry) else shutil.copy)(entry, copy)
            result.append(copy)
        elif os.path.exists(entry):
            result.append(entry)
    return result


def jdk():
    """The home of a JDK 25."""
    for home in [os.environ.get("JAVA_HOME", ""), *sorted(glob.glob("/usr/lib/jvm/*")), *glob.glob("/opt/jdk*")]:
        release = os.path.join(home, "release")
        if home and os.path.exists(release):
            with open(release, encoding="utf-8") as text:
                if 'JAVA_VERSION="25' in text.read():
                    return home
    raise HuntError("no JDK 25: set JAVA_HOME")


def failures(line):
    """Failures that a line of the runner tells of."""
    found = re.match(r"FAIL .* tests \d+ \{(.*)\}$", line)
    return sum(int(count) for count in re.findall(r"=(\d+)(?:, |$)", found.group(1))) if found else 0
