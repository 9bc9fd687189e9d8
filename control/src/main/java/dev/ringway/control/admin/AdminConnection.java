package dev.ringway.control.admin;

import dev.ringway.control.log.LogSetup;
import dev.ringway.engine.time.HttpDate;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.logging.Logger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One connection to the administration interface: as much of HTTP/1.1 (RFC 9112) as its clients need. What is not
 * understood ends the connection after an answer of 400. One thread runs it; any may close it.
 */
final class AdminConnection
{
    private static final int MAX_HEAD = 16 * 1024;
    private static final int MAX_BODY = 1024 * 1024;
    private static final int BUFFER_LENGTH = 16 * 1024;
    private static final int IDLE_MS = 60_000;
    private static final long EXCHANGE_NS = 120_000_000_000L;

    private final Logger logger = LogSetup.logger("admin");
    private final Socket socket;
    private final AdminPages pages;
    private volatile long deadlineNs = Long.MAX_VALUE;

    AdminConnection(final Socket socket, final AdminPages pages)
    {
        this.socket = socket;
        this.pages = pages;
    }

    /** What is wanted, and whether another request may follow. */
    private record Request(String method, String path, String query, boolean isHttp11, boolean isKeepAlive)
    {
    }

    /** A request that is answered with 400. */
    private static final class BadRequestException extends IOException
    {
        private static final long serialVersionUID = 1;

        BadRequestException(final String reason)
        {
            super(reason);
        }
    }

