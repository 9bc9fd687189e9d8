package dev.ringway.engine.accesslog;

import dev.ringway.ffi.sock.SockAddr;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static dev.ringway.engine.accesslog.AccessRecordLayout.*;

/**
 * Flyweight over one access record. One thread at a time; owns no memory. A loop fills it with {@link #begin} and the
 * setters, in any order, over memory of its own; the log thread reads it with {@link #isValid} and the getters. Times
 * are in microseconds; -1 stands for "did not happen". {@link AccessRecordLayout} draws where things are.
 */
public final class AccessRecord
{
    /** Most sinks of a process. */
    public static final int MAX_SINKS = 1024;

    /** Most sinks that one record names. */
    public static final int MAX_NAMED_SINKS = 64;

    /** Most conditions on requests that the filter of one sink has. */
    public static final int MAX_CONDITIONS = Short.SIZE;

    /** No status of gRPC was told. */
    public static final int NO_GRPC_STATUS = -2;

    /** Length of a record without texts. */
    public static final int FIXED_LENGTH = LAST_FIELD_OFFSET + Integer.BYTES;

    /** Room a record is given unless a ring is made with another slot length. */
    public static final int DEFAULT_CAPACITY = 1024;

    private final AccessSinks sinks = new AccessSinks(this);
    private final AccessUpstream upstream = new AccessUpstream(this);
    private final AccessTls tls = new AccessTls();
    private final AccessMetadata metadata = new AccessMetadata();
    private UnsafeBuffer buffer;
    private int offset;
    private int capacity;

    /**
     * @param memory   that holds or will hold the record.
     * @param position of its first byte, a multiple of 8.
     * @param room     bytes it may take, at least {@link #FIXED_LENGTH}.
     * @return this.
     */
    public AccessRecord wrap(final UnsafeBuffer memory, final int position, final int room)
    {
        buffer = memory;
        offset = position;
        capacity = room;
        return this;
    }

    /**
     * Starts a record: everything is empty, times and counts that can be missing are -1.
     *
     * @return this.
     */
    public AccessRecord begin()
    {
        final UnsafeBuffer memory = buffer;
        final int start = offset;
        memory.setMemory(start, FIXED_LENGTH, (byte)0);
        memory.putInt(start + LENGTH_OFFSET, FIXED_LENGTH);
        memory.putInt(start + UPSTREAM_SERVICE_TIME_MS_OFFSET, -1);
        memory.putLong(start + REQUEST_DURATION_US_OFFSET, -1);
        memory.putLong(start + RESPONSE_DURATION_US_OFFSET, -1);
        memory.putLong(start + SENDING_US_OFFSET, -1);
        memory.putLong(start + SENT_US_OFFSET, -1);
        tls.clear();
        metadata.clear();
        return this;
    }

    /**
     * Sets an address.
     *
     * @param field    from {@link AccessAddress}.
     * @param sockAddr holds a Linux {@code sockaddr_in} or {@code sockaddr_in6}; others count as no address.
     * @param at       its first byte.
     * @return this.
     */
    public AccessRecord address(final int field, final DirectBuffer sockAddr, final int at)
    {
        final int to = addressOffset(field);
        final int family = SockAddr.family(sockAddr, at);
        if (family == SockAddr.AF_INET || family == SockAddr.AF_INET6)
        {
            buffer.putLong(to, sockAddr.getLong(at));
        }
        if (family == SockAddr.AF_INET6)
        {
            buffer.putLong(to + 8, sockAddr.getLong(at + 8));
            buffer.putLong(to + 16, sockAddr.getLong(at + 16));
            buffer.putInt(to + 24, sockAddr.getInt(at + 24));
        }
        return this;
    }

    /**
     * Whether what is wrapped can be read without leaving it.
     *
     * @return false when a length or an offset makes no sense.
     */
    public boolean isValid()
    {
        final int length = length();
        boolean isValid = length <= capacity && sinks.areValid(length);
        for (int field = 0; isValid && field < AccessText.COUNT; field++)
        {
            isValid = textLength(field) == 0 ||
                textOffset(field) >= offset + FIXED_LENGTH && textOffset(field) + textLength(field) <= offset + length;
        }
        return isValid && AccessFields.areValid(this);
    }

    /** @return memory the record is in. */
    public UnsafeBuffer buffer()
    {
        return buffer;
    }

    /** @return where the record starts in {@link #buffer()}. */
    public int offset()
    {
        return offset;
    }

    /** @return bytes of the whole record. */
    public int length()
    {
        return buffer.getInt(offset + LENGTH_OFFSET);
    }

    void length(final int bytes)
    {
        buffer.putInt(offset + LENGTH_OFFSET, bytes);
    }

    int capacity()
    {
        return capacity;
    }

    /**
     * @param field from {@link AccessText}.
     * @return where the text starts in {@link #buffer()}.
     */
    public int textOffset(final int field)
    {
        return offset + (buffer.getInt(offset + TEXTS_OFFSET + (field << 2)) >>> 16);
    }

