package dev.ringway.system;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * An HTTP/1.1 message as it was on the wire. {@code start} is the request or status line, {@code fields} are "name:
 * value" in their order, {@code trailers} what stood behind a chunked body.
 */
record HttpMessage(String start, List<String> fields, byte[] body, List<String> trailers, boolean isChunked)
{
    int status()
    {
        return Integer.parseInt(start.substring(9, 12));
    }

    String text()
    {
        return new String(body, ISO_8859_1);
    }

    /** The value of the first field of a name, or null. */
    String field(final String name)
    {
        for (final String field : fields)
        {
            final int colon = field.indexOf(':');
            if (field.substring(0, colon).equalsIgnoreCase(name))
            {
                return field.substring(colon + 1).strip();
            }
        }
        return null;
    }

    /**
     * Reads one message. Null at an end before the first byte; EOFException when it is cut.
     *
     * @param isHead whether it answers HEAD: its length promises nothing.
     */
    static HttpMessage read(final InputStream in, final boolean isHead) throws IOException
    {
        String start = line(in);
        while (start != null && start.isEmpty())
        {
            start = line(in);
        }
        if (start == null)
        {
            return null;
        }
        final List<String> fields = fields(in);
        final HttpMessage head = new HttpMessage(start, fields, new byte[0], List.of(), false);
        final boolean isResponse = start.startsWith("HTTP/");
        if (isHead || isResponse && (head.status() < 200 || head.status() == 204 || head.status() == 304))
        {
            return head;
        }
        final String coding = head.field("transfer-encoding");
        if (coding != null && coding.toLowerCase().endsWith("chunked"))
        {
            final byte[] body = chunks(in);
            return new HttpMessage(start, fields, body, fields(in), true);
        }
        final String length = head.field("content-length");
        if (length != null)
        {
            final byte[] body = in.readNBytes(Integer.parseInt(length));
            if (body.length < Integer.parseInt(length))
            {
                throw new EOFException(body.length + " of " + length + " bytes of a body");
            }
            return new HttpMessage(start, fields, body, List.of(), false);
        }
        return new HttpMessage(start, fields, isResponse ? in.readAllBytes() : new byte[0], List.of(), false);
    }

    private static byte[] chunks(final InputStream in) throws IOException
    {
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true)
        {
            final String size = line(in);
            if (size == null)
            {
                throw new EOFException("a chunked body ends behind " + body.size() + " bytes");
            }
            final int length = Integer.parseInt(size.split(";")[0].strip(), 16);
            if (length == 0)
            {
                return body.toByteArray();
            }
            final byte[] chunk = in.readNBytes(length);
            body.write(chunk);
            if (chunk.length < length || !"".equals(line(in)))
            {
                throw new EOFException("a chunk ends behind " + chunk.length + " of " + length + " bytes");
            }
        }
    }

    private static List<String> fields(final InputStream in) throws IOException
    {
        final List<String> fields = new ArrayList<>();
        for (String line = line(in); !"".equals(line); line = line(in))
        {
            if (line == null)
            {
                throw new EOFException("a head ends behind " + fields);
            }
            fields.add(line);
        }
        return fields;
    }

    private static String line(final InputStream in) throws IOException
    {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read())
        {
            if (b == -1)
            {
                if (line.size() > 0)
                {
                    throw new EOFException("a line ends behind '" + line + "'");
                }
                return null;
            }
            line.write(b);
        }
        final String text = line.toString(ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
