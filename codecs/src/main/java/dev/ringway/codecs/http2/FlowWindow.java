package dev.ringway.codecs.http2;

/**
 * One flow-control window (RFC 9113 section 6.9): how many bytes of DATA may still go over it. One owner thread.
 */
public final class FlowWindow
{
    /** What a connection's window begins with, and a stream's until SETTINGS say otherwise. */
    public static final int INITIAL_SIZE = 65535;
    /** Largest window. */
    public static final int MAX_SIZE = Integer.MAX_VALUE;

    private int size;

    /**
     * A window.
     *
     * @param size it begins with, 0 to {@link #MAX_SIZE}.
     */
    public FlowWindow(final int size)
    {
        this.size = size;
    }

    /**
     * Begins anew.
     *
     * @param initial bytes, 0 to {@link #MAX_SIZE}.
     */
    public void reset(final int initial)
    {
        size = initial;
    }

    /**
     * Size of the window.
     *
     * @return bytes; below 0 after a setting made it smaller than what was sent already (section 6.9.2).
     */
    public int size()
    {
        return size;
    }

    /**
     * What may be sent now.
     *
     * @return bytes, 0 or more.
     */
    public int available()
    {
        return Math.max(0, size);
    }

    /**
     * Widens the window by a WINDOW_UPDATE, or changes it with SETTINGS_INITIAL_WINDOW_SIZE.
     *
     * @param increment bytes; below 0 only for a setting: new initial size minus old one.
     * @return false when the window would leave the range of -(2^31 - 1) to 2^31 - 1, which is a FLOW_CONTROL_ERROR;
     *     nothing changes then.
     */
    public boolean add(final int increment)
    {
        final long sum = (long)size + increment;
        if (sum > MAX_SIZE || sum < -MAX_SIZE)
        {
            return false;
        }

        size = (int)sum;
        return true;
    }

    /**
     * Takes bytes of DATA, padding included, off the window.
     *
     * @param length bytes, 0 or more.
     * @return false when there are not so many, which is a FLOW_CONTROL_ERROR of the sender; nothing changes then. A
     *     frame without bytes always passes.
     */
    public boolean consume(final int length)
    {
        if (length > size && length > 0)
        {
            return false;
        }

        size -= length;
        return true;
    }
}
