package dev.ringway.engine.counters;

import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.errors.DistinctErrorLog;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Errors in the counters file: the same error is counted, not repeated. Any thread; a new error allocates and takes a
 * lock for a moment, so a loop records only what ends it or happens a bounded number of times.
 */
public final class ErrorLog
{
    /** Most distinct messages that are kept; further ones are only counted as dropped. */
    private static final int MAX_MESSAGES = 1024;

    private final DistinctErrorLog log;
    private final Map<String, Message> messages = new ConcurrentHashMap<>();
    private final AtomicLong dropped = new AtomicLong();

    ErrorLog(final AtomicBuffer buffer)
    {
        log = new DistinctErrorLog(buffer, SystemEpochClock.INSTANCE);
    }

    /**
     * @param error what happened; recognised again by type, message and stack.
     * @return false when the log has no room for a new error.
     */
    public boolean record(final Throwable error)
    {
        final boolean recorded = log.record(error);
        if (!recorded)
        {
            dropped.incrementAndGet();
        }
        return recorded;
    }

    /**
     * @param message what happened, where, what to do; recognised again by its text, so it should carry no numbers that
     *                differ from time to time.
     * @return false when the log has no room for a new error.
     */
    public boolean record(final String message)
    {
        Message known = messages.get(message);
        if (known == null)
        {
            if (messages.size() >= MAX_MESSAGES)
            {
                dropped.incrementAndGet();
                return false;
            }
            final Message fresh = new Message(message);
            final Message earlier = messages.putIfAbsent(message, fresh);
            known = earlier == null ? fresh : earlier;
        }
        return record(known);
    }

    /**
     * @return errors that found no room.
     */
    public long dropped()
    {
        return dropped.get();
    }

    /**
     * A text as a throwable without a stack: what the log's layout asks for.
     */
    private static final class Message extends Exception
    {
        Message(final String message)
        {
            super(message, null, false, false);
        }

        public String toString()
        {
            return getMessage();
        }
    }
}
