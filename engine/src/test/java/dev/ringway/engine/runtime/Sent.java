package dev.ringway.engine.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * A request or response that a test sends in either version of HTTP.
 *
 * @param start    method and path, or status.
 * @param body     content, null for none at all.
 * @param isTold   whether its length is told by a content-length.
 * @param trailers names and values in turn.
 * @param fields   names and values in turn.
 */
record Sent(String start, byte[] body, boolean isTold, String[] trailers, String... fields)
{
    private static final String[] NONE = {};
    private static final int PIECE = 16_384;

    static Sent of(final String start, final byte[] body, final boolean isTold, final String... fields)
    {
        return new Sent(start, body, isTold, NONE, fields);
    }

    Sent trailing(final String... last)
    {
        return new Sent(start, body, isTold, last, fields);
    }

    private String[] allFields()
    {
        return isTold && body != null ? concat(fields, "content-length", String.valueOf(body.length)) : fields;
    }

    private static String[] concat(final String[] some, final String... more)
    {
        return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
    }

    void writeHttp1(final OutputStream out) throws IOException
    {
        final boolean isResponse = Character.isDigit(start.charAt(0));
        final boolean isChunked = body != null && !isTold;
        final StringBuilder head = new StringBuilder(isResponse ? "HTTP/1.1 " + start + " R" : start + " HTTP/1.1")
            .append(isResponse ? "\r\n" : "\r\nhost: a\r\n");
        append(head, allFields());
        head.append(isChunked ? "transfer-encoding: chunked\r\n\r\n" : "\r\n");
        final ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(head.toString().getBytes(ISO_8859_1));
        for (int at = 0; body != null && at < body.length; at += PIECE)
        {
            final int length = Math.min(PIECE, body.length - at);
            whole.write(isChunked ? (Integer.toHexString(length) + "\r\n").getBytes(ISO_8859_1) : new byte[0]);
            whole.write(body, at, length);
            whole.write(isChunked ? "\r\n".getBytes(ISO_8859_1) : new byte[0]);
        }
        if (isChunked)
        {
            whole.write((append(new StringBuilder("0\r\n"), trailers) + "\r\n").getBytes(ISO_8859_1));
        }
        // One write: who has seen the head of a small message knows that its content is there too.
        whole.writeTo(out);
    }

    private static StringBuilder append(final StringBuilder to, final String[] fields)
    {
        for (int i = 0; i < fields.length; i += 2)
        {
            to.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
        }
        return to;
    }

    /** Opens a stream with it. */
    int openHttp2(final Http2Peer peer) throws IOException
    {
        final String[] words = start.split(" ");
        final int id = peer.open(isAll(), words[0], words[1], allFields());
        rest(peer, id);
        return id;
    }

    void answerHttp2(final Http2Peer peer, final int id) throws IOException
    {
        peer.headers(id, isAll(), concat(new String[]{":status", start}, allFields()));
        rest(peer, id);
    }

    private boolean isAll()
    {
        return body == null && trailers.length == 0;
    }

    private void rest(final Http2Peer peer, final int id) throws IOException
    {
        if (body != null)
        {
            peer.body(id, body, PIECE, trailers.length == 0);
        }
        if (trailers.length > 0)
        {
            peer.headers(id, true, trailers);
        }
    }
}