    /**
     * @param field from {@link AccessText}.
     * @return bytes of the text, 0 when there is none.
     */
    public int textLength(final int field)
    {
        return buffer.getInt(offset + TEXTS_OFFSET + (field << 2)) & 0xFFFF;
    }

    /**
     * @param field from {@link AccessText}.
     * @return whether the text was cut.
     */
    public boolean isTruncated(final int field)
    {
        return (buffer.getInt(offset + TRUNCATED_OFFSET) & 1 << field) != 0;
    }

    /**
     * @param field from {@link AccessAddress}.
     * @return whether the address is set.
     */
    public boolean hasAddress(final int field)
    {
        return SockAddr.family(buffer, addressOffset(field)) != 0;
    }

    /**
     * @param field from {@link AccessAddress}.
     * @return where the Linux {@code sockaddr} is in {@link #buffer()}.
     */
    public int addressOffset(final int field)
    {
        return offset + ADDRESSES_OFFSET + field * ADDRESS_LENGTH;
    }

    /** @return from {@link AccessProtocol}. */
    public int protocol()
    {
        return buffer.getByte(offset + PROTOCOL_OFFSET);
    }

    /** @param value see {@link #protocol()}. @return this. */
    public AccessRecord protocol(final int value)
    {
        buffer.putByte(offset + PROTOCOL_OFFSET, (byte)value);
        return this;
    }

    /**
     * @return number of a well-known method (of {@code HttpMethod}), or that of "other" with the text
     *     {@link AccessText#METHOD}.
     */
    public int methodId()
    {
        return buffer.getByte(offset + METHOD_ID_OFFSET);
    }

    /** @param value see {@link #methodId()}. @return this. */
    public AccessRecord methodId(final int value)
    {
        buffer.putByte(offset + METHOD_ID_OFFSET, (byte)value);
        return this;
    }

    /** @return HTTP status, 0 when no response was begun. */
    public int status()
    {
        return buffer.getShort(offset + STATUS_OFFSET);
    }

    /** @param value see {@link #status()}. @return this. */
    public AccessRecord status(final int value)
    {
        buffer.putShort(offset + STATUS_OFFSET, (short)value);
        return this;
    }

    /** @return logs that are to get the record; the same object as long as this. */
    public AccessSinks sinks()
    {
        return sinks;
    }

    /** @return the way to the endpoint; the same object as long as this. */
    public AccessUpstream upstream()
    {
        return upstream;
    }

    /** @return what is told of TLS; the same object as long as this. */
    public AccessTls tls()
    {
        return tls;
    }

    /** @return what is said of the parts that the request met; the same object as long as this. */
    public AccessMetadata metadata()
    {
        return metadata;
    }

    /** @return time of the first byte, since 1970. */
    public long startTimeUs()
    {
        return buffer.getLong(offset + START_TIME_US_OFFSET);
    }

    /** @param value see {@link #startTimeUs()}. @return this. */
    public AccessRecord startTimeUs(final long value)
    {
        buffer.putLong(offset + START_TIME_US_OFFSET, value);
        return this;
    }

    /** @return time from start to end. */
    public long durationUs()
    {
        return buffer.getLong(offset + DURATION_US_OFFSET);
    }

    /** @param value see {@link #durationUs()}. @return this. */
    public AccessRecord durationUs(final long value)
    {
        buffer.putLong(offset + DURATION_US_OFFSET, value);
        return this;
    }

    /** @return bytes of the request body, or of the connection for TCP. */
    public long bytesReceived()
    {
        return buffer.getLong(offset + BYTES_RECEIVED_OFFSET);
    }

    /** @param value see {@link #bytesReceived()}. @return this. */
    public AccessRecord bytesReceived(final long value)
    {
        buffer.putLong(offset + BYTES_RECEIVED_OFFSET, value);
        return this;
    }

    /** @return bytes of the response body, or of the connection for TCP. */
    public long bytesSent()
    {
        return buffer.getLong(offset + BYTES_SENT_OFFSET);
    }

    /** @param value see {@link #bytesSent()}. @return this. */
    public AccessRecord bytesSent(final long value)
    {
        buffer.putLong(offset + BYTES_SENT_OFFSET, value);
        return this;
    }

    /** @return number of the downstream connection, 0 for none. */
    public long connectionId()
    {
        return buffer.getLong(offset + CONNECTION_ID_OFFSET);
    }

    /** @param value see {@link #connectionId()}. @return this. */
    public AccessRecord connectionId(final long value)
    {
        buffer.putLong(offset + CONNECTION_ID_OFFSET, value);
        return this;
    }

    /** @return bits of {@link ResponseFlag}. */
    public int flags()
    {
        return buffer.getInt(offset + FLAGS_OFFSET) & ~ResponseFlag.HEALTH_CHECK;
    }

    /**
     * @return whether a filter has said that the request asks for the health of this process.
     */
    public boolean isHealthCheck()
    {
        return (buffer.getInt(offset + FLAGS_OFFSET) & ResponseFlag.HEALTH_CHECK) != 0;
    }

    /** Notes {@link #isHealthCheck()}, after the flags. */
    public void healthCheck()
    {
        flags(flags() | ResponseFlag.HEALTH_CHECK);
    }

