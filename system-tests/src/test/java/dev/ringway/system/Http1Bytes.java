package dev.ringway.system;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * An HTTP/1.1 request taken apart by the letter of RFC 9112, so that no byte of it can mean two things: a line ends
 * with CR LF, holds no other CR, LF or NUL, a chunk has its plain hexadecimal size, and nothing stands behind the end.
 */
final class Http1Bytes
{
    /** Fields that a proxy adds on its own. */
    private static final Pattern ADDED =
        Pattern.compile("x-(forwarded-proto|request-id|envoy-[a-z-]+): [\\x21-\\x7e]+");
    private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]+: [^\\r\\n\\x00]*");
    private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]+)\r\n");

    private final String bytes;
    private int at;

    private Http1Bytes(final String bytes)
    {
        this.bytes = bytes;
    }

    /**
     * The request without what proxies add: its start line, its field lines in alphabetical order, "" and the body, and
     * each trailer line behind it.
     */
    static List<String> takeApart(final String bytes)
    {
        return new Http1Bytes(bytes).all();
    }

    private List<String> all()
    {
        final List<String> all = new ArrayList<>();
        final String start = line();
        assertTrue(start.matches("[A-Z-]+ [\\x21-\\x7e]+ HTTP/1\\.1"), () -> "start line of " + bytes);
        final List<String> fields = fields();
        final boolean isChunked = fields.contains("transfer-encoding: chunked");
        final List<String> lengths = fields.stream().filter(field -> field.startsWith("content-length:")).toList();
        assertTrue(lengths.size() + (isChunked ? 1 : 0) <= 1, () -> "framed more than once: " + bytes);
        all.add(start);
        fields.stream().filter(field -> !ADDED.matcher(field).matches()).sorted().forEach(all::add);
        all.add("");
        if (isChunked)
        {
            all.add(chunks());
            all.addAll(fields());
        }
        else
        {
            all.add(bytes.substring(at));
            final int length = lengths.isEmpty() ? 0 : Integer.parseInt(lengths.getFirst().split(": ")[1]);
            assertEquals(length, bytes.length() - at, () -> "length of the body of " + bytes);
            at = bytes.length();
        }
        assertEquals(bytes.length(), at, () -> "something stands behind the end: " + bytes);
        return all;
    }

    private List<String> fields()
    {
        final List<String> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line())
        {
            final String field = line;
            assertTrue(FIELD.matcher(field).matches(), () -> "'" + field + "' is no field line of " + bytes);
            fields.add(field);
        }
        return fields;
    }

    private String chunks()
    {
        final StringBuilder body = new StringBuilder();
        final Matcher chunk = CHUNK.matcher(bytes);
        while (true)
        {
            assertTrue(chunk.region(at, bytes.length()).lookingAt(), () -> "no chunk at " + at + " of " + bytes);
            final int length = Integer.parseInt(chunk.group(1), 16);
            at = chunk.end();
            if (length == 0)
            {
                return body.toString();
            }
            body.append(bytes, at, at + length);
            at += length;
            assertEquals("", line());
        }
    }

    private String line()
    {
        final int end = bytes.indexOf("\r\n", at);
        assertTrue(end >= 0, () -> "no line ends behind " + at + " in " + bytes);
        final String line = bytes.substring(at, end);
        assertTrue(line.indexOf('\r') < 0 && line.indexOf('\n') < 0 && line.indexOf('\0') < 0,
            () -> "a line of " + bytes + " holds CR, LF or NUL");
        at = end + 2;
        return line;
    }
}
