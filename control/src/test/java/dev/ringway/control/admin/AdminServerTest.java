package dev.ringway.control.admin;

import dev.ringway.engine.snapshot.Address;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class AdminServerTest
{
    @TempDir
    Path directory;

    private FakeServer view;
    private AdminServer server;
    private int port;

    @BeforeEach
    void setUp() throws IOException
    {
        view = new FakeServer(directory);
        server = new AdminServer(Address.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), view);
        port = Integer.parseInt(server.address().substring(server.address().lastIndexOf(':') + 1));
    }

    @AfterEach
    void tearDown()
    {
        server.close();
        view.close();
    }

    private Socket connect() throws IOException
    {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    /** Sends, and reads until the server ends the connection. */
    private String exchange(final String request) throws IOException
    {
        try (Socket socket = connect())
        {
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    @Test
    void shouldTakeQueriesThatAreNoUris() throws IOException
    {
        view.file.gauge("server.state");
        view.file.gauge("listener_manager.workers_started");
        view.file.gauge("other");
        final String answer =
            exchange("GET /stats?filter=^(server.state|listener_manager.workers_started)$ HTTP/1.1\r\nhost: a\r\n" +
                "connection: close\r\n\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=UTF-8\r\n"), answer);
        assertTrue(answer.endsWith(
            "\r\n\r\n34\r\nlistener_manager.workers_started: 0\nserver.state: 0\n\r\n0\r\n\r\n"), answer);
    }

    @Test
    void shouldKeepConnectionsAndSkipBodies() throws IOException
    {
        final String answer = exchange("POST /reset_counters HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nx=y" +
            "HEAD /ready HTTP/1.1\r\nhost: a\r\n\r\nGET http://h/ready HTTP/1.1\r\nhost: h\r\nConnection: Close\r\n\r\n");
        assertEquals(3, answer.split("HTTP/1.1 200 OK\r\n", -1).length - 1, answer);
        assertTrue(answer.endsWith("\r\n\r\n5\r\nLIVE\n\r\n0\r\n\r\n"), answer);
    }

    @Test
    void shouldAnswerHttp10WithoutChunks() throws IOException
    {
        final String answer = exchange("GET /ready HTTP/1.0\r\n\r\n");
        assertTrue(answer.endsWith("connection: close\r\n\r\nLIVE\n"), answer);
        assertFalse(answer.contains("chunked"), answer);
    }

    @Test
    void shouldRefuseWhatItDoesNotUnderstand() throws IOException
    {
        for (final String request : List.of("nonsense\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
            "POST /logging HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /logging HTTP/1.1\r\ncontent-length: -1\r\n\r\n"))
        {
            final String answer = exchange(request);
            assertTrue(answer.startsWith("HTTP/1.1 400 Bad Request\r\n"), answer);
            assertTrue(answer.contains("\r\nconnection: close\r\n"), answer);
        }
    }

    @Test
    void shouldServeOthersWhileSomeAreSilent() throws IOException
    {
        final List<Socket> silent = new ArrayList<>();
        try
        {
            for (int i = 0; i < 20; i++)
            {
                silent.add(connect());
                silent.get(i).getOutputStream().write("GET /re".getBytes(US_ASCII));
            }
            assertTrue(exchange("GET /ready HTTP/1.0\r\n\r\n").endsWith("LIVE\n"));
        }
        finally
        {
            for (final Socket socket : silent)
            {
                socket.close();
            }
        }
    }

    @Test
    void shouldSayWhichAddressCannotBeUsed()
    {
        final IOException e = assertThrows(IOException.class, () ->
            new AdminServer(Address.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)), view));
        assertTrue(e.getMessage().startsWith("admin: cannot listen on 127.0.0.1:" + port), e.getMessage());
    }
}
