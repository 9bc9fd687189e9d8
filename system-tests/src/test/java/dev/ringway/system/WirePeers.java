package dev.ringway.system;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Endpoints that write down every byte: one of HTTP/1.1 that answers with the bytes of the path, one of HTTP/2 that gives
 * all requests the same frames, and one that is none of HTTP. For one request at a time.
 */
final class WirePeers implements AutoCloseable
{
    static final String HELLO = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
    /** What only the first connection, or request, gets that asks for {@code /again}. */
    static final String FIRST = "HTTP/1.1 503 Unavailable\r\ncontent-length: 3\r\n\r\nbad";
    static final String TCP_ANSWER = "1234567";
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    final ServerSocket http1 = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    final ServerSocket http2 = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    final ServerSocket tcp = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    private final Map<String, String> answers;
    private final StringBuffer got = new StringBuffer();
    private final StringBuffer sent = new StringBuffer();
    private int frames;
    private int blocks;

    WirePeers(final Map<String, String> answers) throws IOException
    {
        this.answers = answers;
        AcceptLoop.start(http1, "wire-http1", this::serve);
        AcceptLoop.start(http2, "wire-http2", this::serveFrames);
        AcceptLoop.start(tcp, "wire-tcp", this::serveTcp);
    }

    String got()
    {
        return got.toString();
    }

    String sent()
    {
        return sent.toString();
    }

    /** Bytes of the frames of the stream, and those of its blocks of fields among them. */
    synchronized List<Integer> frames()
    {
        return List.of(frames, blocks);
    }

    synchronized void forget()
    {
        got.setLength(0);
        sent.setLength(0);
        frames = 0;
        blocks = 0;
    }

    private void say(final Socket socket, final String bytes) throws IOException
    {
        sent.append(bytes);
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    }

    private void serve(final Socket socket)
    {
        try (socket)
        {
            final StringBuilder request = new StringBuilder();
            for (int c = socket.getInputStream().read(); c >= 0; c = socket.getInputStream().read())
            {
                got.append((char)c);
                request.append((char)c);
                if (isWhole(request.toString()))
                {
                    final String path = request.substring(request.indexOf("/"), request.indexOf(" HTTP/"));
                    final boolean isFirst = path.equals("/again") && !sent.toString().contains(FIRST);
                    say(socket, isFirst ? FIRST : answers.getOrDefault(path, HELLO));
                    request.setLength(0);
                    if (path.equals("/close"))
                    {
                        return;
                    }
                }
            }
        }
        catch (final IOException e)
        {
            // The proxy has ended the connection.
        }
    }

    private static boolean isWhole(final String request)
    {
        final int end = request.indexOf("\r\n\r\n") + 4;
        if (end < 4)
        {
            return false;
        }
        if (request.contains("transfer-encoding"))
        {
            return request.indexOf("0\r\n", end) >= 0 && request.endsWith("\r\n\r\n");
        }
        final int at = request.indexOf("content-length: ");
        final int length = at < 0 ? 0 : Integer.parseInt(request.substring(at + 16, request.indexOf("\r\n", at)));
        return request.length() == end + length;
    }

    private void serveFrames(final Socket socket)
    {
        try (socket)
        {
            final InputStream in = socket.getInputStream();
            in.readNBytes(PREFACE.length());
            write(socket, new Http2Frame(Http2Frame.SETTINGS, 0, 0, new byte[0]));
            for (Http2Frame frame = Http2Frame.read(in); frame != null; frame = Http2Frame.read(in))
            {
                if (frame.type() == Http2Frame.SETTINGS && !frame.has(Http2Frame.ACK))
                {
                    write(socket, new Http2Frame(Http2Frame.SETTINGS, Http2Frame.ACK, 0, new byte[0]));
                }
                else if (frame.stream() > 0)
                {
                    onFrame(socket, frame);
                }
            }
        }
        catch (final IOException e)
        {
            // The proxy has ended the connection.
        }
    }

    private void onFrame(final Socket socket, final Http2Frame frame) throws IOException
    {
        synchronized (this)
        {
            frames += frame.bytes().length;
            blocks += frame.type() == Http2Frame.HEADERS ? frame.bytes().length : 0;
        }
        if (frame.type() <= Http2Frame.HEADERS && frame.has(Http2Frame.END_STREAM))
        {
            final int stream = frame.stream();
            final byte[] more = Http2Block.of("x-a", "b").bytes();
            write(socket, new Http2Frame(
                Http2Frame.HEADERS, Http2Frame.END_HEADERS, stream, Http2Block.of(":status", "103").bytes()));
            write(socket, new Http2Frame(Http2Frame.HEADERS, 0, stream, Http2Block.of(":status", "200").bytes()));
            write(socket, new Http2Frame(Http2Frame.CONTINUATION, Http2Frame.END_HEADERS, stream, more));
            write(socket, new Http2Frame(Http2Frame.WINDOW_UPDATE, 0, stream, Http2Frame.int32Bytes(5)));
            write(socket, new Http2Frame(
                Http2Frame.DATA, Http2Frame.PADDED, stream, "\2hello\0\0".getBytes(ISO_8859_1)));
            write(socket, new Http2Frame(
                Http2Frame.HEADERS, Http2Frame.END_HEADERS | Http2Frame.END_STREAM, stream, more));
        }
    }

    private static void write(final Socket socket, final Http2Frame frame) throws IOException
    {
        socket.getOutputStream().write(frame.bytes());
    }

    private void serveTcp(final Socket socket)
    {
        try (socket)
        {
            say(socket, TCP_ANSWER);
            for (int c = socket.getInputStream().read(); c >= 0; c = socket.getInputStream().read())
            {
                got.append((char)c);
            }
        }
        catch (final IOException e)
        {
            // The proxy has ended the connection.
        }
    }

    public void close() throws IOException
    {
        http1.close();
        http2.close();
        tcp.close();
    }
}