    void run()
    {
        try (socket)
        {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(IDLE_MS);
            final InputStream in = new java.io.BufferedInputStream(socket.getInputStream());
            final OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_LENGTH);
            boolean isKept = true;
            while (isKept)
            {
                isKept = exchange(in, out);
                deadlineNs = Long.MAX_VALUE;
            }
        }
        catch (final SocketTimeoutException e)
        {
            // Idle for too long.
        }
        catch (final IOException e)
        {
            // The client is gone; nothing is left to be told.
        }
    }

    private boolean exchange(final InputStream in, final OutputStream out) throws IOException
    {
        try
        {
            final String head = head(in);
            if (head == null)
            {
                return false;
            }
            final Request request = parse(head, in);
            final Page page = page(request);
            logger.fine(() -> request.method() + ' ' + request.path() + " is answered with " + page.status());
            respond(request, page, out);
            return request.isKeepAlive();
        }
        catch (final BadRequestException e)
        {
            respond(new Request("GET", "", null, true, false), Page.text(400, e.getMessage() + "\n"), out);
            return false;
        }
    }

    /** Reads up to the empty line; null when the client ends the connection before a request. */
    private String head(final InputStream in) throws IOException
    {
        final ByteArrayOutputStream head = new ByteArrayOutputStream(512);
        int lineLength = 0;
        while (true)
        {
            final int c = in.read();
            if (c < 0)
            {
                return null;
            }
            if (head.size() == 0)
            {
                deadlineNs = System.nanoTime() + EXCHANGE_NS;
            }
            if (head.size() == MAX_HEAD)
            {
                throw new BadRequestException("the head is longer than " + MAX_HEAD + " bytes");
            }
            head.write(c);
            if (c == '\n')
            {
                if (lineLength == 0 && head.size() > 2)
                {
                    return head.toString(ISO_8859_1);
                }
                lineLength = 0;
            }
            else if (c != '\r')
            {
                lineLength++;
            }
        }
    }

    private static Request parse(final String head, final InputStream in) throws IOException
    {
        final String[] lines = head.strip().split("\r?\n");
        final String[] parts = lines[0].split(" ");
        if (parts.length != 3 || parts[0].isEmpty() || !parts[2].startsWith("HTTP/1."))
        {
            throw new BadRequestException("not a request of HTTP/1.x");
        }
        final boolean isHttp11 = !parts[2].equals("HTTP/1.0");
        boolean isKeepAlive = isHttp11;
        for (int i = 1; i < lines.length; i++)
        {
            final int colon = lines[i].indexOf(':');
            final String name = colon < 0 ? "" : lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            final String value = lines[i].substring(colon + 1).strip();
            switch (name)
            {
                case "content-length" -> skip(in, value);
                case "transfer-encoding" -> throw new BadRequestException("a body needs a content-length");
                case "connection" -> isKeepAlive &= !value.equalsIgnoreCase("close");
                default ->
                {
                    // Means nothing here.
                }
            }
        }
        final String target = originForm(parts[1]);
        final int query = target.indexOf('?');
        return new Request(parts[0], query < 0 ? target : target.substring(0, query),
            query < 0 ? null : target.substring(query + 1), isHttp11, isKeepAlive);
    }

    private static void skip(final InputStream in, final String length) throws IOException
    {
        if (!length.matches("\\d{1,7}") || Integer.parseInt(length) > MAX_BODY)
        {
            throw new BadRequestException("content-length " + length + " is not in 0.." + MAX_BODY);
        }
        in.skipNBytes(Integer.parseInt(length));
    }

    private static String originForm(final String target)
    {
        final int scheme = target.indexOf("://");
        final int slash = scheme < 0 || target.startsWith("/") ? 0 : target.indexOf('/', scheme + 3);
        return slash < 0 ? "/" : target.substring(slash);
    }

    private Page page(final Request request)
    {
        try
        {
            return pages.page(request.method(), request.path(), request.query());
        }
        catch (final RuntimeException e)
        {
            logger.warning(request.path() + " failed: " + e);
            return Page.text(500, "internal error: " + e + "\n");
        }
    }

    private static void respond(final Request request, final Page page, final OutputStream out) throws IOException
    {
        final boolean isChunked = request.isHttp11() && !request.method().equals("HEAD");
        final String head = "HTTP/1.1 " + page.status() + ' ' + reason(page.status()) + "\r\n" +
            "content-type: " + page.type() + "\r\n" +
            "cache-control: no-cache, max-age=0\r\nx-content-type-options: nosniff\r\n" +
            "date: " + date() + "\r\n" +
            "server: ringway\r\n" +
            (request.isKeepAlive() ? "" : "connection: close\r\n") +
            (isChunked ? "transfer-encoding: chunked\r\n\r\n" : "\r\n");
        out.write(head.getBytes(ISO_8859_1));
        if (!request.method().equals("HEAD"))
        {
            final Writer body = new BufferedWriter(
                new OutputStreamWriter(isChunked ? new Chunks(out) : out, UTF_8), BUFFER_LENGTH);
            page.body().write(body);
            body.flush();
            if (isChunked)
            {
                out.write("0\r\n\r\n".getBytes(ISO_8859_1));
            }
        }
        out.flush();
        page.after().run();
    }

    private static String date()
    {
        final byte[] date = new byte[HttpDate.LENGTH];
        HttpDate.format(System.currentTimeMillis() / 1000, date);
        return new String(date, ISO_8859_1);
    }

    private static String reason(final int status)
    {
        return switch (status)
        {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }

    /** Frames each write as a chunk. */
    private static final class Chunks extends OutputStream
    {
        private final OutputStream out;

        Chunks(final OutputStream out)
        {
            this.out = out;
        }

        @Override
        public void write(final int b) throws IOException
        {
            write(new byte[]{(byte)b}, 0, 1);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException
        {
            if (length > 0)
            {
                out.write((Integer.toHexString(length) + "\r\n").getBytes(ISO_8859_1));
                out.write(bytes, offset, length);
                out.write('\r');
                out.write('\n');
            }
        }
    }

    void closeIfLate(final long nowNs)
    {
        final long deadline = deadlineNs;
        if (deadline != Long.MAX_VALUE && nowNs - deadline > 0)
        {
            close();
        }
    }

    void close()
    {
        try
        {
            socket.close();
        }
        catch (final IOException e)
        {
            // It is gone all the same.
        }
    }
}
