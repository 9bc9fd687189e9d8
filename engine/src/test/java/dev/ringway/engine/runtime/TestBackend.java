package dev.ringway.engine.runtime;

import dev.ringway.engine.snapshot.Address;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * A tiny server on an ephemeral port whose connections do what a test says, a thread each.
 */
final class TestBackend implements AutoCloseable
{
    private final ServerSocket server;
    private final SSLContext tls;
    private final Script script;
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Queue<HttpMessage> requests = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();

    /** What a connection does; it is closed when this returns. */
    interface Script
    {
        void run(Link link) throws Exception;
    }

    /** Answers one request. */
    interface Answer
    {
        String to(HttpMessage request) throws Exception;
    }

    private TestBackend(final InetAddress host, final int port, final SSLContext tls, final Script script)
        throws IOException
    {
        this.tls = tls;
        this.script = script;
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(host, port), 512);
        Thread.ofPlatform().daemon().name("backend-" + port()).start(this::acceptAll);
    }

    static TestBackend scripted(final Script script) throws IOException
    {
        return new TestBackend(InetAddress.getByName("127.0.0.1"), 0, null, script);
    }

    /** Its connections are encrypted; of the protocols that are offered it takes the first. */
    static TestBackend encrypted(final SSLContext tls, final Script script) throws IOException
    {
        return new TestBackend(InetAddress.getByName("127.0.0.1"), 0, tls, script);
    }

    static TestBackend on(final String host, final Script script) throws IOException
    {
        return new TestBackend(InetAddress.getByName(host), 0, null, script);
    }

    static TestBackend answering(final Answer answer) throws IOException
    {
        return scripted(link -> link.serve(answer));
    }

    static TestBackend answering(final String response) throws IOException
    {
        return answering(request -> response);
    }

    /** Reads one request, writes this whatever it is, and closes. */
    static TestBackend closingAfter(final String response) throws IOException
    {
        return scripted(link ->
        {
            link.read();
            link.write(response);
        });
    }

    /** 200 with the given text. */
    static String ok(final String text)
    {
        return "HTTP/1.1 200 OK\r\ncontent-length: " + text.length() + "\r\n\r\n" + text;
    }

    private void acceptAll()
    {
        while (!server.isClosed())
        {
            try
            {
                final Socket socket = server.accept();
                open.incrementAndGet();
                sockets.add(socket);
                // At last: who has awaited it may end all connections.
                accepted.incrementAndGet();
                Thread.ofPlatform().daemon().name("backend-link").start(() -> run(socket));
            }
            catch (final IOException e)
            {
                return;
            }
        }
    }

    private void run(final Socket socket)
    {
        try (socket)
        {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(120_000);
            script.run(new Link(tls == null ? socket : secure(socket)));
        }
        catch (final IOException e)
        {
            // The proxy ended the connection; whether it should have is for the test to say.
        }
        catch (final Throwable t)
        {
            faults.add(t);
        }
        finally
        {
            sockets.remove(socket);
            open.decrementAndGet();
        }
    }

    private Socket secure(final Socket socket) throws IOException
    {
        final SSLSocket secured = (SSLSocket)tls.getSocketFactory().createSocket(socket, null, true);
        secured.setUseClientMode(false);
        secured.setHandshakeApplicationProtocolSelector((own, offered) -> offered.isEmpty() ? "" : offered.get(0));
        secured.startHandshake();
        return secured;
    }

    int port()
    {
        return server.getLocalPort();
    }

    Address address()
    {
        return Address.of((InetSocketAddress)server.getLocalSocketAddress());
    }

    int accepted()
    {
        return accepted.get();
    }

    /** The kernel connects whoever comes; a connection counts here when the thread that accepts has seen it. */
    void awaitAccepted(final int count)
    {
        TestProxy.await(() -> accepted.get() == count, () -> count + " connections at the endpoint, not " + accepted);
    }

    int open()
    {
        return open.get();
    }

    /** Requests whole or with their head alone, in the order they were read. */
    Queue<HttpMessage> requests()
    {
        return requests;
    }

    HttpMessage last()
    {
        HttpMessage last = null;
        for (final HttpMessage request : requests)
        {
            last = request;
        }
        return last;
    }

    void dropConnections() throws IOException
    {
        for (final Socket socket : sockets)
        {
            socket.close();
        }
    }

    public void close() throws IOException
    {
        server.close();
        for (final Socket socket : sockets)
        {
            socket.close();
        }
        if (!faults.isEmpty())
        {
            throw new AssertionError("backend script failed", faults.peek());
        }
    }

    /** One connection of the backend. */
    final class Link
    {
        final Socket socket;
        final InputStream in;
        final OutputStream out;

        private Link(final Socket socket) throws IOException
        {
            this.socket = socket;
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            out = socket.getOutputStream();
        }

        void serve(final Answer answer) throws Exception
        {
            HttpMessage request;
            while ((request = read()) != null)
            {
                write(answer.to(request));
            }
        }

        /** A whole request, or null at the end of the stream. */
        HttpMessage read() throws IOException
        {
            final HttpMessage request = HttpMessage.read(in, false);
            if (request != null)
            {
                requests.add(request);
            }
            return request;
        }

        HttpMessage readHead() throws IOException
        {
            final HttpMessage request = HttpMessage.readHead(in);
            if (request != null)
            {
                requests.add(request);
            }
            return request;
        }

        void write(final String text) throws IOException
        {
            out.write(text.getBytes(ISO_8859_1));
        }

        /** Waits until the proxy has ended its direction, whatever it still sends. */
        void awaitEnd() throws IOException
        {
            in.transferTo(OutputStream.nullOutputStream());
        }

        void reset() throws IOException
        {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
