package dev.ringway.engine.runtime;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What came on one stream of HTTP/2 so far, and what may still be sent and received on it.
 */
final class Http2Message
{
    final List<HttpMessage> interim = new ArrayList<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    List<String[]> fields;
    List<String[]> trailers = List.of();
    boolean isEnded;
    int resetCode = -1;
    int dataFrames;
    int longestData;
    int widestOpening;
    long sendWindow;
    long receiveWindow;

    /** Takes a block of fields: an interim head, the head, or trailers. */
    void onFields(final List<String[]> block)
    {
        if (fields != null)
        {
            trailers = block;
        }
        else if (value(block, ":status") != null && value(block, ":status").startsWith("1"))
        {
            interim.add(toHttp(block, new byte[0], List.of()));
        }
        else
        {
            fields = block;
        }
    }

    boolean isOver()
    {
        return isEnded || resetCode >= 0;
    }

    int status()
    {
        return Integer.parseInt(header(":status"));
    }

    /** Of the head, which must have come. */
    String header(final String name)
    {
        return value(head(), name);
    }

    private List<String[]> head()
    {
        if (fields == null)
        {
            throw new AssertionError(
                resetCode >= 0 ? "no head, but a reset with code " + resetCode : "no head so far, ended: " + isEnded);
        }
        return fields;
    }

    String text()
    {
        return toHttp().text();
    }

    /** As HTTP/1 would say it. */
    HttpMessage toHttp()
    {
        return toHttp(head(), body.toByteArray(), trailers);
    }

    private static HttpMessage toHttp(
        final List<String[]> block, final byte[] content, final List<String[]> last)
    {
        final String status = value(block, ":status");
        final String start = status != null ? "HTTP/2.0 " + status :
            value(block, ":method") + " " + value(block, ":path") + " HTTP/2.0";
        final StringBuilder head = new StringBuilder(start).append("\r\n");
        for (final String[] field : block)
        {
            head.append(field[0]).append(": ").append(field[1]).append("\r\n");
        }
        return new HttpMessage(head.append("\r\n").toString(), start, block, content, last);
    }

    private static String value(final List<String[]> block, final String name)
    {
        return block.stream().filter(field -> field[0].equals(name)).map(field -> field[1]).findFirst().orElse(null);
    }
}
