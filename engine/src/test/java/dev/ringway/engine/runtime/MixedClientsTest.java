package dev.ringway.engine.runtime;

import dev.ringway.engine.route.Upgrades;
import dev.ringway.engine.runtime.TestBackend.Link;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/**
 * Clients on one loop that do at once what begins and ends requests of HTTP/1.1 in all ways. Objects of a request pass
 * from one connection to the next, so each answer names its request: a client gets its own, in order, and nobody else's.
 */
@Timeout(180)
final class MixedClientsTest
{
    private static final int CLIENTS = 32;
    private static final int ROUNDS = 2;
    private static final int MOST_PIPELINED = 5;
    private static final int MUCH = 100_000;
    private static final long HEAD_NS = 100_000_000L;
    private static final long LATE_NS = 50_000_000L;
    private static final String ID = "x-request-id";
    private static final String AGREED =
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";

    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger held = new AtomicInteger();
    private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();

    @Test
    void shouldGiveEachClientItsOwnAnswersAndNoOthers() throws Exception
    {
        try (TestBackend backend = TestBackend.scripted(this::serve); TestProxy proxy = new TestProxy(backend))
        {
            proxy.http.echoRequestId = true;
            proxy.http.upgrades = new Upgrades(Map.of("websocket", true));
            proxy.http.headersTimeoutNs = HEAD_NS;
            proxy.http.routes.put("/direct", HttpSettings.direct(200, "direct"));
            proxy.http.routeTimeoutNs = LATE_NS;
            proxy.http.routes.put("/late", proxy.http.toCluster(0));
            proxy.http.routeTimeoutNs = 0;
            proxy.http.routes.put("/", proxy.http.toCluster(0));
            proxy.start();
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++)
            {
                final Visitor visitor = new Visitor(proxy, i);
                threads.add(Thread.ofPlatform().daemon().start(() -> visit(visitor)));
            }
            TestProxy.await(() -> held.get() == CLIENTS || !faults.isEmpty(), () -> "all are held, not " + held);
            proxy.drain();
            proxy.look();
            go.countDown();
            for (final Thread thread : threads)
            {
                thread.join();
            }
            if (!faults.isEmpty())
            {
                throw new AssertionError("a client failed", faults.peek());
            }
        }
    }

    private void visit(final Visitor visitor)
    {
        try
        {
            visitor.run();
        }
        catch (final Throwable t)
        {
            faults.add(t);
        }
    }

    private void serve(final Link link) throws Exception
    {
        HttpMessage head;
        while ((head = link.readHead()) != null && answer(link, head))
        {
            link.out.flush();
        }
    }

    /** Whether the connection goes on. */
    private boolean answer(final Link link, final HttpMessage head) throws Exception
    {
        final String id = head.header(ID);
        switch (head.target())
        {
            case "/echo" -> link.write(TestBackend.ok(head.withBody(link.in).text()));
            case "/plain" -> link.write(TestBackend.ok(id));
            case "/hold" ->
            {
                held.incrementAndGet();
                go.await();
                link.write(TestBackend.ok(id));
            }
            case "/chat" ->
            {
                link.write(AGREED);
                link.in.transferTo(link.out);
                return false;
            }
            case "/cut" ->
            {
                link.write("HTTP/1.1 200 OK\r\ncontent-length: " + MUCH + "\r\n\r\n" + id);
                return false;
            }
            case "/early" ->
            {
                link.write(TestBackend.ok(id));
                link.awaitEnd();
                return false;
            }
            case "/fail" ->
            {
                return false;
            }
            default ->
            {
                link.awaitEnd();
                return false;
            }
        }
        return true;
    }

    /** What a client does; it leaves without a connection when that has ended. */
    private interface Deed
    {
        void run() throws IOException;
    }

    private static final class Visitor
    {
        private final TestProxy proxy;
        private final int number;
        private final Random random;
        private TestClient client;
        private int asked;

        Visitor(final TestProxy proxy, final int number)
        {
            this.proxy = proxy;
            this.number = number;
            random = new Random(number);
        }

        void run() throws IOException
        {
            try
            {
                for (int i = 0; i < ROUNDS; i++)
                {
                    round();
                }
                connect();
                final String id = nextId();
                client.send(get("/hold", id));
                final HttpMessage last = read(id, 200);
                assertEquals(id, last.text());
                assertEquals("close", last.header("connection"));
                end();
            }
            finally
            {
                if (client != null)
                {
                    client.close();
                }
            }
        }

        /** All there is, in an order of its own, with requests that are answered between. */
        private void round() throws IOException
        {
            final List<Deed> deeds = new ArrayList<>(
                List.of(this::early, this::cut, this::late, this::half, this::reset, this::upgrade, this::upload));
            Collections.shuffle(deeds, random);
            for (final Deed deed : deeds)
            {
                connect();
                pipeline();
                deed.run();
            }
        }

        private void connect() throws IOException
        {
            if (client == null)
            {
                client = new TestClient(proxy.address());
            }
        }

        private String nextId()
        {
            return "client-" + number + "-" + asked++;
        }

        private static String get(final String path, final String id)
        {
            return "GET " + path + " HTTP/1.1\r\nhost: a\r\n" + ID + ": " + id + "\r\n\r\n";
        }

        private static String post(final String path, final String id, final String rest)
        {
            return "POST " + path + " HTTP/1.1\r\nhost: a\r\n" + ID + ": " + id + "\r\n" + rest;
        }

        private HttpMessage read(final String id, final int status) throws IOException
        {
            return assertAnswers(client.read(), id, status);
        }

        private static HttpMessage assertAnswers(final HttpMessage answer, final String id, final int status)
        {
            assertEquals(List.of(id), answer.headers(ID), answer::head);
            assertEquals(status, answer.status(), answer::head);
            return answer;
        }

        private void end() throws IOException
        {
            client.assertEnd();
            close();
        }

        private void close() throws IOException
        {
            client.close();
            client = null;
        }

        /** Requests in one piece: an endpoint, a route or a failure answers them. */
        private void pipeline() throws IOException
        {
            final String[] paths = {"/plain", "/plain", "/direct", "/fail"};
            final StringBuilder text = new StringBuilder();
            final List<String> chosen = new ArrayList<>();
            final int first = asked;
            for (int i = 1 + random.nextInt(MOST_PIPELINED); i > 0; i--)
            {
                chosen.add(paths[random.nextInt(paths.length)]);
                text.append(get(chosen.getLast(), nextId()));
            }
            client.send(text.toString());
            for (int i = 0; i < chosen.size(); i++)
            {
                final String id = "client-" + number + "-" + (first + i);
                final String path = chosen.get(i);
                final HttpMessage answer = read(id, path.equals("/fail") ? 503 : 200);
                assertNull(answer.header("connection"), answer::head);
                if (answer.status() == 200)
                {
                    assertEquals(path.equals("/plain") ? id : "direct", answer.text());
                }
            }
        }

        /** The answer overtakes the request, which ends the connection. */
        private void early() throws IOException
        {
            final String id = nextId();
            client.send(post("/early", id, "content-length: " + MUCH + "\r\n\r\nx"));
            assertEquals(id, read(id, 200).text());
            end();
        }

        /** The endpoint ends within its answer. */
        private void cut() throws IOException
        {
            final String id = nextId();
            client.send(get("/cut", id));
            assertAnswers(client.readHead(), id, 200);
            assertEquals(id, new String(client.in.readAllBytes(), ISO_8859_1));
            close();
        }

        /** The endpoint takes too long. */
        private void late() throws IOException
        {
            final String id = nextId();
            client.send(get("/late", id));
            read(id, 504);
        }

        /** The rest of a head does not come. */
        private void half() throws IOException
        {
            client.send("GET /half HTTP/1.1\r\nhost: a\r\n");
            final HttpMessage answer = client.read();
            assertEquals(408, answer.status(), answer::head);
            assertEquals(List.of(), answer.headers(ID));
            end();
        }

        /** The client leaves within its request. */
        private void reset() throws IOException
        {
            client.send(post("/swallow", nextId(), "content-length: " + MUCH + "\r\n\r\nx"));
            client.reset();
            client = null;
        }

        /** A relay, with bytes behind the request. */
        private void upgrade() throws IOException
        {
            final String id = nextId();
            client.send("GET /chat HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n" +
                ID + ": " + id + "\r\n\r\n" + id);
            assertAnswers(client.readHead(), id, 101);
            assertEquals(id, new String(client.in.readNBytes(id.length()), ISO_8859_1));
            close();
        }

        /** A body in pieces, which is asked for. */
        private void upload() throws IOException
        {
            final String id = nextId();
            client.send(post("/echo", id, "transfer-encoding: chunked\r\nexpect: 100-continue\r\n\r\n"));
            assertEquals(100, client.readHead().status());
            final StringBuilder sent = new StringBuilder();
            for (int i = 1 + random.nextInt(MOST_PIPELINED); i > 0; i--)
            {
                client.send(Integer.toHexString(id.length()) + "\r\n").send(id + "\r\n");
                sent.append(id);
            }
            client.send("0\r\n\r\n");
            assertEquals(sent.toString(), read(id, 200).text());
        }
    }
}
