package dev.ringway.engine.runtime;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * One end of an HTTP/2 connection that says exactly what a test wants said, frame by frame. By itself it acknowledges
 * settings, answers pings and opens windows, as long as it is not told otherwise, and it fails when more comes than it
 * has allowed. Fields are coded by Netty. One thread.
 */
final class Http2Peer
{
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);
    private static final int WINDOW = 65_535;
    private static final int MOST_DATA = 16_384;

    final Map<Integer, Http2Message> streams = new TreeMap<>();
    /** Frames of the connection as a whole, and those that the peer answered by itself, in order. */
    final List<Http2Frame> control = new ArrayList<>();
    boolean answersPings = true;
    boolean opensWindows = true;
    int nextId = 1;

    private final Http2FrameReader reader;
    private final OutputStream out;
    private final boolean isServer;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final ArrayDeque<Integer> whole = new ArrayDeque<>();
    private final ArrayDeque<int[]> settingsDue = new ArrayDeque<>();
    private long sendWindow = WINDOW;
    private long receiveWindow = WINDOW;
    private int sendInitial = WINDOW;
    private int receiveInitial = WINDOW;

    /** What a server does with a request that has come to its end. */
    interface Answer
    {
        void to(Http2Peer peer, int id, HttpMessage request) throws Exception;
    }

    private Http2Peer(final InputStream in, final OutputStream out, final boolean isServer)
    {
        reader = new Http2FrameReader(in);
        this.out = out;
        this.isServer = isServer;
    }

    /** Begins as a client with these settings, numbers and values in turn. */
    static Http2Peer client(final TestClient client, final int... settings) throws IOException
    {
        return client(client.in, client.out, settings);
    }

    static Http2Peer client(final InputStream in, final OutputStream out, final int... settings) throws IOException
    {
        final Http2Peer peer = new Http2Peer(in, out, false);
        peer.write(PREFACE);
        return peer.settings(settings);
    }

    /** As a client that has sent its preface. */
    static Http2Peer clientBehindPreface(final TestClient client, final int... settings) throws IOException
    {
        return new Http2Peer(client.in, client.out, false).settings(settings);
    }

    /** Begins as a server, once the client's preface is there. */
    static Http2Peer server(final TestBackend.Link link, final int... settings) throws IOException
    {
        return server(link.in, link.out, settings);
    }

    static Http2Peer server(final InputStream in, final OutputStream out, final int... settings) throws IOException
    {
        final byte[] preface = in.readNBytes(PREFACE.length);
        if (preface.length < PREFACE.length)
        {
            throw new EOFException("no preface");
        }
        if (!Arrays.equals(PREFACE, preface))
        {
            throw new AssertionError("not a preface: " + new String(preface, ISO_8859_1));
        }
        return new Http2Peer(in, out, true).settings(settings);
    }

    /** As a server whose client's preface has been read. */
    static Http2Peer serverBehindPreface(final TestBackend.Link link, final int... settings) throws IOException
    {
        return new Http2Peer(link.in, link.out, true).settings(settings);
    }

    /** A client that writes to memory: for conversations that are cut in pieces. */
    static Http2Peer recording(final ByteArrayOutputStream out, final int... settings) throws IOException
    {
        final Http2Peer peer = new Http2Peer(new ByteArrayInputStream(new byte[0]), out, false);
        peer.write(PREFACE);
        return peer.settings(settings);
    }

    /** A client that only reads: what it says was recorded before, with these settings at first. */
    static Http2Peer reading(final TestClient client, final int... settings) throws IOException
    {
        final Http2Peer peer = new Http2Peer(client.in, OutputStream.nullOutputStream(), false);
        return peer.settings(settings);
    }

    /** A server that answers each request when it is whole, until the connection ends. */
    static TestBackend answering(final Answer answer, final int... settings) throws IOException
    {
        return TestBackend.scripted(link -> server(link, settings).serve(answer));
    }

    void serve(final Answer answer) throws Exception
    {
        for (int id = awaitRequest(); id > 0; id = awaitRequest())
        {
            answer.to(this, id, streams.get(id).toHttp());
        }
    }

    /** The next request that is whole, or 0 at the end of the connection. */
    int awaitRequest() throws IOException
    {
        while (whole.isEmpty())
        {
            if (next() == null)
            {
                return 0;
            }
        }
        return whole.poll();
    }

    void write(final byte[] bytes) throws IOException
    {
        out.write(bytes);
    }

    void frame(final int type, final int flags, final int streamId, final byte... payload) throws IOException
    {
        out.write(Http2Frame.of(type, flags, streamId, payload));
    }

    Http2Peer settings(final int... settings) throws IOException
    {
        final ByteBuffer payload = ByteBuffer.allocate(3 * settings.length);
        for (int i = 0; i < settings.length; i += 2)
        {
            payload.putShort((short)settings[i]).putInt(settings[i + 1]);
        }
        settingsDue.add(settings);
        frame(Http2Frame.SETTINGS, 0, 0, payload.array());
        return this;
    }

    /** Most that blocks of fields from here use of the other end's table, which it is told by the next one. */
    void tableSize(final int size) throws IOException
    {
        try
        {
            encoder.maxHeaderTableSize(size);
        }
        catch (final Http2Exception e)
        {
            throw new AssertionError(e);
        }
    }

    byte[] encode(final String... fields) throws IOException
    {
        final Http2Headers headers = new DefaultHttp2Headers(false);
        for (int i = 0; i < fields.length; i += 2)
        {
            headers.add(fields[i], fields[i + 1]);
        }
        final ByteBuf buffer = Unpooled.buffer();
        try
        {
            encoder.encodeHeaders(1, headers, buffer);
        }
        catch (final Http2Exception e)
        {
            throw new AssertionError(e);
        }
        final byte[] block = new byte[buffer.readableBytes()];
        buffer.readBytes(block);
        return block;
    }

    void headers(final int id, final boolean isEnd, final String... fields) throws IOException
    {
        stream(id);
        final byte[] block = encode(fields);
        for (int at = 0; at == 0 || at < block.length; at += MOST_DATA)
        {
            final boolean isLast = at + MOST_DATA >= block.length;
            frame(at == 0 ? Http2Frame.HEADERS : Http2Frame.CONTINUATION,
                (isLast ? Http2Frame.END_HEADERS : 0) | (isEnd && at == 0 ? Http2Frame.END_STREAM : 0), id,
                Arrays.copyOfRange(block, at, Math.min(at + MOST_DATA, block.length)));
        }
    }

    /** The fields that each request has, and more. */
    static String[] request(final String method, final String path, final String... more)
    {
        final String[] fields = Arrays.copyOf(new String[]{
            ":method", method, ":scheme", "http", ":path", path, ":authority", "a"}, 8 + more.length);
        System.arraycopy(more, 0, fields, 8, more.length);
        return fields;
    }

    /** Opens a stream with a request's head; more of it may follow or not. */
    int open(final boolean isEnd, final String method, final String path, final String... more) throws IOException
    {
        final int id = nextId;
        nextId += 2;
        headers(id, isEnd, request(method, path, more));
        return id;
    }

    int get(final String path) throws IOException
    {
        return open(true, "GET", path);
    }

    /** Asks and waits for all of the answer. */
    Http2Message ask(final String path) throws IOException
    {
        return await(get(path));
    }

    /** Sends content regardless of windows. */
    void data(final int id, final boolean isEnd, final byte... bytes) throws IOException
    {
        sendWindow -= bytes.length;
        stream(id).sendWindow -= bytes.length;
        frame(Http2Frame.DATA, isEnd ? Http2Frame.END_STREAM : 0, id, bytes);
    }

    /** Sends content as far as windows allow, and reads while they do not; stops when the stream is reset. */
    void body(final int id, final byte[] bytes, final int piece, final boolean isEnd) throws IOException
    {
        final Http2Message stream = stream(id);
        int at = 0;
        while (at < bytes.length && stream.resetCode < 0)
        {
            final long room = Math.min(sendWindow, stream.sendWindow);
            final int count = (int)Math.min(Math.min(piece, MOST_DATA), Math.min(room, bytes.length - at));
            if (count <= 0)
            {
                if (next() == null)
                {
                    throw new EOFException("ended with " + (bytes.length - at) + " bytes to send");
                }
                continue;
            }
            data(id, isEnd && at + count == bytes.length, Arrays.copyOfRange(bytes, at, at + count));
            at += count;
        }
        if (bytes.length == 0 && isEnd)
        {
            data(id, true);
        }
    }

    void window(final int id, final int increment) throws IOException
    {
        if (id == 0)
        {
            receiveWindow += increment;
        }
        else
        {
            stream(id).receiveWindow += increment;
        }
        frame(Http2Frame.WINDOW_UPDATE, 0, id, Http2Frame.numbers(increment));
    }

    void reset(final int id, final int code) throws IOException
    {
        frame(Http2Frame.RST_STREAM, 0, id, Http2Frame.numbers(code));
    }

    void goAway(final int lastId, final int code) throws IOException
    {
        frame(Http2Frame.GOAWAY, 0, 0, Http2Frame.numbers(lastId, code));
    }

    Http2Message stream(final int id)
    {
        return streams.computeIfAbsent(id, ignored ->
        {
            final Http2Message fresh = new Http2Message();
            fresh.sendWindow = sendInitial;
            fresh.receiveWindow = receiveInitial;
            return fresh;
        });
    }

    /** Waits until a stream has ended in whatever way. */
    Http2Message await(final int id) throws IOException
    {
        final Http2Message stream = stream(id);
        while (!stream.isOver())
        {
            more("stream " + id);
        }
        return stream;
    }

    Http2Message awaitHead(final int id) throws IOException
    {
        final Http2Message stream = stream(id);
        while (stream.fields == null && !stream.isOver())
        {
            more("head of stream " + id);
        }
        return stream;
    }

    /** Waits for bytes of content. */
    Http2Message awaitBody(final int id, final int length) throws IOException
    {
        final Http2Message stream = stream(id);
        while (stream.body.size() < length && !stream.isOver())
        {
            more("content of stream " + id);
        }
        return stream;
    }

    /** Waits for the next frame of a kind that has not been waited for. */
    Http2Frame await(final int type, final int flags) throws IOException
    {
        for (int i = 0; ; i++)
        {
            while (i >= control.size())
            {
                more("frame " + type);
            }
            final Http2Frame frame = control.get(i);
            if (frame.type() == type && frame.flags() == flags)
            {
                control.remove(i);
                return frame;
            }
        }
    }

    /** All that was sent before has been taken. */
    void settle() throws IOException
    {
        frame(Http2Frame.PING, 0, 0, "settled!".getBytes(ISO_8859_1));
        Http2Frame pong = await(Http2Frame.PING, Http2Frame.ACK);
        while (!new String(pong.payload(), ISO_8859_1).equals("settled!"))
        {
            pong = await(Http2Frame.PING, Http2Frame.ACK);
        }
    }

    private void more(final String what) throws IOException
    {
        if (next() == null)
        {
            throw new EOFException("ended while waiting for " + what + ", GOAWAY with code " + goneAway());
        }
    }

    /** Code of the last GOAWAY, or -1. */
    int goneAway()
    {
        int code = -1;
        for (final Http2Frame frame : control)
        {
            code = frame.type() == Http2Frame.GOAWAY ? frame.number(4) : code;
        }
        return code;
    }

    /** Reads up to the end, in whatever way it comes; gives the code of the last GOAWAY, or -1. */
    int awaitEnd() throws IOException
    {
        try
        {
            while (next() != null)
            {
                // Kept where it belongs.
            }
        }
        catch (final SocketException e)
        {
            // Reset: an end as well.
        }
        return goneAway();
    }

    /** Reads one frame and does what is due; null at the end of the connection. */
    Http2Frame next() throws IOException
    {
        final Http2Frame frame = reader.read();
        if (frame == null)
        {
            return null;
        }
        switch (frame.type())
        {
            case Http2Frame.DATA -> onData(frame);
            case Http2Frame.HEADERS -> onHeaders(frame);
            case Http2Frame.RST_STREAM -> stream(frame.streamId()).resetCode = frame.number(0);
            case Http2Frame.WINDOW_UPDATE -> onWindow(frame);
            default -> onControl(frame);
        }
        return frame;
    }

    private void onData(final Http2Frame frame) throws IOException
    {
        final int length = frame.payload().length;
        final Http2Message stream = stream(frame.streamId());
        receiveWindow -= length;
        stream.receiveWindow -= length;
        if (length > 0 && (receiveWindow < 0 || stream.receiveWindow < 0))
        {
            throw new AssertionError("windows overrun: " + receiveWindow + ", " + stream.receiveWindow);
        }
        if (stream.isEnded)
        {
            throw new AssertionError("DATA behind the end of stream " + frame.streamId());
        }
        stream.body.write(frame.payload());
        stream.dataFrames++;
        stream.longestData = Math.max(stream.longestData, length);
        end(frame, stream);
        if (opensWindows && length > 0)
        {
            reply(() -> reopen(frame.streamId(), length));
        }
    }

    /** The connection's window and the stream's in one write, which is half of what many small ones take. */
    private void reopen(final int id, final int length) throws IOException
    {
        final Http2Message stream = stream(id);
        final byte[] connection = Http2Frame.of(Http2Frame.WINDOW_UPDATE, 0, 0, Http2Frame.numbers(length));
        receiveWindow += length;
        if (stream.isOver())
        {
            out.write(connection);
            return;
        }
        stream.receiveWindow += length;
        final byte[] both = Arrays.copyOf(connection, 2 * connection.length);
        System.arraycopy(Http2Frame.of(Http2Frame.WINDOW_UPDATE, 0, id, Http2Frame.numbers(length)), 0,
            both, connection.length, connection.length);
        out.write(both);
    }

    /** What the peer says by itself: when the other end has gone, what it said before is still to be read. */
    private interface Reply
    {
        void run() throws IOException;
    }

    private static void reply(final Reply reply) throws IOException
    {
        try
        {
            reply.run();
        }
        catch (final SocketException e)
        {
            // Reading on tells how the connection ended.
        }
    }

    private void onHeaders(final Http2Frame frame)
    {
        final Http2Message stream = stream(frame.streamId());
        if (stream.isEnded)
        {
            throw new AssertionError("HEADERS behind the end of stream " + frame.streamId());
        }
        stream.onFields(frame.fields());
        end(frame, stream);
    }

    private void end(final Http2Frame frame, final Http2Message stream)
    {
        if (frame.is(Http2Frame.END_STREAM))
        {
            stream.isEnded = true;
            if (isServer)
            {
                whole.add(frame.streamId());
            }
        }
    }

    private void onWindow(final Http2Frame frame)
    {
        if (frame.streamId() == 0)
        {
            sendWindow += frame.number(0);
        }
        else
        {
            final Http2Message stream = stream(frame.streamId());
            stream.sendWindow += frame.number(0);
            stream.widestOpening = Math.max(stream.widestOpening, frame.number(0));
        }
    }

    private void onControl(final Http2Frame frame) throws IOException
    {
        control.add(frame);
        if (frame.type() == Http2Frame.SETTINGS && frame.is(Http2Frame.ACK))
        {
            onAck(settingsDue.isEmpty() ? new int[0] : settingsDue.remove());
        }
        else if (frame.type() == Http2Frame.SETTINGS)
        {
            onSettings(ByteBuffer.wrap(frame.payload()));
            reply(() -> frame(Http2Frame.SETTINGS, Http2Frame.ACK, 0));
        }
        else if (frame.type() == Http2Frame.PING && !frame.is(Http2Frame.ACK) && answersPings)
        {
            reply(() -> frame(Http2Frame.PING, Http2Frame.ACK, 0, frame.payload()));
        }
    }

    /** The other end keeps to these settings from now on. */
    private void onAck(final int... settings)
    {
        for (int i = 0; i < settings.length; i += 2)
        {
            final int value = settings[i + 1];
            if (settings[i] == Http2Frame.INITIAL_WINDOW)
            {
                final int change = value - receiveInitial;
                receiveInitial = value;
                streams.values().forEach(stream -> stream.receiveWindow += change);
            }
            else if (settings[i] == Http2Frame.MAX_FRAME)
            {
                reader.longestPayload(value);
            }
            else if (settings[i] == Http2Frame.TABLE_SIZE)
            {
                reader.tableSize(value);
            }
        }
    }

    private void onSettings(final ByteBuffer payload)
    {
        while (payload.hasRemaining())
        {
            final int id = payload.getShort();
            final int value = payload.getInt();
            if (id == Http2Frame.INITIAL_WINDOW)
            {
                final int change = value - sendInitial;
                sendInitial = value;
                streams.values().forEach(stream -> stream.sendWindow += change);
            }
        }
    }
}
