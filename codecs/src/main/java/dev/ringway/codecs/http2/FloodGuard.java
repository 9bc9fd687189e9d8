package dev.ringway.codecs.http2;

/**
 * Counts what costs us more than its sender, for one connection. Each method that returns a boolean takes one event and
 * returns true while it is within bounds; false means that the peer is to be told ENHANCE_YOUR_CALM and the connection
 * to be ended. One owner thread.
 *
 * <table>
 * <caption>What is bounded</caption>
 * <tr><th>attack</th><th>bound</th></tr>
 * <tr><td>streams reset by the peer (CVE-2023-44487) or by us for its faults (CVE-2025-8671)</td>
 *     <td>{@link #MAX_RESETS} together in {@link #WINDOW_NS}</td></tr>
 * <tr><td>field section in many pieces (CVE-2024-27316)</td>
 *     <td>{@link #MAX_CONTINUATIONS} frames and {@link #MAX_FIELD_BLOCK_LENGTH} bytes</td></tr>
 * <tr><td>PING, SETTINGS, RST_STREAM whose answers are not read (CVE-2019-9512, -9514, -9515)</td>
 *     <td>answers that wait: {@link FloodLimits}</td></tr>
 * <tr><td>frames that carry nothing (CVE-2019-9516, -9518), PRIORITY (-9513), WINDOW_UPDATE (-9511)</td>
 *     <td>{@link FloodLimits}</td></tr>
 * <tr><td>anything else that is odd, but no error of the connection</td>
 *     <td>{@link #MAX_GLITCHES} in {@link #WINDOW_NS}</td></tr>
 * </table>
 */
public final class FloodGuard
{
    /** Most streams reset by either side in one window of time. */
    public static final int MAX_RESETS = 100;
    /** Most glitches in one window of time. */
    public static final int MAX_GLITCHES = 1000;
    /** Length of a window of time. */
    public static final long WINDOW_NS = 30_000_000_000L;
    /** Most CONTINUATION frames of one field section. */
    public static final int MAX_CONTINUATIONS = 8;
    /** Most bytes of one field section as it is sent, in HEADERS and CONTINUATION. */
    public static final int MAX_FIELD_BLOCK_LENGTH = 64 * 1024;

    /** WINDOW_UPDATE frames that are free, as Envoy has them. */
    private static final int FREE_WINDOW_UPDATES = 5;
    private static final int WINDOW_UPDATES_PER_UNIT = 2;

    private FloodLimits limits;
    private long resetsSinceNs;
    private int resets;
    private long glitchesSinceNs;
    private int glitches;
    private int outboundFrames;
    private int outboundControlFrames;
    private int emptyFrames;
    private int continuations;
    private int fieldBlockLength;
    private long streams;
    private long dataFramesSent;
    private long priorityFrames;
    private long windowUpdates;

    /**
     * Creates one for a connection of default limits.
     */
    public FloodGuard()
    {
        limits = FloodLimits.DEFAULT;
    }

    /**
     * Begins with another connection.
     *
     * @param floodLimits limits to keep.
     * @param nowNs       time of the loop.
     */
    public void reset(final FloodLimits floodLimits, final long nowNs)
    {
        limits = floodLimits;
        resetsSinceNs = nowNs;
        resets = 0;
        glitchesSinceNs = nowNs;
        glitches = 0;
        outboundFrames = 0;
        outboundControlFrames = 0;
        emptyFrames = 0;
        continuations = 0;
        fieldBlockLength = 0;
        streams = 0;
        dataFramesSent = 0;
        priorityFrames = 0;
        windowUpdates = 0;
    }

    /**
     * A stream is opened by either side, refused ones included: for each the peer may send PRIORITY and WINDOW_UPDATE.
     */
    public void onStream()
    {
        streams++;
    }

    /**
     * A stream is reset before its end, by the peer or by us for a fault of the peer.
     *
     * @param nowNs time of the loop.
     * @return false when there are more than {@link #MAX_RESETS} in a window.
     */
    public boolean onReset(final long nowNs)
    {
        if (nowNs - resetsSinceNs >= WINDOW_NS)
        {
            resetsSinceNs = nowNs;
            resets = 0;
        }

        return ++resets <= MAX_RESETS;
    }

