package dev.ringway.engine.http2;

import dev.ringway.codecs.hpack.HeaderSink;
import dev.ringway.codecs.hpack.HpackDecoder;
import dev.ringway.codecs.hpack.HpackEncoder;
import dev.ringway.codecs.http2.Http2Settings;
import dev.ringway.engine.conn.ByteMeter;
import dev.ringway.engine.snapshot.Http2Options;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What both sides of a session have told in their settings (RFC 9113, 6.5), and the tables of HPACK that go by them. Of
 * its session in all respects.
 */
public final class Http2Terms
{
    private final Http2Context context;
    private final boolean isServer;
    private final Http2Settings peer;
    private final Http2Settings ours;
    private final HpackEncoder encoder = new HpackEncoder();
    private HpackDecoder decoder = new HpackDecoder(Http2Settings.INITIAL_HEADER_TABLE_SIZE);
    private int blockLength;

    Http2Terms(final Http2Context context, final boolean isServer)
    {
        this.context = context;
        this.isServer = isServer;
        peer = new Http2Settings(!isServer);
        ours = new Http2Settings(isServer);
    }

    /** A connection begins: the peer has told nothing, this side is about to tell what it takes. */
    void open(final Http2Options options, final int listBytes)
    {
        if (options.headerTableSize() == decoder.tableSize())
        {
            decoder.reset();
        }
        else
        {
            decoder = new HpackDecoder(options.headerTableSize());
        }
        encoder.reset();
        peer.reset(!isServer);
        ours.reset(isServer);
        ours.initialWindowSize(options.initialStreamWindowSize());
        ours.headerTableSize(options.headerTableSize());
        ours.maxHeaderListSize(listBytes);
        if (isServer)
        {
            ours.maxConcurrentStreams(options.maxConcurrentStreams());
            ours.enableConnectProtocol(options.allowConnect());
        }
        else
        {
            ours.enablePush(false);
        }
    }

    /** What the peer has told. */
    Http2Settings peer()
    {
        return peer;
    }

    /** What this side tells. */
    Http2Settings ours()
    {
        return ours;
    }

    /** The peer has told anew. */
    void onPeer()
    {
        encoder.peerTableSize(peer.smallestHeaderTableSize());
    }

    /** The peer has seen what this side tells, and keeps to it. */
    void onAcknowledged()
    {
        decoder.settingsAcknowledged();
    }

    /**
     * @return most streams that the peer allows.
     */
    public int peerMaxStreams()
    {
        return peer.maxConcurrentStreams();
    }

    /**
     * @return whether the peer takes extended CONNECT (RFC 8441, 3), as far as it has told.
     */
    public boolean peerTakesConnect()
    {
        return peer.enableConnectProtocol();
    }

    /**
     * @return whether this side has told that it takes extended CONNECT.
     */
    public boolean takesConnect()
    {
        return ours.enableConnectProtocol();
    }

    /** See {@link Http2Session#encoder()}. */
    HpackEncoder encoder()
    {
        return encoder;
    }

    /**
     * Decodes a block of fields into {@link Http2Context#fields()}.
     *
     * @param source holds the block.
     * @param offset of it.
     * @param length of it.
     * @param sink   told of each field.
     * @return bytes of fields, or a negative {@link dev.ringway.codecs.hpack.HpackError}.
     */
    public int decode(final DirectBuffer source, final int offset, final int length, final HeaderSink sink)
    {
        final UnsafeBuffer fields = context.fields();
        return decoder.decode(source, offset, length, fields, 0, Http2Context.MAX_BLOCK_LENGTH, sink);
    }

    /** A block of fields is about to be told. */
    void blockLength(final int length)
    {
        blockLength = length;
    }

    /**
     * @param meter gets the frames and the fields of the block that was decoded last.
     */
    public void countBlock(final ByteMeter meter)
    {
        meter.receivedBlock(blockLength);
        meter.receivedFields(decoder.textLength());
    }
}
