package dev.ringway.engine.runtime;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * One HTTP/1 message as a test sees it: start line, fields as they came, body without its framing. Written apart from
 * the product's codec, so that both are not wrong together.
 */
record HttpMessage(String head, String startLine, List<String[]> fields, byte[] body, List<String[]> trailers)
{
    private static final int MAX_LINE = 1 << 17;

    /** Reads a head and, unless told that there is none, the body it announces; null at an end of stream before it. */
    static HttpMessage read(final InputStream in, final boolean hasNoBody) throws IOException
    {
        final HttpMessage head = readHead(in);
        return head == null || hasNoBody ? head : head.withBody(in);
    }

    static HttpMessage readHead(final InputStream in) throws IOException
    {
        final int first = in.read();
        if (first < 0)
        {
            return null;
        }
        final StringBuilder all = new StringBuilder();
        final String startLine = readLine(in, first);
        all.append(startLine).append("\r\n");
        final List<String[]> fields = readFields(in, all);
        return new HttpMessage(all.toString(), startLine, fields, new byte[0], List.of());
    }

    /** As it goes on in the stream it was read from. */
    HttpMessage withBody(final InputStream in) throws IOException
    {
        final boolean isResponse = startLine.startsWith("HTTP/");
        if (isResponse && (status() < 200 || status() == 204 || status() == 304))
        {
            return this;
        }
        final String length = header("content-length");
        if ("chunked".equals(header("transfer-encoding")))
        {
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            final List<String[]> found = readChunks(in, bytes);
            return new HttpMessage(head, startLine, fields, bytes.toByteArray(), found);
        }
        if (length != null)
        {
            final byte[] bytes = in.readNBytes(Integer.parseInt(length));
            if (bytes.length < Integer.parseInt(length))
            {
                throw new EOFException("body ended after " + bytes.length + " of " + length + " bytes");
            }
            return new HttpMessage(head, startLine, fields, bytes, List.of());
        }
        return isResponse ? new HttpMessage(head, startLine, fields, in.readAllBytes(), List.of()) : this;
    }

    private static List<String[]> readChunks(final InputStream in, final ByteArrayOutputStream to) throws IOException
    {
        while (true)
        {
            final String line = readLine(in, in.read());
            final int size = Integer.parseInt(line, 16);
            if (size == 0)
            {
                return readFields(in, new StringBuilder());
            }
            final byte[] bytes = in.readNBytes(size);
            to.write(bytes);
            if (bytes.length < size || !readLine(in, in.read()).isEmpty())
            {
                throw new EOFException("chunk of " + size + " bytes ended after " + bytes.length);
            }
        }
    }

    private static List<String[]> readFields(final InputStream in, final StringBuilder all) throws IOException
    {
        final List<String[]> fields = new ArrayList<>();
        while (true)
        {
            final String line = readLine(in, in.read());
            all.append(line).append("\r\n");
            if (line.isEmpty())
            {
                return fields;
            }
            final int colon = line.indexOf(':');
            if (colon < 1)
            {
                throw new IOException("not a field: " + line);
            }
            fields.add(new String[]{line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim()});
        }
    }

    private static String readLine(final InputStream in, final int first) throws IOException
    {
        final StringBuilder line = new StringBuilder();
        for (int b = first; ; b = in.read())
        {
            if (b < 0)
            {
                throw new EOFException("end of stream in a line: " + line);
            }
            if (b == '\n' && !line.isEmpty() && line.charAt(line.length() - 1) == '\r')
            {
                line.setLength(line.length() - 1);
                return line.toString();
            }
            line.append((char)b);
            if (line.length() > MAX_LINE)
            {
                throw new IOException("endless line");
            }
        }
    }

    int status()
    {
        return Integer.parseInt(startLine.substring(9, 12));
    }

    String method()
    {
        return startLine.substring(0, startLine.indexOf(' '));
    }

    String target()
    {
        return startLine.split(" ")[1];
    }

    /** First value of a field, or null. */
    String header(final String name)
    {
        final List<String> values = headers(name);
        return values.isEmpty() ? null : values.get(0);
    }

    List<String> headers(final String name)
    {
        return fields.stream().filter(field -> field[0].equals(name)).map(field -> field[1]).toList();
    }

    String text()
    {
        return new String(body, ISO_8859_1);
    }

    String trailer(final String name)
    {
        return trailers.stream().filter(field -> field[0].equals(name)).map(field -> field[1]).findFirst().orElse(null);
    }
}