    /**
     * The peer did something that is allowed, but useless: it sent a frame of an unknown type.
     *
     * @param nowNs time of the loop.
     * @return false when there are more than {@link #MAX_GLITCHES} in a window.
     */
    public boolean onGlitch(final long nowNs)
    {
        if (nowNs - glitchesSinceNs >= WINDOW_NS)
        {
            glitchesSinceNs = nowNs;
            glitches = 0;
        }

        return ++glitches <= MAX_GLITCHES;
    }

    /**
     * A frame waits to be sent.
     *
     * @param isControl whether it is PING, SETTINGS or RST_STREAM.
     * @return false when too many wait.
     */
    public boolean onFrameQueued(final boolean isControl)
    {
        outboundFrames++;
        outboundControlFrames += isControl ? 1 : 0;

        return outboundFrames <= limits.maxOutboundFrames() &&
            outboundControlFrames <= limits.maxOutboundControlFrames();
    }

    /**
     * Everything that waited is sent.
     */
    public void onAllSent()
    {
        outboundFrames = 0;
        outboundControlFrames = 0;
    }

    /**
     * Some of what waited is sent.
     *
     * @param frames        all kinds, 0 or more.
     * @param controlFrames PING, SETTINGS and RST_STREAM among them.
     */
    public void onSent(final int frames, final int controlFrames)
    {
        outboundFrames = Math.max(0, outboundFrames - frames);
        outboundControlFrames = Math.max(0, outboundControlFrames - controlFrames);
    }

    /**
     * Frames that wait to be sent.
     *
     * @return 0 or more.
     */
    public int outboundFrames()
    {
        return outboundFrames;
    }

    /**
     * Control frames that wait to be sent.
     *
     * @return 0 or more.
     */
    public int outboundControlFrames()
    {
        return outboundControlFrames;
    }

    /**
     * Which bound was passed where {@link #onFrameQueued} said false.
     *
     * @return whether there are too many control frames, and not only too many frames.
     */
    public boolean isControlFlood()
    {
        return outboundControlFrames > limits.maxOutboundControlFrames();
    }

    /**
     * A DATA frame goes out, which WINDOW_UPDATE may answer.
     */
    public void onDataSent()
    {
        dataFramesSent++;
    }

    /**
     * DATA, HEADERS or CONTINUATION came in.
     *
     * @param length      of the payload without padding.
     * @param isEndStream whether it ends the stream.
     * @return false when too many in a row carry nothing and end nothing.
     */
    public boolean onPayload(final int length, final boolean isEndStream)
    {
        emptyFrames = length == 0 && !isEndStream ? emptyFrames + 1 : 0;

        return emptyFrames <= limits.maxEmptyFrames();
    }

    /**
     * HEADERS came in: a field section begins.
     *
     * @param length of its part of the field block.
     * @return false when it is longer than {@link #MAX_FIELD_BLOCK_LENGTH}.
     */
    public boolean onHeaders(final int length)
    {
        continuations = 0;
        fieldBlockLength = length;

        return fieldBlockLength <= MAX_FIELD_BLOCK_LENGTH;
    }

    /**
     * CONTINUATION came in. To be asked by the header of the frame, before its payload is stored.
     *
     * @param length of the payload.
     * @return false when there are too many frames, or bytes, of one field section.
     */
    public boolean onContinuation(final int length)
    {
        continuations++;
        fieldBlockLength += length;

        return continuations <= MAX_CONTINUATIONS && fieldBlockLength <= MAX_FIELD_BLOCK_LENGTH;
    }

    /**
     * PRIORITY came in.
     *
     * @return false when there are too many for the streams opened, and one more.
     */
    public boolean onPriority()
    {
        priorityFrames++;

        return priorityFrames <= limits.maxPriorityPerStream() * (1 + streams);
    }

    /**
     * WINDOW_UPDATE came in.
     *
     * @return false when there are too many for the streams opened and the DATA sent.
     */
    public boolean onWindowUpdate()
    {
        windowUpdates++;

        return windowUpdates <= FREE_WINDOW_UPDATES +
            WINDOW_UPDATES_PER_UNIT * (streams + limits.maxWindowUpdatesPerData() * dataFramesSent);
    }
}
