package dev.ringway.control.accesslog;

import dev.ringway.control.log.FileFault;
import dev.ringway.engine.counters.ErrorLog;
import dev.ringway.engine.counters.FilesystemCounters;
import dev.ringway.engine.counters.SharedCounters;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * One file that access logs append to, with its buffer. Several formats may share it; each line goes in whole. What
 * cannot be written is lost and counted, the file stays in use. Opened by any thread, used by the log thread only.
 */
final class AccessLogFile implements AutoCloseable
{
    /** Envoy's bound: what fills a buffer this far is written without waiting for the timer. */
    static final int FLUSH_SIZE = 64 * 1024;

    private static final int CAPACITY = FLUSH_SIZE + 16 * 1024;
    private static final String STDOUT = "/dev/stdout";
    private static final String STDERR = "/dev/stderr";

    private final String path;
    private final SharedCounters counters;
    private final FilesystemCounters ids;
    private final ErrorLog errors;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CAPACITY);
    private FileChannel channel;
    private Object identity;
    private int lines;
    /** Whether the file ends within a line, because there was no room for the rest. */
    private boolean isTorn;

    /**
     * Opens or makes the file.
     *
     * @param path     of the file, {@code /dev/stdout} or {@code /dev/stderr}.
     * @param counters column to count in.
     * @param ids      of the counters.
     * @param errors   where failures are recorded.
     * @throws IOException when it cannot be opened; the message says which and why.
     */
    AccessLogFile(final String path, final SharedCounters counters, final FilesystemCounters ids, final ErrorLog errors)
        throws IOException
    {
        this.path = path;
        this.counters = counters;
        this.ids = ids;
        this.errors = errors;
        channel = open();
    }

    private FileChannel open() throws IOException
    {
        if (isStream())
        {
            return new FileOutputStream(path.equals(STDOUT) ? FileDescriptor.out : FileDescriptor.err).getChannel();
        }
        try
        {
            final Path file = Path.of(path);
            final FileChannel opened = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            identity = identity(file);
            return opened;
        }
        catch (final IOException e)
        {
            throw new IOException("access log " + path + ": cannot be opened: " + FileFault.reason(e), e);
        }
    }

    private boolean isStream()
    {
        return path.equals(STDOUT) || path.equals(STDERR);
    }

    private static Object identity(final Path file) throws IOException
    {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /**
     * Appends a line; writes first when there is no room for it.
     *
     * @param line to be appended.
     */
    void append(final LogLine line)
    {
        if (isTorn && buffer.position() == 0)
        {
            // What is whole must not stand behind a part of what is lost.
            buffer.put((byte)'\n');
            counters.add(ids.writeTotalBuffered, 1);
        }
        if (line.length() > buffer.remaining())
        {
            write();
        }
        if (line.length() > buffer.capacity())
        {
            counters.increment(ids.writeDropped);
            errors.record("access log " + path + ": a line longer than the buffer was dropped; shorten the format");
            return;
        }
        buffer.put(line.bytes(), 0, line.length());
        lines++;
        counters.increment(ids.writeBuffered);
        counters.add(ids.writeTotalBuffered, line.length());
        if (buffer.position() >= FLUSH_SIZE)
        {
            write();
        }
    }

    /** A line for it could not be made. */
    void onLineLost()
    {
        counters.increment(ids.writeDropped);
    }

    /**
     * Writes what the buffer holds because it is time, and takes note when the file was moved away.
     *
     * @return whether there was anything to write.
     */
    boolean flush()
    {
        if (buffer.position() == 0)
        {
            return false;
        }
        reopenIfMoved();
        counters.increment(ids.flushedByTimer);
        write();
        return true;
    }

    private void write()
    {
        final int length = buffer.position();
        if (length == 0)
        {
            return;
        }
        buffer.flip();
        try
        {
            while (buffer.hasRemaining())
            {
                channel.write(buffer);
            }
            counters.increment(ids.writeCompleted);
            isTorn = false;
        }
        catch (final IOException e)
        {
            counters.increment(ids.writeFailed);
            onPartWritten(length);
            errors.record("access log " + path + ": cannot be written: " + FileFault.reason(e) + "; lines are lost");
        }
        buffer.clear();
        lines = 0;
        counters.add(ids.writeTotalBuffered, -length);
    }

    /** Lines whose end is in the file are there. Where lines hold newlines themselves, all count as lost. */
    private void onPartWritten(final int length)
    {
        final int written = buffer.position();
        final int there = newlines(0, written);
        final boolean isOneEach = there + newlines(written, length) == lines;
        counters.add(ids.writeDropped, isOneEach ? lines - there : lines);
        isTorn = written > 0 ? buffer.get(written - 1) != '\n' : isTorn;
    }

    private int newlines(final int from, final int to)
    {
        int count = 0;
        for (int i = from; i < to; i++)
        {
            if (buffer.get(i) == '\n')
            {
                count++;
            }
        }
        return count;
    }

    private void reopenIfMoved()
    {
        if (!isStream())
        {
            boolean isMoved = false;
            try
            {
                isMoved = !identity.equals(identity(Path.of(path)));
            }
            catch (final IOException e)
            {
                isMoved = true;
            }
            if (isMoved)
            {
                reopen();
            }
        }
    }

    /**
     * Opens the file anew, as log rotation asks for; what was buffered still goes to the old one.
     */
    void reopen()
    {
        write();
        if (isStream())
        {
            return;
        }
        try
        {
            final FileChannel fresh = open();
            channel.close();
            channel = fresh;
            isTorn = false;
        }
        catch (final IOException e)
        {
            counters.increment(ids.reopenFailed);
            errors.record(FileFault.reason(e));
        }
    }

    /**
     * Writes the rest and closes the file; standard streams stay open.
     */
    public void close()
    {
        write();
        if (!isStream())
        {
            try
            {
                channel.close();
            }
            catch (final IOException e)
            {
                errors.record("access log " + path + ": cannot be closed: " + FileFault.reason(e));
            }
        }
    }
}
