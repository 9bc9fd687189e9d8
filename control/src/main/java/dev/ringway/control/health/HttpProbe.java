package dev.ringway.control.health;

import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.codecs.http1.Http1Limits;
import dev.ringway.codecs.http1.Http1ResponseParser;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A request, and the status that answers it. Envoy: {@code HttpHealthCheck}.
 *
 * @param method    of the request.
 * @param path      of the request.
 * @param host      for endpoints that have none of their own.
 * @param fields    further fields, by their names in lower case.
 * @param expected  statuses that are healthy.
 * @param retriable statuses that count like a broken connection, where they are not expected.
 * @param isHttp2   whether it is sent with HTTP/2, or with HTTP/1.1.
 */
public record HttpProbe(
    String method, String path, String host, Map<String, String> fields, List<Range> expected, List<Range> retriable,
    boolean isHttp2) implements Probe
{
    private static final int MOST_HEADERS = 100;
    private static final int MOST_HEAD = 60 << 10;
    private static final int MOST_BODY = 1 << 20;
    private static final int INTERIM = 200;
    private static final String DEGRADED = "x-envoy-degraded";
    private static final String LEAVING = "x-envoy-immediate-health-check-fail";

    /**
     * Numbers.
     *
     * @param first  of them.
     * @param behind the last of them.
     */
    public record Range(long first, long behind)
    {
        boolean contains(final int number)
        {
            return number >= first && number < behind;
        }
    }

    /**
     * {@inheritDoc}
     */
    public Verdict ask(final Link link, final String own) throws IOException
    {
        return isHttp2 ? askHttp2(link, own.isEmpty() ? host : own) : askHttp1(link, own.isEmpty() ? host : own);
    }

    private Verdict askHttp2(final Link link, final String authority) throws IOException
    {
        final Http2Calls.Answer answer = link.http2().ask(
            new Http2Calls.Request(method, path, authority, Probe.signed(fields), new byte[0]), false);
        return verdict(answer.status(), answer.head()::containsKey);
    }

    private Verdict askHttp1(final Link link, final String authority) throws IOException
    {
        final StringBuilder lines = new StringBuilder();
        Probe.signed(fields).forEach((name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
        link.send((method + " " + path + " HTTP/1.1\r\nhost: " + authority + "\r\n" + lines + "\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
        final Http1ResponseParser parser = new Http1ResponseParser(new Http1Limits(MOST_HEAD, MOST_HEADERS));
        final ResponseHead head = new ResponseHead(MOST_HEADERS);
        final ByteBuffer received = ByteBuffer.allocate(MOST_HEAD);
        final UnsafeBuffer buffer = new UnsafeBuffer(received.array());
        int offset = 0;
        while (true)
        {
            final int parsed = parser.parse(buffer, offset, received.position() - offset, head);
            if (parsed < 0 || parsed == 0 && !received.hasRemaining())
            {
                return Verdict.BROKEN;
            }
            if (parsed == 0)
            {
                link.receive(received);
                continue;
            }
            offset += parsed;
            if (head.status() >= INTERIM)
            {
                final Verdict verdict = verdict(head.status(), name -> has(head.headers(), name));
                finish(link, head, received.position() - offset);
                return verdict;
            }
        }
    }

    private Verdict verdict(final int status, final Predicate<String> has)
    {
        if (expected.stream().anyMatch(range -> range.contains(status)))
        {
            return has.test(DEGRADED) ? Verdict.DEGRADED : Verdict.HEALTHY;
        }
        if (retriable.stream().anyMatch(range -> range.contains(status)))
        {
            return Verdict.RETRIABLE;
        }
        return has.test(LEAVING) ? Verdict.LEAVING : Verdict.REFUSED;
    }

    private static boolean has(final HeaderTable headers, final String name)
    {
        for (int i = 0; i < headers.count(); i++)
        {
            if (name.equals(headers.buffer()
                .getStringWithoutLengthAscii(headers.nameOffset(i), headers.nameLength(i))))
            {
                return true;
            }
        }
        return false;
    }

    /** Reads the content where its length is told, so that the connection can be used again. */
    private void finish(final Link link, final ResponseHead head, final int present) throws IOException
    {
        final boolean isEmpty = method.equals("HEAD") || head.bodyless();
        long left = isEmpty ? 0 : head.contentLength();
        if (!head.keepAlive() || head.chunked() && !isEmpty || left < 0 || left > MOST_BODY)
        {
            return;
        }
        final ByteBuffer rest = ByteBuffer.allocate(8192);
        left -= present;
        while (left > 0)
        {
            rest.clear().limit((int)Math.min(left, rest.capacity()));
            link.receive(rest);
            left -= rest.position();
        }
        link.isReusable(left == 0);
    }
}
