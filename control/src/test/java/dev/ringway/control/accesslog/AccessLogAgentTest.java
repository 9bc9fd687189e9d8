package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessLogRing;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.LogWakeup;
import dev.ringway.engine.accesslog.RecordFilter;
import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.counters.FilesystemCounters;
import dev.ringway.engine.snapshot.AccessLogSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class AccessLogAgentTest
{
    private static final long INTERVAL_NS = 1_000_000;

    @TempDir
    private Path directory;

    private CountersFile counters;
    private FilesystemCounters ids;
    private AccessLogRing ring;
    private AccessLogAgent agent;
    private AccessLogFile file;
    private Path path;
    private long nowNs;

    @BeforeEach
    void setUp() throws Exception
    {
        counters = CountersFile.create(directory.resolve("counters"), 512, 1, false);
        ids = new FilesystemCounters(counters);
        ring = new AccessLogRing(new LogWakeup());
        agent = new AccessLogAgent(new AccessLogRing[] {ring}, () -> nowNs, INTERVAL_NS, counters.errors());
        path = directory.resolve("access.log");
        file = open(path);
        sink(file, "%CONNECTION_ID%\n");
    }

    @AfterEach
    void tearDown()
    {
        agent.onClose();
        counters.close();
    }

    @Test
    void shouldWriteWhenTheIntervalIsOver() throws IOException
    {
        publish(1, 1);
        publish(2, 1);
        assertEquals(2, agent.doWork());
        assertEquals("", Files.readString(path));
        assertEquals(4, value(ids.writeTotalBuffered));
        nowNs += INTERVAL_NS - 1;
        agent.doWork();
        assertEquals("", Files.readString(path));
        nowNs += 1;
        agent.doWork();
        assertEquals("1\n2\n", Files.readString(path));
        assertEquals(0, value(ids.writeTotalBuffered));
        assertEquals(1, value(ids.flushedByTimer));
        assertEquals(1, value(ids.writeCompleted));
        assertEquals(2, value(ids.writeBuffered));
    }

    @Test
    void shouldWriteWithoutWaitingWhenTheBufferFills() throws Exception
    {
        sink(file, "%CONNECTION_ID% " + "x".repeat(1000) + "\n");
        for (int i = 0; i < 100; i++)
        {
            publish(i, 1);
        }
        agent.doWork();
        assertTrue(Files.size(path) >= AccessLogFile.FLUSH_SIZE);
        assertEquals(0, value(ids.flushedByTimer));
        agent.onClose();
        assertEquals(100, Files.readAllLines(path).size());
    }

    @Test
    void shouldPrintARecordForEachOfItsSinks() throws Exception
    {
        final Path second = directory.resolve("second.log");
        final AccessLogFile other = open(second);
        agent.sinks(new AccessLogAgent.Sinks(
            new LogFormat[] {LogFormat.compile("a%CONNECTION_ID%\n"), LogFormat.compile("b%CONNECTION_ID%\n"),
                LogFormat.compile("c%CONNECTION_ID%\n")},
            new RecordFilter[] {RecordFilter.ALL, RecordFilter.ALL, record -> record.connectionId() < 5},
            new AccessLogFile[] {file, other, file}, new int[3], List.of(file, other)));
        publish(1, 0b101);
        publish(2, 0b010);
        publish(3, 0b1000);
        publish(5, 0b100);
        agent.doWork();
        agent.onClose();
        assertEquals("a1\nc1\n", Files.readString(path));
        assertEquals("b2\n", Files.readString(second));
    }

    @Test
    void shouldLoseTheLineAloneThatCannotBeMade() throws Exception
    {
        final Path second = directory.resolve("second.log");
        final AccessLogFile other = open(second);
        final RecordFilter faulty = record ->
        {
            if (record.connectionId() == 2)
            {
                throw new IllegalStateException("a fault of a filter");
            }
            return true;
        };
        agent.sinks(new AccessLogAgent.Sinks(
            new LogFormat[] {LogFormat.compile("a%CONNECTION_ID%\n"), LogFormat.compile("b%CONNECTION_ID%\n")},
            new RecordFilter[] {faulty, RecordFilter.ALL},
            new AccessLogFile[] {file, other}, new int[2], List.of(file, other)));
        publish(1, 0b11);
        publish(2, 0b11);
        publish(3, 0b11);
        agent.onClose();
        assertEquals("a1\na3\n", Files.readString(path));
        assertEquals("b1\nb2\nb3\n", Files.readString(second));
        assertEquals(1, value(ids.writeDropped));
        final List<String> errors = new ArrayList<>();
        counters.reader().forEachError((count, first, last, text) -> errors.add(text));
        assertEquals(1, errors.size());
        assertTrue(errors.get(0).contains("a fault of a filter"), errors.get(0));
    }

    @Test
    void shouldGoOnInANewFileWhenAskedTo() throws IOException
    {
        publish(1, 1);
        agent.doWork();
        final Path rotated = Files.move(path, directory.resolve("access.log.1"));
        agent.requestReopen();
        agent.doWork();
        publish(2, 1);
        agent.doWork();
        agent.onClose();
        assertEquals("1\n", Files.readString(rotated));
        assertEquals("2\n", Files.readString(path));
    }

    @Test
    void shouldNoticeThatTheFileWasMovedAway() throws IOException
    {
        final Path rotated = Files.move(path, directory.resolve("access.log.1"));
        publish(1, 1);
        nowNs += INTERVAL_NS;
        agent.doWork();
        publish(2, 1);
        nowNs += INTERVAL_NS;
        agent.doWork();
        assertEquals("1\n2\n", Files.readString(rotated) + Files.readString(path));
        assertTrue(Files.readString(path).endsWith("2\n"));
    }

    @Test
    void shouldKeepTheOldFileWhenTheNewOneCannotBeOpened() throws IOException
    {
        final Path moved = Files.move(path, directory.resolve("moved.log"));
        Files.createDirectory(path);
        agent.requestReopen();
        agent.doWork();
        publish(1, 1);
        agent.doWork();
        agent.onClose();
        assertEquals("1\n", Files.readString(moved));
        assertEquals(1, value(ids.reopenFailed));
    }

    @Test
    void shouldCountWhatAFullDiskLoses() throws Exception
    {
        final AccessLogFile full = open(Path.of("/dev/full"));
        sink(full, "%CONNECTION_ID%\n");
        for (int round = 0; round < 2; round++)
        {
            publish(1, 1);
            publish(2, 1);
            nowNs += INTERVAL_NS;
            agent.doWork();
        }
        assertEquals(2, value(ids.writeFailed));
        assertEquals(4, value(ids.writeDropped));
        assertEquals(0, value(ids.writeTotalBuffered));
        final List<String> errors = new ArrayList<>();
        counters.reader().forEachError((count, first, last, text) -> errors.add(count + " " + text.strip()));
        assertEquals(1, errors.size());
        assertTrue(errors.get(0).startsWith("2 access log /dev/full: cannot be written"), errors.get(0));
    }

    @Test
    void shouldSayThatAFileCannotBeOpened()
    {
        final IOException e = assertThrows(IOException.class, () -> open(directory.resolve("no/such/file")));
        assertTrue(e.getMessage().contains("its directory does not exist"), e.getMessage());
    }

    @Test
    void shouldAdoptSinksOnceAndServeThemOnItsThread() throws Exception
    {
        final AccessLogs logs = new AccessLogs(2, 1, counters);
        final String first = directory.resolve("one.log").toString();
        logs.adopt(List.of());
        logs.adopt(List.of(new AccessLogSink(0, first, "A%CONNECTION_ID%\n")));
        logs.adopt(List.of(
            new AccessLogSink(0, first, "A%CONNECTION_ID%\n"), new AccessLogSink(1, first, "B%CONNECTION_ID%\n")));
        publish(logs.ring(0), 1, 1);
        publish(logs.ring(1), 2, 2);
        while (!Files.readString(Path.of(first)).contains("A1") || !Files.readString(Path.of(first)).contains("B2"))
        {
            Thread.onSpinWait();
        }
        publish(logs.ring(0), 3, 1);
        logs.close();
        assertTrue(Files.readString(Path.of(first)).endsWith("A3\n"));
    }

    @Test
    void shouldGiveAnIndexToAnotherSinkAndCloseItsFile() throws Exception
    {
        final AccessLogs logs = new AccessLogs(1, 1, counters);
        final Path first = directory.resolve("first.log");
        final Path second = directory.resolve("second.log");
        logs.adopt(List.of(sink(first, 1)));
        publish(logs.ring(0), 1, 1, 1);
        while (!Files.readString(first).equals("1\n"))
        {
            Thread.onSpinWait();
        }
        logs.adopt(List.of(sink(second, 2)));
        publish(logs.ring(0), 2, 1, 1);
        publish(logs.ring(0), 3, 1, 2);
        while (!Files.readString(second).equals("3\n"))
        {
            Thread.onSpinWait();
        }
        logs.close();
        assertEquals("1\n", Files.readString(first));
        assertEquals("3\n", Files.readString(second));
    }

    private static AccessLogSink sink(final Path at, final int born)
    {
        return new AccessLogSink(
            0, at.toString(), "%CONNECTION_ID%\n", false, false, RecordFilter.ALL, List.of(), List.of(), 0, born);
    }

    @Test
    void shouldLeaveNothingBehindWhenASinkCannotBeAdopted() throws Exception
    {
        final AccessLogs logs = new AccessLogs(1, 1, counters);
        final IOException format = assertThrows(IOException.class, () -> logs.adopt(
            List.of(new AccessLogSink(0, path.toString(), "%NO%"))));
        assertTrue(format.getMessage().contains("at character 1: operator %NO% is not supported"), format.getMessage());
        assertThrows(IOException.class, () -> logs.adopt(List.of(new AccessLogSink(0, "/no/such/dir/x", "x"))));
        final List<AccessLogSink> many = new ArrayList<>();
        for (int i = 0; i <= AccessRecord.MAX_SINKS; i++)
        {
            many.add(new AccessLogSink(i, path.toString(), "x" + i));
        }
        final IOException tooMany = assertThrows(IOException.class, () -> logs.adopt(many));
        assertTrue(tooMany.getMessage().contains((AccessRecord.MAX_SINKS + 1) + " different access logs"), tooMany.getMessage());
        logs.close();
        assertFalse(Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals("access-log")));
    }

    private AccessLogFile open(final Path at) throws IOException
    {
        return new AccessLogFile(at.toString(), counters.shared(), ids, counters.errors());
    }

    private void sink(final AccessLogFile target, final String format) throws LogFormatException
    {
        agent.sinks(new AccessLogAgent.Sinks(
            new LogFormat[] {LogFormat.compile(format)}, new RecordFilter[] {RecordFilter.ALL},
            new AccessLogFile[] {target}, new int[1], List.of(target)));
    }

    private void publish(final long id, final long sinks)
    {
        publish(ring, id, sinks);
    }

    private static void publish(final AccessLogRing to, final long id, final long sinks)
    {
        publish(to, id, sinks, 0);
    }

    private static void publish(final AccessLogRing to, final long id, final long sinks, final int born)
    {
        final AccessRecord record = Records.empty().connectionId(id).sinks().born(born);
        for (long rest = sinks; rest != 0; rest &= rest - 1)
        {
            record.sinks().add(Long.numberOfTrailingZeros(rest), 0);
        }
        assertTrue(to.publish(record));
    }

    private long value(final int id)
    {
        return counters.reader().value(id);
    }
}
