package dev.ringway.system;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A name server on loopback, over UDP and TCP, that says what it is told to and counts questions. What it is told of a name
 * are records such as {@code 1 A 127.0.0.1}, with their time first, or one word: the code of an answer, TRUNCATED before
 * records, or DEAF for none to the first question.
 */
final class NameServer implements AutoCloseable
{
    private static final int MOST = 4096;

    private final ServerSocket tcp = new ServerSocket();
    private final DatagramSocket udp;
    private final Map<String, List<String>> zone = new ConcurrentHashMap<>();
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();

    NameServer() throws IOException
    {
        final int port = Program.freePort();
        udp = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        tcp.setReuseAddress(true);
        tcp.bind(udp.getLocalSocketAddress());
        Thread.ofPlatform().daemon().name("names-udp").start(this::serveUdp);
        AcceptLoop.start(tcp, "names-tcp", this::serve);
    }

    static NameServer saying(final String name, final String... what) throws IOException
    {
        final NameServer names = new NameServer();
        names.say(name, what);
        return names;
    }

    /** Fields of a cluster that asks it. */
    String asResolver(final String more)
    {
        final String type = "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig";
        return "typed_dns_resolver_config: { name: envoy.network.dns_resolver.cares, typed_config: { \"@type\": " +
            "type.googleapis.com/" + type + ", resolvers: [ " + Bootstraps.tcpAddress("127.0.0.1", udp.getLocalPort()) +
            " ], " + more + " } }";
    }

    void say(final String name, final String... what)
    {
        zone.put(name, List.of(what));
    }

    /** How often it was asked for this, for example {@code A a.test}; with TCP before it where that was used. */
    int asked(final String what)
    {
        return asked.getOrDefault(what, 0);
    }

    void awaitAsked(final String what, final int times) throws Exception
    {
        Patience.await(() -> asked(what) >= times, () -> what + ": " + asked);
    }

    private void serveUdp()
    {
        try
        {
            while (true)
            {
                final DatagramPacket packet = new DatagramPacket(new byte[MOST], MOST);
                udp.receive(packet);
                final Message answer = answer(new Message(
                    ByteBuffer.wrap(packet.getData(), 0, packet.getLength())), false);
                if (answer != null)
                {
                    final byte[] bytes = answer.toWire();
                    udp.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
                }
            }
        }
        catch (final IOException e)
        {
            // Closed: the test is over.
        }
    }

    private void serve(final Socket socket)
    {
        try (socket)
        {
            final DataInputStream in = new DataInputStream(socket.getInputStream());
            final DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            while (true)
            {
                final byte[] bytes = answer(new Message(in.readNBytes(in.readUnsignedShort())), true).toWire();
                out.writeShort(bytes.length);
                out.write(bytes);
            }
        }
        catch (final IOException e)
        {
            // The proxy ended it.
        }
    }

    private Message answer(final Message query, final boolean isTcp) throws IOException
    {
        final Record question = query.getQuestion();
        final String name = question.getName().toString(true);
        final int times = asked.merge(
            (isTcp ? "TCP " : "") + Type.string(question.getType()) + ' ' + name, 1, Integer::sum);
        final List<String> what = zone.getOrDefault(name, List.of("NXDOMAIN"));
        if (what.getFirst().equals("DEAF") && times == 1)
        {
            return null;
        }
        final Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(question, Section.QUESTION);
        if (what.getFirst().equals("TRUNCATED") && !isTcp)
        {
            answer.getHeader().setFlag(Flags.TC);
            return answer;
        }
        for (final String one : what)
        {
            final String[] words = one.split(" ");
            if (words.length == 3)
            {
                add(answer, question.getName(), question.getType(), words);
            }
            else if (Rcode.value(one) > 0)
            {
                answer.getHeader().setRcode(Rcode.value(one));
            }
        }
        return answer;
    }

    /** With what an alias stands for. */
    private void add(final Message answer, final Name name, final int wanted, final String[] words) throws IOException
    {
        final int type = Type.value(words[1]);
        if (type == Type.CNAME)
        {
            final Name target = Name.fromString(words[2], Name.root);
            answer.addRecord(Record.fromString(name, type, DClass.IN, Long.parseLong(words[0]), words[2] + '.', Name.root),
                Section.ANSWER);
            for (final String one : zone.get(words[2]))
            {
                add(answer, target, wanted, one.split(" "));
            }
        }
        else if (type == wanted)
        {
            answer.addRecord(Record.fromString(name, type, DClass.IN, Long.parseLong(words[0]), words[2], Name.root),
                Section.ANSWER);
        }
    }

    public void close() throws IOException
    {
        udp.close();
        tcp.close();
    }
}
