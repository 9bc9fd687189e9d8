package dev.ringway.codecs.http2;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Settings of one side of a connection (RFC 9113 section 6.5.2): what the peer told us, or what we tell it. They begin
 * with what the RFC has a peer assume. Numbers above 2^31 - 1 read as 2^31 - 1, which also stands for no limit. One
 * owner thread.
 */
public final class Http2Settings
{
    /** Bytes of one setting. */
    public static final int ENTRY_LENGTH = 6;
    /** Size of the HPACK table before any SETTINGS. */
    public static final int INITIAL_HEADER_TABLE_SIZE = 4096;
    /** Smallest value of SETTINGS_MAX_FRAME_SIZE, and the first. */
    public static final int MIN_FRAME_SIZE = 16384;
    /** Largest value of SETTINGS_MAX_FRAME_SIZE. */
    public static final int MAX_FRAME_SIZE = (1 << 24) - 1;
    /** No limit. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private int headerTableSize;
    private int smallestHeaderTableSize;
    private boolean enablePush;
    private int maxConcurrentStreams;
    private int initialWindowSize;
    private int maxFrameSize;
    private int maxHeaderListSize;
    private boolean enableConnectProtocol;
    private boolean fromServer;

    /**
     * Initial settings.
     *
     * @param fromServer whether a server sends them: then ENABLE_PUSH must not be 1.
     */
    public Http2Settings(final boolean fromServer)
    {
        reset(fromServer);
    }

    /**
     * Goes back to the initial settings, for another connection.
     *
     * @param fromServer whether a server sends them.
     */
    public void reset(final boolean fromServer)
    {
        this.fromServer = fromServer;
        headerTableSize = INITIAL_HEADER_TABLE_SIZE;
        smallestHeaderTableSize = INITIAL_HEADER_TABLE_SIZE;
        enablePush = true;
        maxConcurrentStreams = UNLIMITED;
        initialWindowSize = FlowWindow.INITIAL_SIZE;
        maxFrameSize = MIN_FRAME_SIZE;
        maxHeaderListSize = UNLIMITED;
        enableConnectProtocol = false;
    }

    /**
     * Applies the payload of a SETTINGS frame, setting by setting in its order. Unknown ones are ignored.
     *
     * @param buffer holding the payload.
     * @param offset of its first byte.
     * @param length bytes.
     * @return 0, or an {@link ErrorCode} negated, which is an error of the connection; settings before the wrong one
     *     are applied then.
     */
    public int apply(final DirectBuffer buffer, final int offset, final int length)
    {
        if (length % ENTRY_LENGTH != 0)
        {
            return -ErrorCode.FRAME_SIZE_ERROR;
        }

        smallestHeaderTableSize = UNLIMITED;
        int error = 0;
        for (int at = offset, end = offset + length; at < end && error == 0; at += ENTRY_LENGTH)
        {
            final int id = buffer.getShort(at, ByteOrder.BIG_ENDIAN) & 0xFFFF;
            error = apply(id, buffer.getInt(at + 2, ByteOrder.BIG_ENDIAN));
        }
        smallestHeaderTableSize = Math.min(smallestHeaderTableSize, headerTableSize);

        return error;
    }

    /**
     * Size of the HPACK table.
     *
     * @return bytes.
     */
    public int headerTableSize()
    {
        return headerTableSize;
    }

    /**
     * Smallest size of the HPACK table that the last {@link #apply} passed through: an encoder must announce it before
     * the final one (RFC 7541 section 4.2).
     *
     * @return bytes, at most {@link #headerTableSize()}.
     */
    public int smallestHeaderTableSize()
    {
        return smallestHeaderTableSize;
    }

    /**
     * Whether a server may push.
     *
     * @return true initially.
     */
    public boolean enablePush()
    {
        return enablePush;
    }

    /**
     * Most streams the receiver of the settings may have open.
     *
     * @return streams, or {@link #UNLIMITED}.
     */
    public int maxConcurrentStreams()
    {
        return maxConcurrentStreams;
    }

    /**
     * Window a stream begins with.
     *
     * @return bytes.
     */
    public int initialWindowSize()
    {
        return initialWindowSize;
    }

    /**
     * Largest payload of a frame.
     *
     * @return {@link #MIN_FRAME_SIZE} to {@link #MAX_FRAME_SIZE}.
     */
    public int maxFrameSize()
    {
        return maxFrameSize;
    }

    /**
     * Largest field section: names, values and 32 bytes for each field.
     *
     * @return bytes, or {@link #UNLIMITED}.
     */
    public int maxHeaderListSize()
    {
        return maxHeaderListSize;
    }

    /**
     * Whether extended CONNECT is understood (RFC 8441 section 3).
     *
     * @return false initially.
     */
    public boolean enableConnectProtocol()
    {
        return enableConnectProtocol;
    }

    /**
     * Sets the size of the HPACK table.
     *
     * @param bytes 0 or more.
     */
    public void headerTableSize(final int bytes)
    {
        headerTableSize = bytes;
    }

