package dev.ringway.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** A connection that sends bytes as they are given and reads messages; silence of 10 s is a failure. */
final class Client implements AutoCloseable
{
    static final String PROBE = "GET /probe HTTP/1.1\r\nhost: probe\r\n\r\n";

    private final Socket socket;
    private final InputStream in;

    Client(final int port) throws IOException
    {
        this(InetAddress.getLoopbackAddress(), port);
    }

    Client(final InetAddress host, final int port) throws IOException
    {
        socket = new Socket(host, port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    Client send(final String bytes) throws IOException
    {
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
        return this;
    }

    /** The next message, or null at the end. */
    HttpMessage read() throws IOException
    {
        return HttpMessage.read(in, false);
    }

    HttpMessage readHead() throws IOException
    {
        return HttpMessage.read(in, true);
    }

    HttpMessage get(final String path) throws IOException
    {
        return send("GET " + path + " HTTP/1.1\r\nhost: test\r\n\r\n").read();
    }

    InputStream in()
    {
        return in;
    }

    void halfClose() throws IOException
    {
        socket.shutdownOutput();
    }

    public void close() throws IOException
    {
        socket.close();
    }
}
