package dev.ringway.system;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * An HTTP/2 connection in clear by prior knowledge that sends frames as they are given. A thread of its own reads:
 * frames wait until the test asks for them, SETTINGS and PING are acknowledged, field blocks are decoded (and checked
 * for pseudo-header fields and connection fields) by Netty, which shares nothing with the decoder under test. Windows
 * are the business of the test. Silence where something is awaited is a failure.
 */
final class Http2Client implements AutoCloseable
{
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final long MAX_FIELDS = 1 << 20;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true, MAX_FIELDS);
    private final List<Http2Frame> arrived = new ArrayList<>();
    private boolean isReading = true;
    private boolean hasReader;
    private String end;
    private int nextStream = 1;

    /** Connected, with nothing sent. */
    Http2Client(final int port) throws IOException
    {
        this(port, 0);
    }

    private Http2Client(final int port, final int receiveBuffer) throws IOException
    {
        socket = new Socket();
        if (receiveBuffer > 0)
        {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    int localPort()
    {
        return socket.getLocalPort();
    }

    /** With the preface and these settings (identifier and value in turn) sent, and the server's settings seen. */
    static Http2Client open(final int port, final int... settings) throws Exception
    {
        return new Http2Client(port).start(settings);
    }

    /** As open, but reads nothing once the settings are exchanged, and lets the kernel hold little. */
    static Http2Client deaf(final int port, final int... settings) throws Exception
    {
        final Http2Client client = new Http2Client(port, 4096).start(settings);
        synchronized (client.arrived)
        {
            client.isReading = false;
        }
        return client;
    }

    private Http2Client start(final int... settings) throws Exception
    {
        final ByteArrayOutputStream payload = new ByteArrayOutputStream();
        for (int i = 0; i < settings.length; i += 2)
        {
            payload.write(settings[i] >> 8);
            payload.write(settings[i]);
            payload.writeBytes(Http2Frame.int32Bytes(settings[i + 1]));
        }
        raw(PREFACE).frame(Http2Frame.SETTINGS, 0, 0, payload.toByteArray());
        // Reads only now: an acknowledgement must not come before the settings.
        hear();
        try
        {
            await("SETTINGS", frame -> frame.is(Http2Frame.SETTINGS) && !frame.has(Http2Frame.ACK));
            await("SETTINGS ACK", frame -> frame.is(Http2Frame.SETTINGS) && frame.has(Http2Frame.ACK));
            return this;
        }
        catch (final Exception | AssertionError e)
        {
            close();
            throw e;
        }
    }

    Http2Client raw(final String bytes) throws IOException
    {
        return raw(bytes.getBytes(ISO_8859_1));
    }

    Http2Client raw(final byte[] bytes) throws IOException
    {
        synchronized (out)
        {
            out.write(bytes);
        }
        return this;
    }

    Http2Client frame(final int type, final int flags, final int stream, final byte[] payload) throws IOException
    {
        return raw(new Http2Frame(type, flags, stream, payload).bytes());
    }

    /**
     * Sends this again and again until the server ends the connection. Fails when it never does, also when it stops
     * reading instead.
     */
    void floodUntilEnd(final byte[] bytes, final int times) throws Exception
    {
        final CompletableFuture<Boolean> flood = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("http2-flood").start(() -> flood.complete(isCutShort(bytes, times)));
        try
        {
            final boolean isCutShort = flood.get(Patience.S, TimeUnit.SECONDS);
            hear();
            if (!isCutShort)
            {
                awaitEnd();
            }
        }
        catch (final TimeoutException e)
        {
            throw new AssertionError("the server neither reads on nor ends the connection", e);
        }
    }

    /** Reads, also what a deaf client left unread. One thread does: a deaf one has it until the next frame. */
    private void hear()
    {
        synchronized (arrived)
        {
            isReading = true;
            if (!hasReader)
            {
                hasReader = true;
                Thread.ofPlatform().daemon().name("http2-client").start(this::readAll);
            }
        }
    }

    private boolean isCutShort(final byte[] bytes, final int times)
    {
        try
        {
            for (int i = 0; i < times; i++)
            {
                raw(bytes);
            }
            return false;
        }
        catch (final IOException e)
        {
            return true;
        }
    }

    Http2Client data(final int stream, final String body, final boolean isLast) throws IOException
    {
        return frame(Http2Frame.DATA, isLast ? Http2Frame.END_STREAM : 0, stream, body.getBytes(ISO_8859_1));
    }

    Http2Client reset(final int stream, final int code) throws IOException
    {
        return frame(Http2Frame.RST_STREAM, 0, stream, Http2Frame.int32Bytes(code));
    }

    Http2Client window(final int stream, final int increment) throws IOException
    {
        return frame(Http2Frame.WINDOW_UPDATE, 0, stream, Http2Frame.int32Bytes(increment));
    }

    /** Opens the next stream with a whole block in one frame; its number. */
    int request(final Http2Block block, final boolean isLast) throws IOException
    {
        final int stream = takeStream();
        frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS | (isLast ? Http2Frame.END_STREAM : 0), stream, block.bytes());
        return stream;
    }

    int takeStream()
    {
        final int stream = nextStream;
        nextStream += 2;
        return stream;
    }

    Http2Answer get(final String path) throws Exception
    {
        return answer(request(Http2Block.request("GET", path), true));
    }

    private void readAll()
    {
        String why = "closed";
        try
        {
            for (Http2Frame frame = readOne(); frame != null; frame = readOne())
            {
                acknowledge(frame);
                synchronized (arrived)
                {
                    arrived.add(frame);
                    arrived.notifyAll();
                    if (!isReading)
                    {
                        hasReader = false;
                        return;
                    }
                }
            }
        }
        catch (final IOException | Http2Exception e)
        {
            why = e.toString();
        }
        synchronized (arrived)
        {
            end = why;
            arrived.notifyAll();
        }
    }

    private Http2Frame readOne() throws IOException, Http2Exception
    {
        final Http2Frame first = Http2Frame.read(in);
        if (first == null || !first.is(Http2Frame.HEADERS))
        {
            return first;
        }
        final ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(first.body());
        for (Http2Frame last = first; !last.has(Http2Frame.END_HEADERS);)
        {
            last = Http2Frame.read(in);
            if (last == null || !last.is(Http2Frame.CONTINUATION) || last.stream() != first.stream())
            {
                throw new IOException("no CONTINUATION behind HEADERS, but " + last);
            }
            block.writeBytes(last.payload());
        }
        final Http2Headers headers = decoder.decodeHeaders(first.stream(), Unpooled.wrappedBuffer(block.toByteArray()));
        final List<String> fields = new ArrayList<>();
        headers.forEach(field -> fields.add(field.getKey() + ": " + field.getValue()));
        return new Http2Frame(first.type(), first.flags(), first.stream(), block.toByteArray(), fields);
    }

    private void acknowledge(final Http2Frame frame)
    {
        if ((frame.is(Http2Frame.SETTINGS) || frame.is(Http2Frame.PING)) && !frame.has(Http2Frame.ACK))
        {
            try
            {
                frame(frame.type(), Http2Frame.ACK, 0, frame.is(Http2Frame.PING) ? frame.payload() : new byte[0]);
            }
            catch (final IOException e)
            {
                // The server does not want it any more; what it still says is read all the same.
            }
        }
    }

    /** The first frame of those that wait or come that fits; it is taken out. Fails at an end before it. */
    Http2Frame await(final String what, final Predicate<Http2Frame> fits) throws Exception
    {
        final Http2Frame frame = awaitOrEnd(what, fits);
        if (frame == null)
        {
            throw new AssertionError("the connection ended (" + end + ") before " + what + ": " + arrived);
        }
        return frame;
    }

    /** As await, but null when the connection ends before it. */
    Http2Frame awaitOrEnd(final String what, final Predicate<Http2Frame> fits) throws Exception
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(Patience.S);
        int checked = 0;
        synchronized (arrived)
        {
            while (true)
            {
                for (final Iterator<Http2Frame> frames = arrived.listIterator(Math.min(checked, arrived.size()));
                    frames.hasNext();)
                {
                    final Http2Frame frame = frames.next();
                    if (fits.test(frame))
                    {
                        frames.remove();
                        return frame;
                    }
                }
                checked = arrived.size();
                if (end != null)
                {
                    return null;
                }
                final long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
                if (leftMs <= 0)
                {
                    throw new AssertionError(what + " did not come, but " + arrived);
                }
                arrived.wait(leftMs);
            }
        }
    }

    /** All of a stream until it ends or is reset, without interim answers; fails when the connection ends before. */
    Http2Answer answer(final int stream) throws Exception
    {
        final Http2Answer answer = answerOrEnd(stream);
        if (answer == null)
        {
            throw new AssertionError("the connection ended (" + end + ") before stream " + stream + " did: " + arrived);
        }
        return answer;
    }

    /** As answer, but null when the connection ends before. */
    Http2Answer answerOrEnd(final int stream) throws Exception
    {
        List<String> fields = List.of();
        List<String> trailers = List.of();
        final ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true)
        {
            final Http2Frame frame = awaitOrEnd("the answer on stream " + stream, one -> one.stream() == stream &&
                (one.is(Http2Frame.HEADERS) || one.is(Http2Frame.DATA) || one.is(Http2Frame.RST_STREAM)));
            if (frame == null)
            {
                return null;
            }
            if (frame.is(Http2Frame.RST_STREAM))
            {
                return new Http2Answer(fields, body.toByteArray(), trailers, frame.errorCode());
            }
            if (frame.is(Http2Frame.DATA))
            {
                body.writeBytes(frame.body());
            }
            else if (fields.isEmpty() || fields.getFirst().startsWith(":status: 1"))
            {
                fields = frame.fields();
            }
            else
            {
                trailers = frame.fields();
            }
            if (frame.endsStream())
            {
                return new Http2Answer(fields, body.toByteArray(), trailers, Http2Answer.NONE);
            }
        }
    }

    /** Waits until the server has ended the connection; the error code of its GOAWAY, or -1 without one. */
    long awaitEnd() throws Exception
    {
        final Http2Frame goAway = awaitOrEnd("GOAWAY or the end",
            frame -> frame.is(Http2Frame.GOAWAY) && frame.errorCode() != 0);
        if (goAway != null)
        {
            awaitOrEnd("the end behind GOAWAY", frame -> false);
        }
        return goAway == null ? -1 : goAway.errorCode();
    }

    /** How many frames of this kind wait. */
    int count(final Predicate<Http2Frame> fits)
    {
        synchronized (arrived)
        {
            return (int)arrived.stream().filter(fits).count();
        }
    }

    /** Ends the connection with a reset. */
    void cut() throws IOException
    {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    public void close() throws IOException
    {
        socket.close();
    }
}