    /**
     * Sets whether a server may push.
     *
     * @param isEnabled only a client says so, and ours says no.
     */
    public void enablePush(final boolean isEnabled)
    {
        enablePush = isEnabled;
    }

    /**
     * Sets the most streams the peer may have open.
     *
     * @param streams 0 or more, or {@link #UNLIMITED}.
     */
    public void maxConcurrentStreams(final int streams)
    {
        maxConcurrentStreams = streams;
    }

    /**
     * Sets the window a stream begins with.
     *
     * @param bytes 0 or more.
     */
    public void initialWindowSize(final int bytes)
    {
        initialWindowSize = bytes;
    }

    /**
     * Sets the largest payload of a frame.
     *
     * @param bytes {@link #MIN_FRAME_SIZE} to {@link #MAX_FRAME_SIZE}.
     */
    public void maxFrameSize(final int bytes)
    {
        maxFrameSize = bytes;
    }

    /**
     * Sets the largest field section.
     *
     * @param bytes 0 or more, or {@link #UNLIMITED}.
     */
    public void maxHeaderListSize(final int bytes)
    {
        maxHeaderListSize = bytes;
    }

    /**
     * Sets whether extended CONNECT is understood.
     *
     * @param isEnabled a server says so; it must not be taken back.
     */
    public void enableConnectProtocol(final boolean isEnabled)
    {
        enableConnectProtocol = isEnabled;
    }

    /** Writes the settings that differ from the initial ones; returns the offset behind. */
    int put(final MutableDirectBuffer dst, final int at)
    {
        int end = put(dst, at, SettingId.HEADER_TABLE_SIZE, headerTableSize, INITIAL_HEADER_TABLE_SIZE);
        end = put(dst, end, SettingId.ENABLE_PUSH, enablePush ? 1 : 0, 1);
        end = put(dst, end, SettingId.MAX_CONCURRENT_STREAMS, maxConcurrentStreams, UNLIMITED);
        end = put(dst, end, SettingId.INITIAL_WINDOW_SIZE, initialWindowSize, FlowWindow.INITIAL_SIZE);
        end = put(dst, end, SettingId.MAX_FRAME_SIZE, maxFrameSize, MIN_FRAME_SIZE);
        end = put(dst, end, SettingId.MAX_HEADER_LIST_SIZE, maxHeaderListSize, UNLIMITED);

        return put(dst, end, SettingId.ENABLE_CONNECT_PROTOCOL, enableConnectProtocol ? 1 : 0, 0);
    }

    private static int put(
        final MutableDirectBuffer dst, final int at, final int id, final int value, final int initial)
    {
        if (value == initial)
        {
            return at;
        }

        dst.putShort(at, (short)id, ByteOrder.BIG_ENDIAN);
        dst.putInt(at + 2, value, ByteOrder.BIG_ENDIAN);
        return at + ENTRY_LENGTH;
    }

    private int apply(final int id, final int value)
    {
        switch (id)
        {
            case SettingId.HEADER_TABLE_SIZE:
                headerTableSize = clamp(value);
                smallestHeaderTableSize = Math.min(smallestHeaderTableSize, headerTableSize);
                return 0;

            case SettingId.ENABLE_PUSH:
                enablePush = value == 1;
                return value == 0 || value == 1 && !fromServer ? 0 : -ErrorCode.PROTOCOL_ERROR;

            case SettingId.MAX_CONCURRENT_STREAMS:
                maxConcurrentStreams = clamp(value);
                return 0;

            case SettingId.INITIAL_WINDOW_SIZE:
                initialWindowSize = clamp(value);
                return value < 0 ? -ErrorCode.FLOW_CONTROL_ERROR : 0;

            case SettingId.MAX_FRAME_SIZE:
                return applyMaxFrameSize(value);

            case SettingId.MAX_HEADER_LIST_SIZE:
                maxHeaderListSize = clamp(value);
                return 0;

            case SettingId.ENABLE_CONNECT_PROTOCOL:
                return applyConnectProtocol(value);

            case SettingId.NO_RFC7540_PRIORITIES:
                return value == 0 || value == 1 ? 0 : -ErrorCode.PROTOCOL_ERROR;

            default:
                return 0;
        }
    }

    private int applyMaxFrameSize(final int value)
    {
        if (value < MIN_FRAME_SIZE || value > MAX_FRAME_SIZE)
        {
            return -ErrorCode.PROTOCOL_ERROR;
        }

        maxFrameSize = value;
        return 0;
    }

    /** Once enabled it stays (RFC 8441 section 3). */
    private int applyConnectProtocol(final int value)
    {
        if (value != 1 && (value != 0 || enableConnectProtocol))
        {
            return -ErrorCode.PROTOCOL_ERROR;
        }

        enableConnectProtocol = value == 1;
        return 0;
    }

    private static int clamp(final int value)
    {
        return value < 0 ? UNLIMITED : value;
    }
}
