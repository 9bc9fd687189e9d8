package dev.ringway.engine.runtime;

import dev.ringway.engine.route.Upgrades;
import dev.ringway.engine.snapshot.Http2Options;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * A client that asks for WebSocket in either version of HTTP, and then sends and reads plain bytes.
 */
final class Tunnel
{
    static final int ENABLE_CONNECT_PROTOCOL = 8;
    static final String AGREED =
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";

    final TestClient client;
    final Http2Peer peer;
    final int id;
    final HttpMessage answer;
    private int used;

    private Tunnel(final TestClient client, final Http2Peer peer, final int id, final HttpMessage answer)
    {
        this.client = client;
        this.peer = peer;
        this.id = id;
        this.answer = answer;
    }

    /** A proxy that serves WebSocket, and takes extended CONNECT. */
    static TestProxy proxy(final HttpPair pair, final TestBackend... backends)
    {
        final TestProxy proxy = pair.proxy(backends);
        proxy.http.upgrades = new Upgrades(Map.of("websocket", true));
        proxy.http.http2 = options(true);
        return proxy;
    }

    static Http2Options options(final boolean allowConnect)
    {
        return options(Http2Options.DEFAULT.maxConcurrentStreams(), allowConnect);
    }

    static Http2Options options(final int mostStreams, final boolean allowConnect)
    {
        final Http2Options unset = Http2Options.DEFAULT;
        return new Http2Options(mostStreams, unset.initialStreamWindowSize(),
            unset.initialConnectionWindowSize(), unset.headerTableSize(), unset.maxOutboundFrames(),
            unset.maxOutboundControlFrames(), unset.maxConsecutiveEmptyFrames(), unset.maxPriorityFramesPerStream(),
            unset.maxWindowUpdatesPerDataFrame(), true, allowConnect, 0, 0);
    }

    /** Asks, says more at once, and reads the head of the answer. */
    static Tunnel ask(final HttpPair pair, final TestProxy proxy, final String early) throws IOException
    {
        return ask(pair, proxy.connect(), early);
    }

    static Tunnel ask(final HttpPair pair, final TestClient client, final String early) throws IOException
    {
        if (!pair.isHttp2)
        {
            client.send("GET /chat HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n" + early);
            return new Tunnel(client, null, 0, client.readHead());
        }
        final Http2Peer peer = Http2Peer.client(client);
        final int id = peer.open(false, "CONNECT", "/chat", ":protocol", "websocket");
        if (!early.isEmpty())
        {
            peer.data(id, false, early.getBytes(ISO_8859_1));
        }
        return new Tunnel(client, peer, id, peer.awaitHead(id).toHttp());
    }

    boolean isOpen()
    {
        return (peer == null ? answer.startLine().startsWith("HTTP/1.1 101") : answer.header(":status").equals("200"));
    }

    void send(final byte[] bytes, final boolean isEnd) throws IOException
    {
        if (peer != null)
        {
            peer.body(id, bytes, 16_384, isEnd);
            return;
        }
        client.send(bytes);
        if (isEnd)
        {
            client.halfClose();
        }
    }

    void send(final String text, final boolean isEnd) throws IOException
    {
        send(text.getBytes(ISO_8859_1), isEnd);
    }

    /** The next bytes, fewer where the other side has ended before. */
    byte[] read(final int length) throws IOException
    {
        if (peer == null)
        {
            return client.in.readNBytes(length);
        }
        final byte[] all = peer.awaitBody(id, used + length).body.toByteArray();
        final byte[] fresh = Arrays.copyOfRange(all, used, Math.min(all.length, used + length));
        used += fresh.length;
        return fresh;
    }

    String text(final int length) throws IOException
    {
        return new String(read(length), ISO_8859_1);
    }

    /** All up to the other side's end, which must be an orderly one. */
    String rest() throws IOException
    {
        if (peer == null)
        {
            return new String(client.in.readAllBytes(), ISO_8859_1);
        }
        final Http2Message stream = peer.await(id);
        if (!stream.isEnded)
        {
            throw new AssertionError("the stream was reset: " + stream.resetCode);
        }
        return text(stream.body.size() - used);
    }

    void reset() throws IOException
    {
        if (peer == null)
        {
            client.reset();
        }
        else
        {
            peer.reset(id, 8);
        }
    }

    /** Waits for a reset. */
    void assertReset() throws IOException
    {
        if (peer == null)
        {
            client.assertReset();
        }
        else if (peer.await(id).resetCode <= 0)
        {
            throw new AssertionError("expected a reset");
        }
    }

    /** The endpoint's side of one tunnel. */
    interface Script
    {
        void run(Server server) throws Exception;
    }

    /** Agrees to a tunnel for each request. */
    static TestBackend backend(final HttpPair pair, final Script script) throws IOException
    {
        return TestBackend.scripted(link ->
        {
            final Http2Peer peer =
                pair.isHttp2Upstream ? Http2Peer.server(link, ENABLE_CONNECT_PROTOCOL, 1) : null;
            if (peer == null)
            {
                script.run(new Server(link, null, 0, link.readHead()));
                return;
            }
            for (int id = 1; ; id += 2)
            {
                script.run(new Server(link, peer, id, peer.awaitHead(id).toHttp()));
            }
        });
    }

    /** Sends back what comes, up to the client's end. */
    static TestBackend echo(final HttpPair pair) throws IOException
    {
        return backend(pair, server ->
        {
            server.agree();
            server.echo();
        });
    }

    /** What the endpoint has of a tunnel. */
    static final class Server
    {
        final TestBackend.Link link;
        final Http2Peer peer;
        final int id;
        final HttpMessage request;

        private Server(
            final TestBackend.Link link, final Http2Peer peer, final int id, final HttpMessage request)
        {
            this.link = link;
            this.peer = peer;
            this.id = id;
            this.request = request;
        }

        void agree() throws IOException
        {
            if (peer == null)
            {
                link.write(AGREED);
            }
            else
            {
                peer.headers(id, false, ":status", "200");
            }
        }

        void send(final String text, final boolean isEnd) throws IOException
        {
            if (peer != null)
            {
                peer.body(id, text.getBytes(ISO_8859_1), 16_384, isEnd);
                return;
            }
            link.write(text);
            if (isEnd)
            {
                link.socket.shutdownOutput();
            }
        }

        String rest() throws IOException
        {
            return peer == null ? new String(link.in.readAllBytes(), ISO_8859_1) :
                peer.await(id).body.toString(ISO_8859_1);
        }

        void echo() throws IOException
        {
            if (peer == null)
            {
                link.in.transferTo(link.out);
                return;
            }
            final Http2Message stream = peer.stream(id);
            int used = 0;
            while (stream.resetCode < 0)
            {
                final byte[] all = stream.body.toByteArray();
                if (all.length > used)
                {
                    peer.body(id, Arrays.copyOfRange(all, used, all.length), 16_384, false);
                    used = all.length;
                }
                else if (stream.isEnded)
                {
                    peer.data(id, true);
                    return;
                }
                else if (peer.next() == null)
                {
                    return;
                }
            }
        }
    }
}
