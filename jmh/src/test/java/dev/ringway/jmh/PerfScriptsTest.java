package dev.ringway.jmh;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Runs the Python tests of {@code perf-scripts}, so that the one test command of the repository covers them.
 */
final class PerfScriptsTest
{
    @Test
    void shouldPassThePythonTests() throws IOException, InterruptedException
    {
        final Process python = new ProcessBuilder("python3", "-B", "-m", "unittest", "discover", "-s", ".", "-t", ".")
            .directory(Path.of("..", "perf-scripts").toFile())
            .redirectErrorStream(true)
            .start();
        python.getOutputStream().close();
        final String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, python.waitFor(), output);
        assertTrue(output.matches("(?s).*Ran [1-9]\\d* tests in .*"), output);
    }
}
