package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.accesslog.LogStrings;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Operators for what loops need not record: ids that are made when a line is, and what other parts of a record imply.
 */
final class IdOperators
{
    private static final long VERSION_MASK = 0xF000L;
    private static final long VERSION_4 = 0x4000L;
    private static final long VARIANT = 1L << 63;

    private IdOperators()
    {
    }

    /** An id of its own for each line. */
    static LogOperator unique()
    {
        return (record, line) ->
        {
            final ThreadLocalRandom random = ThreadLocalRandom.current();
            line.put(LogOperators.bytes(new UUID(random.nextLong() & ~VERSION_MASK | VERSION_4,
                random.nextLong() >>> 2 | VARIANT).toString()));
        };
    }

    /** The id of a request; one of a relay that all lines about it have in common. */
    static LogOperator stream()
    {
        return (record, line) ->
        {
            if (record.protocol() == AccessProtocol.NONE)
            {
                line.put(LogOperators.bytes(UUID.nameUUIDFromBytes(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(record.connectionId()).putLong(record.startTimeUs()).array()).toString()));
            }
            else
            {
                LogOperators.putText(record, AccessText.X_REQUEST_ID, line);
            }
        };
    }

    /** What the details say of it, between the bar and the brace. */
    static LogOperator transportFailure()
    {
        return (record, line) ->
        {
            final String detail = LogStrings.text(record.detailId());
            final int start = detail == null ? -1 : detail.indexOf('|');
            if (start < 0)
            {
                line.put((byte)'-');
            }
            else
            {
                line.put(LogOperators.bytes(detail.substring(start + 1, detail.length() - 1)));
            }
        };
    }
}
