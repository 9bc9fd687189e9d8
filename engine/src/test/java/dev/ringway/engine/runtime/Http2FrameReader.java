package dev.ringway.engine.runtime;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the frames of one connection, blocks of fields whole and decoded by Netty: all blocks have to be read, in
 * order, as each may depend on those before. Fails when the connection ends within a frame or a block is interrupted.
 * One thread.
 */
final class Http2FrameReader
{
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);

    private int longestPayload = 16_384;

    Http2FrameReader(final InputStream in)
    {
        this.in = new DataInputStream(in);
    }

    /** Longer frames than that are a fault from now on. */
    void longestPayload(final int length)
    {
        longestPayload = length;
    }

    /** Fields are decoded with a table of that size from now on; a smaller one must be confirmed by the next block. */
    void tableSize(final int size)
    {
        try
        {
            decoder.maxHeaderTableSize(size & 0xFFFF_FFFFL);
        }
        catch (final Http2Exception e)
        {
            throw new AssertionError(e);
        }
    }

    /** The next frame with what continues it; null at the end of the connection. */
    Http2Frame read() throws IOException
    {
        final byte[] head = in.readNBytes(Http2Frame.HEAD);
        if (head.length == 0)
        {
            return null;
        }
        if (head.length < Http2Frame.HEAD)
        {
            throw new EOFException("ended in a frame's header");
        }
        final ByteBuffer bytes = ByteBuffer.wrap(head);
        final int length = bytes.getInt() >>> 8;
        final int type = head[3];
        final int flags = head[4];
        final int id = bytes.getInt(5);
        checkLength(length, type);
        final byte[] payload = new byte[length];
        in.readFully(payload);
        if (type != Http2Frame.HEADERS)
        {
            return new Http2Frame(type, flags, id, payload, null);
        }
        final ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(payload);
        for (int last = flags; (last & Http2Frame.END_HEADERS) == 0; last = readContinuation(id, block))
        {
            // One fragment after the other.
        }
        return new Http2Frame(type, flags, id, payload, decode(block.toByteArray()));
    }

    private int readContinuation(final int id, final ByteArrayOutputStream block) throws IOException
    {
        final ByteBuffer head = ByteBuffer.allocate(Http2Frame.HEAD);
        in.readFully(head.array());
        if (head.get(3) != Http2Frame.CONTINUATION || head.getInt(5) != id)
        {
            throw new AssertionError("a block of fields was interrupted by type " + head.get(3));
        }
        final int length = head.getInt() >>> 8;
        checkLength(length, Http2Frame.CONTINUATION);
        block.write(in.readNBytes(length));
        return head.get(4);
    }

    private void checkLength(final int length, final int type)
    {
        if (length > longestPayload)
        {
            throw new AssertionError("a frame of type " + type + " and " + length + " bytes, beyond " + longestPayload);
        }
    }

    private List<String[]> decode(final byte[] block)
    {
        final List<String[]> fields = new ArrayList<>();
        try
        {
            for (final Map.Entry<CharSequence, CharSequence> field :
                decoder.decodeHeaders(1, Unpooled.wrappedBuffer(block)))
            {
                fields.add(new String[]{field.getKey().toString(), field.getValue().toString()});
            }
        }
        catch (final Http2Exception e)
        {
            throw new AssertionError("fields that Netty does not decode", e);
        }
        return fields;
    }
}