    /** @param value see {@link #flags()}. @return this. */
    public AccessRecord flags(final int value)
    {
        buffer.putInt(offset + FLAGS_OFFSET, value);
        return this;
    }

    /** @return response code details, from {@link LogStrings}. */
    public int detailId()
    {
        return buffer.getInt(offset + DETAIL_ID_OFFSET);
    }

    /** @param value see {@link #detailId()}. @return this. */
    public AccessRecord detailId(final int value)
    {
        buffer.putInt(offset + DETAIL_ID_OFFSET, value);
        return this;
    }

    /** @return name of the cluster, from {@link LogStrings}. */
    public int clusterNameId()
    {
        return buffer.getInt(offset + CLUSTER_NAME_ID_OFFSET);
    }

    /** @param value see {@link #clusterNameId()}. @return this. */
    public AccessRecord clusterNameId(final int value)
    {
        buffer.putInt(offset + CLUSTER_NAME_ID_OFFSET, value);
        return this;
    }

    /** @return name of the route, from {@link LogStrings}. */
    public int routeNameId()
    {
        return buffer.getInt(offset + ROUTE_NAME_ID_OFFSET);
    }

    /** @param value see {@link #routeNameId()}. @return this. */
    public AccessRecord routeNameId(final int value)
    {
        buffer.putInt(offset + ROUTE_NAME_ID_OFFSET, value);
        return this;
    }

    /** @return value of {@code x-envoy-upstream-service-time}, -1 for none. */
    public int upstreamServiceTimeMs()
    {
        return buffer.getInt(offset + UPSTREAM_SERVICE_TIME_MS_OFFSET);
    }

    /** @param value see {@link #upstreamServiceTimeMs()}. @return this. */
    public AccessRecord upstreamServiceTimeMs(final int value)
    {
        buffer.putInt(offset + UPSTREAM_SERVICE_TIME_MS_OFFSET, value);
        return this;
    }

    /** @return bytes of the request head. */
    public int requestHeaderBytes()
    {
        return buffer.getInt(offset + REQUEST_HEADER_BYTES_OFFSET);
    }

    /** @param value see {@link #requestHeaderBytes()}. @return this. */
    public AccessRecord requestHeaderBytes(final int value)
    {
        buffer.putInt(offset + REQUEST_HEADER_BYTES_OFFSET, value);
        return this;
    }

    /** @return bytes of the response head as sent to the client. */
    public int responseHeaderBytes()
    {
        return buffer.getInt(offset + RESPONSE_HEADER_BYTES_OFFSET);
    }

    /** @param value see {@link #responseHeaderBytes()}. @return this. */
    public AccessRecord responseHeaderBytes(final int value)
    {
        buffer.putInt(offset + RESPONSE_HEADER_BYTES_OFFSET, value);
        return this;
    }

    /** @return time from start to the last byte of the request, -1 for never. */
    public long requestDurationUs()
    {
        return buffer.getLong(offset + REQUEST_DURATION_US_OFFSET);
    }

    /** @param value see {@link #requestDurationUs()}. @return this. */
    public AccessRecord requestDurationUs(final long value)
    {
        buffer.putLong(offset + REQUEST_DURATION_US_OFFSET, value);
        return this;
    }

    /** @return time from start to the first byte from the endpoint, -1 for never. */
    public long responseDurationUs()
    {
        return buffer.getLong(offset + RESPONSE_DURATION_US_OFFSET);
    }

    /** @param value see {@link #responseDurationUs()}. @return this. */
    public AccessRecord responseDurationUs(final long value)
    {
        buffer.putLong(offset + RESPONSE_DURATION_US_OFFSET, value);
        return this;
    }

    /** @return how often an endpoint was tried. */
    public int attempts()
    {
        return buffer.getInt(offset + ATTEMPTS_OFFSET);
    }

    /** @param value see {@link #attempts()}. @return this. */
    public AccessRecord attempts(final int value)
    {
        buffer.putInt(offset + ATTEMPTS_OFFSET, value);
        return this;
    }

    /**
     * @return what the response told as {@code grpc-status}, from {@code Grpc}, or {@link #NO_GRPC_STATUS}. Recorded on
     *     demand.
     */
    public int grpcStatus()
    {
        return buffer.getInt(offset + GRPC_STATUS_OFFSET) + NO_GRPC_STATUS;
    }

    /** @param value see {@link #grpcStatus()}. @return this. */
    public AccessRecord grpcStatus(final int value)
    {
        buffer.putInt(offset + GRPC_STATUS_OFFSET, value - NO_GRPC_STATUS);
        return this;
    }

    /** @return whether the request was a call of gRPC. Recorded on demand. */
    public boolean isCall()
    {
        return (buffer.getByte(offset + CALL_OFFSET) & 1) != 0;
    }

    /** @param value see {@link #isCall()}. @return this. */
    public AccessRecord isCall(final boolean value)
    {
        buffer.putByte(offset + CALL_OFFSET, (byte)(buffer.getByte(offset + CALL_OFFSET) & ~1 | (value ? 1 : 0)));
        return this;
    }
}
