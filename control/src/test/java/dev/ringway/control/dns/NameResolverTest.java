package dev.ringway.control.dns;

import dev.ringway.control.translate.Lookups;
import dev.ringway.control.translate.NameServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Questions to several name servers, some of which say nothing, with times that none of them reaches. */
@Timeout(180)
final class NameResolverTest
{
    private static final int MOST_AT_ONCE = 64;
    private static final int MOST_BYTES = 4096;
    private static final List<InetAddress> FOUND = List.of(InetAddress.ofLiteral("127.0.0.9"));
    private static final byte[] NONSENSE = {1};

    @TempDir
    Path directory;

    private final List<NameServer> started = new ArrayList<>();
    private ScheduledThreadPoolExecutor thread;
    private NameResolver resolver;

    /** Makes an answer of a question, or nothing. */
    private interface Sayings
    {
        byte[] answer(Message question) throws IOException;
    }

    /** A name server on loopback. */
    private static final class NameServer
    {
        private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        private final BlockingQueue<DatagramPacket> unanswered = new LinkedBlockingQueue<>();
        private volatile int asked;

        NameServer(final Sayings sayings) throws IOException
        {
            Thread.ofVirtual().start(() -> serve(sayings));
        }

        private void serve(final Sayings sayings)
        {
            try
            {
                while (true)
                {
                    final DatagramPacket packet = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
                    socket.receive(packet);
                    asked++;
                    final byte[] answer =
                        sayings.answer(new Message(ByteBuffer.wrap(packet.getData(), 0, packet.getLength())));
                    if (answer == null)
                    {
                        unanswered.add(packet);
                        continue;
                    }
                    send(answer, packet);
                }
            }
            catch (final IOException e)
            {
                // Closed: the test is over.
            }
        }

        void send(final byte[] answer, final DatagramPacket question) throws IOException
        {
            socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
        }
    }

    @BeforeEach
    void start()
    {
        thread = new ScheduledThreadPoolExecutor(1);
        resolver = new NameResolver(thread, new SystemFiles(directory.resolve("none"), directory.resolve("none")));
    }

    @AfterEach
    void stop()
    {
        thread.shutdownNow();
        started.forEach(server -> server.socket.close());
    }

    private NameServer server(final Sayings sayings) throws IOException
    {
        started.add(new NameServer(sayings));
        return started.getLast();
    }

    private NameServer deaf() throws IOException
    {
        return server(question -> null);
    }

    private NameServer answering() throws IOException
    {
        return server(NameResolverTest::found);
    }

    private static byte[] found(final Message question)
    {
        final Message answer = answer(question);
        answer.addRecord(
            new ARecord(question.getQuestion().getName(), DClass.IN, 1, FOUND.getFirst()), Section.ANSWER);
        return answer.toWire();
    }

    private static Message answer(final Message question)
    {
        final Message answer = new Message(question.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.addRecord(question.getQuestion(), Section.QUESTION);
        return answer;
    }

    private CompletableFuture<Answer> lookup(final String name, final NameServer... servers) throws Exception
    {
        return lookup(name, new NameServers(Arrays.stream(servers)
            .map(server -> (InetSocketAddress)server.socket.getLocalSocketAddress()).toList(), false, false,
            TimeUnit.HOURS.toNanos(1), 1, false));
    }

    private CompletableFuture<Answer> lookup(final String name, final NameServers asked) throws Exception
    {
        return thread.submit(
            () -> resolver.lookup(name, new Lookups(1, false, Lookups.Family.V4_ONLY, 0, 0, 0, asked))).get();
    }

    private CompletableFuture<Answer> lookupOverTcp(
        final String name, final ServerSocket server, final long timeoutNs) throws Exception
    {
        return lookup(name, new NameServers(
            List.of((InetSocketAddress)server.getLocalSocketAddress()), true, false, timeoutNs, 1, false));
    }

    private List<CompletableFuture<Answer>> moreThanAreAsked(final NameServer... servers) throws Exception
    {
        final List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 2 * MOST_AT_ONCE; i++)
        {
            answers.add(lookup("name" + i + ".test", servers));
        }
        return answers;
    }

    @Test
    void shouldNotWaitForAServerThatOthersWaitFor() throws Exception
    {
        final NameServer deaf = deaf();
        final List<CompletableFuture<Answer>> held = moreThanAreAsked(deaf);
        assertEquals(FOUND, lookup("a.test", answering()).get().addresses());
        for (int i = 0; i < MOST_AT_ONCE; i++)
        {
            deaf.unanswered.take();
        }
        assertEquals(MOST_AT_ONCE, deaf.asked);
        assertTrue(held.stream().noneMatch(CompletableFuture::isDone));
    }

