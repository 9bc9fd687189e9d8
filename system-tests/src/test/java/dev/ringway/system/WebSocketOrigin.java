package dev.ringway.system;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * A WebSocket server (RFC 6455) that sends back each message, frame by frame. A text {@code flood N} is answered with N
 * binary messages of 64 KiB, {@code abort} with a reset. Any other request than a handshake gets a 200.
 */
final class WebSocketOrigin implements AutoCloseable
{
    static final int PIECE = 64 * 1024;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final ServerSocket server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    /** How connections that were upgraded ended. */
    final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

    WebSocketOrigin() throws IOException
    {
        AcceptLoop.start(server, "websocket-origin", this::serve);
    }

    int port()
    {
        return server.getLocalPort();
    }

    private void serve(final Socket socket)
    {
        boolean isUpgraded = false;
        try (socket)
        {
            socket.setTcpNoDelay(true);
            final DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            HttpMessage request = HttpMessage.read(in, false);
            while (request != null && request.field("sec-websocket-key") == null)
            {
                socket.getOutputStream().write(
                    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nplain".getBytes(ISO_8859_1));
                request = HttpMessage.read(in, false);
            }
            if (request != null)
            {
                isUpgraded = true;
                socket.getOutputStream().write(agreement(request.field("sec-websocket-key")).getBytes(ISO_8859_1));
                talk(socket, in, socket.getOutputStream());
                ends.add("closed");
            }
        }
        catch (final Exception e)
        {
            if (isUpgraded)
            {
                ends.add(e.getClass().getSimpleName());
            }
        }
    }

    private static String agreement(final String key) throws Exception
    {
        final byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(ISO_8859_1));
        return "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n" +
            "sec-websocket-accept: " + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n";
    }

    /** Returns when both sides have said that they close. */
    private static void talk(final Socket socket, final DataInputStream in, final OutputStream out) throws IOException
    {
        while (true)
        {
            final int first = in.readUnsignedByte();
            final int second = in.readUnsignedByte();
            final long announced = second & 0x7f;
            final int length = (int)(announced == 126 ? in.readUnsignedShort() :
                announced == 127 ? in.readLong() : announced);
            final byte[] mask = in.readNBytes(4);
            final byte[] payload = in.readNBytes(length);
            for (int i = 0; i < length; i++)
            {
                payload[i] ^= mask[i & 3];
            }
            final int kind = first & 0xf;
            final String text = kind == TEXT ? new String(payload, ISO_8859_1) : "";
            if (text.equals("abort"))
            {
                socket.setSoLinger(true, 0);
                return;
            }
            if (text.startsWith("flood "))
            {
                for (int i = Integer.parseInt(text.substring(6)); i > 0; i--)
                {
                    send(out, 0x80 | BINARY, new byte[PIECE]);
                }
                continue;
            }
            send(out, kind == PING ? 0x80 | PONG : first, payload);
            if (kind == CLOSE)
            {
                return;
            }
        }
    }

    private static void send(final OutputStream out, final int first, final byte[] payload) throws IOException
    {
        final int length = payload.length;
        final byte[] head = length < 126 ? new byte[]{(byte)first, (byte)length} : length < 1 << 16 ?
            new byte[]{(byte)first, 126, (byte)(length >> 8), (byte)length} :
            new byte[]{(byte)first, 127, 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8),
                (byte)length};
        final byte[] frame = new byte[head.length + length];
        System.arraycopy(head, 0, frame, 0, head.length);
        System.arraycopy(payload, 0, frame, head.length, length);
        out.write(frame);
    }

    public void close() throws IOException
    {
        server.close();
    }
}
