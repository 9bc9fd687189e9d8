package dev.ringway.control.tools;

import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.CountersFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class ProxyStatTest
{
    private static final int PID_AT = 24;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(final String... args)
    {
        out.reset();
        err.reset();
        return ProxyStat.run(args, directory, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }

    private Path fill(final String name) throws IOException
    {
        final Path path = directory.resolve(name);
        final CountersFile file = CountersFile.create(path, 16, 2, true);
        final int total = file.counter("http.in.downstream_rq_total");
        file.loop(0).add(total, 3);
        file.loop(1).add(total, 4);
        file.loop(1).set(file.register("loop.slots", CounterRegistry.LOOP_GAUGE), 9);
        file.errors().record("accept: no descriptors");
        file.close();
        return path;
    }

    @Test
    void shouldPrintARunningProcess() throws IOException
    {
        final Path path = fill("f");
        assertEquals(0, run(path.toString()), err::toString);
        final String[] lines = out.toString(UTF_8).split("\n");
        assertTrue(lines[0].startsWith(
            "# " + path + ": process " + ProcessHandle.current().pid() + ", running, started 20"), lines[0]);
        assertEquals("http.in.downstream_rq_total: 7", lines[1]);
        assertEquals("loop.0.slots: 0", lines[2]);
        assertEquals("loop.1.slots: 9", lines[3]);
        assertTrue(lines[4].startsWith("# error, 1 times from ") && lines[4].endsWith(": accept: no descriptors"), lines[4]);
        assertEquals(0, run(path.toString(), "^loop"));
        assertTrue(!out.toString(UTF_8).contains("http.in"));
    }

    @Test
    void shouldPrintADeadProcessByItsNumber() throws IOException
    {
        final Path path = fill("ringway-7.counters");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw"))
        {
            file.seek(PID_AT);
            file.writeLong(Long.reverseBytes((long)Integer.MAX_VALUE));
        }
        assertEquals(0, run("7"), err::toString);
        assertTrue(out.toString(UTF_8).contains(", ended, "), out::toString);
        assertEquals(0, run());
        assertTrue(out.toString(UTF_8).contains("downstream_rq_total: 7\n"), out::toString);
    }

    @Test
    void shouldSayWhatIsMissing() throws IOException
    {
        assertEquals(1, run());
        assertTrue(err.toString(UTF_8).startsWith("error: no counters file in " + directory), err::toString);
        assertEquals(1, run("12345"));
        assertTrue(err.toString(UTF_8).contains("there is no counters file " + directory), err::toString);
        final Path other = Files.writeString(directory.resolve("x"), "no");
        assertEquals(1, run(other.toString()));
        assertTrue(err.toString(UTF_8).contains("not a counters file"), err::toString);
        assertEquals(1, run(other.toString(), "("));
        assertTrue(err.toString(UTF_8).startsWith("error: regex: "), err::toString);
        assertEquals(1, run("--help"));
        assertTrue(err.toString(UTF_8).startsWith("usage: ringway stat"), err::toString);
    }

    @Test
    void shouldNotGuessAmongSeveral() throws IOException
    {
        fill("ringway-7.counters");
        fill("ringway-8.counters");
        assertEquals(1, run());
        assertTrue(err.toString(UTF_8).contains("ringway-7.counters") && err.toString(UTF_8).contains("ringway-8.counters"));
    }
}
