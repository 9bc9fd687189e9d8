package dev.ringway.engine.conn;

import java.util.ArrayList;
import java.util.List;

/**
 * What is done to a socket before it is connected, besides what is done to all. Loop thread only.
 */
public final class SocketPlan
{
    private final SocketOps ops;
    private final List<Option> options = new ArrayList<>();
    private final List<Option> boundOptions = new ArrayList<>();
    private byte[] source = new byte[0];
    private long sourceAddress;

    /** One option; the kernel reads its value where it is. */
    record Option(int level, int name, long value, int length)
    {
    }

    SocketPlan(final SocketOps ops)
    {
        this.ops = ops;
    }

    /**
     * Sets an option before the socket is bound.
     *
     * @param level of setsockopt(2).
     * @param name  of setsockopt(2).
     * @param value its bytes.
     */
    public void option(final int level, final int name, final byte[] value)
    {
        options.add(new Option(level, name, ops.keep(value), value.length));
    }

    /**
     * Sets an option when the socket is bound.
     *
     * @param level of setsockopt(2).
     * @param name  of setsockopt(2).
     * @param value its bytes.
     */
    public void boundOption(final int level, final int name, final byte[] value)
    {
        boundOptions.add(new Option(level, name, ops.keep(value), value.length));
    }

    /**
     * Binds the socket.
     *
     * @param sockAddr socket address.
     */
    public void source(final byte[] sockAddr)
    {
        source = sockAddr;
        sourceAddress = ops.keep(sockAddr);
    }

    List<Option> options()
    {
        return options;
    }

    List<Option> boundOptions()
    {
        return boundOptions;
    }

    long sourceAddress()
    {
        return sourceAddress;
    }

    int sourceLength()
    {
        return source.length;
    }
}