    @Test
    void shouldAskAnotherServerFirstOnceOneHasSaidNothing() throws Exception
    {
        final NameServer broken = server(question -> NONSENSE);
        final NameServer answering = answering();
        assertEquals(FOUND, lookup("a.test", broken, answering).get().addresses());
        assertEquals(FOUND, lookup("b.test", broken, answering).get().addresses());
        assertEquals(1, broken.asked);
        assertEquals(2, answering.asked);
        assertTrue(lookup("c.test", broken).get().isFailed());
        assertEquals(2, broken.asked);
    }

    @Test
    void shouldLetThoseGoOnThatWaitForAServerThatSaysNothing() throws Exception
    {
        final NameServer deaf = deaf();
        final List<CompletableFuture<Answer>> answers = moreThanAreAsked(deaf, answering());
        deaf.send(NONSENSE, deaf.unanswered.take());
        CompletableFuture.allOf(answers.subList(MOST_AT_ONCE, answers.size()).toArray(CompletableFuture[]::new)).get();
        assertTrue(answers.subList(MOST_AT_ONCE, answers.size()).stream()
            .allMatch(answer -> answer.join().addresses().equals(FOUND)));
    }

    @Test
    void shouldEndWithAnAnswerThatNoServerShouldGive() throws Exception
    {
        assertTrue(lookup("a.test", server(question ->
        {
            final Message answer = answer(question);
            answer.getHeader().setOpcode(Opcode.UPDATE);
            answer.addRecord(
                Record.newRecord(question.getQuestion().getName(), Type.A, DClass.IN, 1), Section.ANSWER);
            return answer.toWire();
        })).get().isEmpty());
    }

    @Test
    void shouldAskInAWayThatServersKnowWhichKnowNoExtensions() throws Exception
    {
        assertEquals(FOUND, lookup("a.test", server(question ->
        {
            if (question.getOPT() == null)
            {
                return found(question);
            }
            final Message answer = answer(question);
            answer.getHeader().setRcode(Rcode.FORMERR);
            return answer.toWire();
        })).get().addresses());
    }

    @Test
    void shouldAskAnyServerFirstWhereTheyRotate() throws Exception
    {
        final NameServer first = answering();
        final NameServer second = answering();
        final NameServers asked = new NameServers(List.of((InetSocketAddress)first.socket.getLocalSocketAddress(),
            (InetSocketAddress)second.socket.getLocalSocketAddress()), false, false, TimeUnit.HOURS.toNanos(1), 1, true);
        for (int i = 0; i < MOST_AT_ONCE; i++)
        {
            assertEquals(FOUND, lookup("name" + i + ".test", asked).get().addresses());
        }
        assertTrue(first.asked > 0 && second.asked > 0, first.asked + " " + second.asked);
        assertEquals(MOST_AT_ONCE, first.asked + second.asked);
    }

    @Test
    void shouldNotAskByAConnectionThatWasDroppedWithoutAWord() throws Exception
    {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()))
        {
            final CompletableFuture<Answer> first = lookupOverTcp("a.test", server, TimeUnit.HOURS.toNanos(1));
            try (Socket dropped = server.accept())
            {
                answer(dropped);
                assertEquals(FOUND, first.get().addresses());
                final CompletableFuture<Answer> second = lookupOverTcp("b.test", server, TimeUnit.HOURS.toNanos(1));
                try (Socket other = server.accept())
                {
                    answer(other);
                    assertEquals(FOUND, second.get().addresses());
                }
            }
        }
    }

    private static void answer(final Socket connection) throws IOException
    {
        final DataInputStream in = new DataInputStream(connection.getInputStream());
        final byte[] answer = found(new Message(in.readNBytes(in.readUnsignedShort())));
        final DataOutputStream out = new DataOutputStream(connection.getOutputStream());
        out.writeShort(answer.length);
        out.write(answer);
    }

    @Test
    void shouldCloseAConnectionWithoutAnAnswerInTime() throws Exception
    {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()))
        {
            final CompletableFuture<Answer> answer = lookupOverTcp("a.test", server, TimeUnit.SECONDS.toNanos(1));
            try (Socket connection = server.accept())
            {
                // The question, then the end.
                assertTrue(connection.getInputStream().readAllBytes().length > 0);
                assertTrue(answer.get().isFailed());
            }
        }
    }
}
