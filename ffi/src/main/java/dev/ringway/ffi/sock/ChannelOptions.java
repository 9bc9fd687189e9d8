package dev.ringway.ffi.sock;

import dev.ringway.ffi.libc.Syscall;
import dev.ringway.ffi.libc.SyscallNumber;
import org.agrona.UnsafeApi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.SocketChannel;

/**
 * Options of the JDK's sockets that the JDK has no name for. Any thread, those that come and go included, one at a time:
 * they share the memory of one call.
 */
public final class ChannelOptions
{
    /** The most bytes of a value. */
    public static final int MAX_LENGTH = 256;

    private static final MemorySegment VALUE = Arena.global().allocate(MAX_LENGTH);
    private static final Syscall CALLS = new Syscall();

    private ChannelOptions()
    {
    }

    /**
     * Sets an option of an open channel.
     *
     * @param channel of TCP.
     * @param level   of setsockopt(2).
     * @param name    of setsockopt(2).
     * @param value   at most {@link #MAX_LENGTH} bytes.
     * @return 0, or -errno.
     */
    public static synchronized int set(
        final SocketChannel channel, final int level, final int name, final byte[] value)
    {
        MemorySegment.copy(value, 0, VALUE, ValueLayout.JAVA_BYTE, 0, value.length);
        return (int)CALLS.call(
            SyscallNumber.SETSOCKOPT.value(), descriptor(channel), level, name, VALUE.address(), value.length, 0);
    }

    /** SAFETY: the field is an int of this class, whatever module may look at it. */
    private static int descriptor(final SocketChannel channel)
    {
        return UnsafeApi.getInt(channel, UnsafeApi.objectFieldOffset(channel.getClass(), "fdVal"));
    }
}
