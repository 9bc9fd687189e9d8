package dev.ringway.system;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Sends requests that are written in HTTP/1.1 in either version, and tells what came back in a form to compare. */
final class RandomClient implements AutoCloseable
{
    private static final int LONG = 100;

    private final int port;
    private Client first;
    private Http2Client second;

    RandomClient(final int port)
    {
        this.port = port;
    }

    /** In HTTP/1.1, on the connection of the request before unless that was the last one there. */
    String tell(final String request) throws Exception
    {
        if (first == null)
        {
            first = new Client(port);
        }
        final HttpMessage answer;
        try
        {
            first.send(request);
            answer = request.startsWith("HEAD") ? first.readHead() : first.read();
        }
        catch (final IOException e)
        {
            drop();
            return "cut";
        }
        if (answer == null || "close".equals(answer.field("connection")))
        {
            drop();
        }
        return answer == null ? "no answer" : answer.status() + shown(answer.fields().stream()
            .filter(field -> !request.startsWith("HEAD") || isOfHead(field)).toList()) + '\n' +
            shortened(answer.text()) + answer.trailers();
    }

    /**
     * Whether both take it alike in HTTP/2. Ringway takes no path beyond ASCII there, and believes a trusted {@code
     * x-forwarded-proto} rather than {@code :scheme}.
     */
    static boolean isForHttp2(final String request)
    {
        return request.chars().allMatch(c -> c < 0x80) && !request.contains("x-forwarded-proto");
    }

    /** In HTTP/2. */
    String tellHttp2(final String request) throws Exception
    {
        if (second == null)
        {
            second = Http2Client.open(port);
        }
        final HttpMessage said = HttpMessage.read(new ByteArrayInputStream(request.getBytes(ISO_8859_1)), false);
        final String[] line = said.start().split(" ");
        final Http2Block block = Http2Block.of(":method", line[0], ":scheme", "http", ":authority", said.field("host"),
            ":path", line[1].replaceFirst("(?i)^http://[^/?]*", ""));
        for (final String field : said.fields())
        {
            final String name = field.substring(0, field.indexOf(':')).toLowerCase();
            if (!name.equals("host") && !name.equals("transfer-encoding"))
            {
                block.field(name, field.substring(field.indexOf(':') + 1).strip());
            }
        }
        final boolean hasTrailers = !said.trailers().isEmpty();
        final boolean hasBody = said.body().length > 0;
        final int stream = second.request(block, !hasBody && !hasTrailers);
        for (int at = 0; at < said.body().length; at += 16_384)
        {
            final int length = Math.min(16_384, said.body().length - at);
            second.data(stream, said.text().substring(at, at + length),
                !hasTrailers && at + length == said.body().length);
        }
        if (hasTrailers)
        {
            second.frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM, stream,
                Http2Block.of("x-last", "1").bytes());
        }
        final Http2Answer answer = second.answerOrEnd(stream);
        if (answer == null)
        {
            second.close();
            second = null;
            return "end";
        }
        second.window(0, answer.body().length + 1);
        return answer.status() +
            shown(answer.fields().stream().map(field -> field.replaceFirst("^:", "pseudo-")).toList()) + '\n' + shortened(answer.text()) + answer.trailers() + (answer.reset() < 0 ? "" : "reset " + answer.reset());
    }

    private void drop() throws IOException
    {
        first.close();
        first = null;
    }

    /** Envoy says of an answer without content that its length is not known, Ringway that it has none or nothing. */
    private static boolean isOfHead(final String field)
    {
        return !field.equals("transfer-encoding: chunked") && !field.equals("content-length: 0");
    }

    static String shortened(final String text)
    {
        return text.length() <= LONG ? text : text.length() + " bytes " + text.hashCode();
    }

    /** Sorted: order between names has no meaning. */
    static String shown(final List<String> fields)
    {
        final Map<String, List<String>> values = new TreeMap<>();
        for (final String field : fields)
        {
            final int colon = field.indexOf(':');
            final String name = field.substring(0, colon).toLowerCase();
            final String value = field.substring(colon + 1).strip();
            values.computeIfAbsent(name, key -> new ArrayList<>())
                .add(name.equals("x-envoy-expected-rq-timeout-ms") && value.matches("15000|1[0-4]\\d\\d\\d") ? "(rest)" :
                    EnvoyCases.comparable(name, value));
        }
        return values.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining("\n   ", "\n   ", ""));
    }

    public void close() throws IOException
    {
        if (first != null)
        {
            first.close();
        }
        if (second != null)
        {
            second.close();
        }
    }
}
