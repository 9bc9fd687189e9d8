package dev.ringway.engine.runtime;

import dev.ringway.engine.io.Op;
import dev.ringway.ffi.libc.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * HTTP exchanges of which one step fails, each step with each error. Whatever fails, the client gets whole and right
 * answers and then perhaps a cut, a neighbour's connection works on, and nothing is held.
 */
final class HttpStepFaultTest
{
    private static final int BODY = 150_000;
    private static final int MOST_STEPS = 200;
    private static final int[] ERRNOS = {
        Errno.ECANCELED, Errno.ENOBUFS, Errno.EAGAIN, Errno.ECONNRESET, Errno.EPIPE};
    private static final int[] OPS = {
        Op.ACCEPT, Op.SOCKET, Op.CONNECT, StepFault.FIRST_RECEIVE, Op.RECV, Op.SEND, Op.SHUTDOWN, Op.CLOSE};
    private static final String[] OP_NAMES = {
        "accept", "socket", "connect", "first receive", "receive", "send", "shutdown", "close"};
    private static final String GET = "GET /small HTTP/1.1\r\nhost: a\r\n\r\n";
    private static final String BIG = "GET /big HTTP/1.1\r\nhost: a\r\n\r\n";

    private TestBackend backend;
    private FaultRig rig;
    private StepFault fault;
    private TestClient neighbour;

    /** What one client does on one connection. */
    private enum Scenario
    {
        GET_SMALL(1)
        {
            void run(final TestClient client, final List<HttpMessage> answers) throws IOException
            {
                next(client.send(GET), answers);
            }
        },
        GET_BIG(1)
        {
            void run(final TestClient client, final List<HttpMessage> answers) throws IOException
            {
                next(client.send(BIG), answers);
            }
        },
        POST(1)
        {
            void run(final TestClient client, final List<HttpMessage> answers) throws IOException
            {
                client.send("POST /post HTTP/1.1\r\nhost: a\r\ncontent-length: " + BODY + "\r\n\r\n");
                next(client.send(bytes()), answers);
            }
        },
        KEEP_ALIVE(3)
        {
            void run(final TestClient client, final List<HttpMessage> answers) throws IOException
            {
                next(client.send(GET), answers);
                next(client.send(BIG), answers);
                next(client.send(GET), answers);
            }
        },
        PIPELINED(2)
        {
            void run(final TestClient client, final List<HttpMessage> answers) throws IOException
            {
                client.send(GET + GET);
                next(client, answers);
                next(client, answers);
            }
        },
        CLOSE(1)
        {
            void run(final TestClient client, final List<HttpMessage> answers) throws IOException
            {
                next(client.send("GET /small HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"), answers);
                client.assertEnd();
            }
        },
        REFUSED(1)
        {
            void run(final TestClient client, final List<HttpMessage> answers) throws IOException
            {
                next(client.send("GET /small HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n"), answers);
                client.assertEnd();
            }
        };

        final int answers;

        Scenario(final int answers)
        {
            this.answers = answers;
        }

        abstract void run(TestClient client, List<HttpMessage> answers) throws IOException;

        static void next(final TestClient client, final List<HttpMessage> answers) throws IOException
        {
            final HttpMessage answer = HttpMessage.read(client.in, false);
            if (answer == null)
            {
                throw new EOFException("no answer");
            }
            answers.add(answer);
        }
    }

    private static byte[] bytes()
    {
        final byte[] bytes = new byte[BODY];
        for (int i = 0; i < BODY; i++)
        {
            bytes[i] = (byte)('a' + i % 23);
        }
        return bytes;
    }

    private static final String BIG_TEXT = new String(bytes(), java.nio.charset.StandardCharsets.ISO_8859_1);

    private static String answer(final HttpMessage request)
    {
        return switch (request.target())
        {
            case "/big" -> TestBackend.ok(BIG_TEXT);
            // Its session is not kept, so that the next request connects.
            case "/once" -> "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nsmall";
            case "/post" -> TestBackend.ok(request.text().equals(BIG_TEXT) ? "whole" : "cut " + request.body().length);
            default -> TestBackend.ok("small");
        };
    }

    @BeforeEach
    void setUp() throws Exception
    {
        backend = TestBackend.answering(HttpStepFaultTest::answer);
        rig = new FaultRig(new TestProxy(backend), next -> fault = new StepFault(next));
        fault.attach(rig.loop);
        neighbour = rig.drive(() -> new TestClient(rig.address()), "the neighbour connects");
        askNeighbour();
    }

    @AfterEach
    void tearDown() throws IOException
    {
        neighbour.close();
        rig.close();
        backend.close();
    }

    private void askNeighbour() throws Exception
    {
        assertEquals("small", rig.drive(() -> neighbour.get("/once"), "the neighbour's answer").text());
        rig.awaitRest(1);
    }

    @TestFactory
    Stream<DynamicTest> shouldAnswerRightOrCutAndLeakNothing()
    {
        return Stream.of(Scenario.values()).flatMap(scenario ->
            java.util.stream.IntStream.range(0, OPS.length).mapToObj(i -> DynamicTest.dynamicTest(
                scenario + ", " + OP_NAMES[i], () -> failEachStep(scenario, OPS[i], OP_NAMES[i]))));
    }

    private void failEachStep(final Scenario scenario, final int op, final String name) throws Exception
    {
        for (final int errno : ERRNOS)
        {
            boolean isMet = true;
            for (int nth = 1; isMet && nth < MOST_STEPS; nth++)
            {
                try
                {
                    isMet = failOneStep(scenario, op, nth, errno);
                }
                catch (final AssertionError | Exception e)
                {
                    throw new AssertionError(scenario + ": " + name + " " + nth + " with " + Errno.name(errno), e);
                }
            }
        }
    }

    private boolean failOneStep(final Scenario scenario, final int op, final int nth, final int errno)
        throws Exception
    {
        final List<HttpMessage> answers = new ArrayList<>();
        fault.arm(op, nth, errno);
        final boolean isCut = rig.drive(() -> isCut(scenario, answers), "the client's end");
        rig.await(() -> !fault.isPending(), "the cancellation done");
        fault.disarm();
        final boolean isMet = fault.isInjected();
        for (final HttpMessage answer : answers)
        {
            assertRight(answer);
        }
        final boolean isFlowControl = (op == Op.RECV || op == StepFault.FIRST_RECEIVE) &&
            (errno == Errno.ENOBUFS || errno == Errno.ECANCELED);
        if (!isMet || isFlowControl)
        {
            assertEquals(scenario.answers, answers.size(), "answers");
            answers.forEach(answer -> assertEquals(scenario == Scenario.REFUSED ? 400 : 200, answer.status()));
            assertEquals(false, isCut, "cut");
        }
        askNeighbour();
        return isMet;
    }

    /** Whether the connection ended before all answers had come. */
    private boolean isCut(final Scenario scenario, final List<HttpMessage> answers) throws IOException
    {
        try (TestClient client = new TestClient(rig.address()))
        {
            scenario.run(client, answers);
            return false;
        }
        catch (final SocketTimeoutException e)
        {
            throw new AssertionError("neither answer nor end", e);
        }
        catch (final EOFException | SocketException e)
        {
            return true;
        }
    }

    private static void assertRight(final HttpMessage answer)
    {
        if (answer.status() == 200)
        {
            final String text = answer.text();
            assertTrue(text.equals("small") || text.equals("whole") || text.equals(BIG_TEXT), text);
        }
        else
        {
            assertTrue(answer.status() >= 500 || answer.status() == 400, answer::startLine);
        }
    }
}
