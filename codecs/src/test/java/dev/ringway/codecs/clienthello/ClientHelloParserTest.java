package dev.ringway.codecs.clienthello;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import static dev.ringway.codecs.clienthello.Hellos.bytes;
import static dev.ringway.codecs.clienthello.Hellos.counted;
import static dev.ringway.codecs.clienthello.Hellos.extension;
import static dev.ringway.codecs.clienthello.Hellos.hello;
import static dev.ringway.codecs.clienthello.Hellos.join;
import static dev.ringway.codecs.clienthello.Hellos.message;
import static dev.ringway.codecs.clienthello.Hellos.protocols;
import static dev.ringway.codecs.clienthello.Hellos.records;
import static dev.ringway.codecs.clienthello.Hellos.serverName;
import static dev.ringway.codecs.clienthello.Hellos.start;
import static dev.ringway.codecs.clienthello.Hellos.versions;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** ClientHellos whole, at every split point and byte by byte, in records of many sizes; and what is none. */
@Timeout(60)
class ClientHelloParserTest
{
    private static final byte[] FULL = hello(
        extension(0x0A, counted(2, bytes(0, 29, 0, 23))), serverName("WWW.Example.com"), extension(0x17),
        protocols("h2", "http/1.1"), versions(0x7A7A, 0x0304, 0x0303), extension(0x15, new byte[100]));

    private final ClientHelloParser parser = new ClientHelloParser();

    private int parse(final byte[] input, final int... cuts)
    {
        parser.reset(ClientHelloParser.MAX_LENGTH);
        int at = 0;
        int result = ClientHelloParser.MORE;
        for (int i = 0; i <= cuts.length; i++)
        {
            final int end = i < cuts.length ? cuts[i] : input.length;
            // Each piece lies alone in its buffer, so nothing outside of it can be read.
            final UnsafeBuffer piece = new UnsafeBuffer(Arrays.copyOfRange(input, at, end));
            result = parser.parse(piece, 0, end - at);
            at = end;
        }
        return result;
    }

    private int byByte(final byte[] input)
    {
        int[] cuts = new int[Math.max(input.length - 1, 0)];
        Arrays.setAll(cuts, i -> i + 1);
        return parse(input, cuts);
    }

    /** The result, which is the same however the input comes. */
    private int everywhere(final byte[] input)
    {
        final int expected = parse(input);
        final String found = found();
        assertEquals(expected, byByte(input));
        assertEquals(found, found());
        for (int cut = 0; cut < input.length; cut++)
        {
            assertEquals(expected, parse(input, cut), "cut at " + cut);
            assertEquals(found, found(), "cut at " + cut);
        }
        return expected;
    }

    private String found()
    {
        final StringBuilder text = new StringBuilder(
            new String(parser.serverName(), 0, parser.serverNameLength(), ISO_8859_1)).append(' ');
        for (int at = 0; at < parser.protocolsLength(); at += 1 + parser.protocols()[at])
        {
            text.append(new String(parser.protocols(), at + 1, parser.protocols()[at], ISO_8859_1)).append(',');
        }
        return text.append(' ').append(Integer.toHexString(parser.newestVersion())).toString();
    }

    @Test
    void shouldReadWhatAClientAsksFor()
    {
        assertEquals(ClientHelloParser.FOUND, everywhere(records(16384, FULL)));
        assertEquals("www.example.com h2,http/1.1, 304", found());
    }

    @Test
    void shouldReadOverRecordsOfAnySize()
    {
        for (int most = 1; most < FULL.length; most += 1 + most / 7)
        {
            assertEquals(ClientHelloParser.FOUND, everywhere(records(most, FULL)), "records of " + most);
            assertEquals("www.example.com h2,http/1.1, 304", found());
        }
    }

    @Test
    void shouldNeedEveryByte()
    {
        final byte[] input = records(16384, FULL);
        for (int length = 0; length < input.length; length++)
        {
            assertEquals(ClientHelloParser.MORE, parse(Arrays.copyOf(input, length)), length + " bytes");
        }
    }

    @Test
    void shouldNotLookBehindTheHello()
    {
        final byte[] input = records(16384, FULL);
        assertEquals(ClientHelloParser.FOUND, parse(join(input, new byte[500])));
        assertEquals(input.length, parser.length());
    }

    @Test
    void shouldReadHellosThatAskForNothing()
    {
        assertEquals(ClientHelloParser.FOUND, everywhere(records(100, message(start()))));
        assertEquals("  0", found());
        assertEquals(ClientHelloParser.FOUND, everywhere(records(100, hello())));
        assertEquals("  0", found());
        assertEquals(ClientHelloParser.FOUND, everywhere(records(100, hello(extension(0x23)))));
        assertEquals("  0", found());
    }

    @Test
    void shouldTakeAFaultyListOfProtocolsForNone()
    {
        for (final byte[] list : List.of(
            extension(16), extension(16, bytes(0, 0)), extension(16, bytes(0, 5, 2, 'h', '2')),
            extension(16, bytes(0, 3, 9, 'h', '2')), extension(16, bytes(0, 4, 2, 'h', '2', 0)),
            extension(16, bytes(0, 3, 2, 'h', '2', 0))))
        {
            assertEquals(ClientHelloParser.FOUND, everywhere(records(100, hello(list, serverName("a")))));
            assertEquals("a  0", found());
        }
    }

    @Test
    void shouldKeepTheProtocolsThatFit()
    {
        final String[] names = new String[60];
        Arrays.setAll(names, i -> "protocol-" + (10 + i));
        assertEquals(ClientHelloParser.FOUND, everywhere(records(16384, hello(protocols(names)))));
        assertEquals(42 * 12, parser.protocolsLength(), "whole ones of 12 bytes in 512");
        assertTrue(found().contains("protocol-51,"), found());
    }

    @Test
    void shouldSayThatOtherBytesAreNone()
    {
        for (final byte[] input : List.of(
            "GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1), bytes(0x80, 0x2E, 1, 3, 1), bytes(22, 2), bytes(23),
            bytes(22, 3, 1, 0, 0), bytes(22, 3, 1, 0x40, 1), records(100, bytes(2, 0, 0, 0)),
            records(100, bytes(1, 0, 0, 1)), records(100, message(bytes(2, 0))),
            records(100, message(bytes(3, 3), new byte[32], bytes(33))),
            records(100, message(bytes(3, 3), new byte[32], bytes(0, 0, 0))),
            records(100, message(bytes(3, 3), new byte[32], bytes(0, 0, 3, 1, 2, 3))),
            records(100, message(bytes(3, 3), new byte[32], bytes(0, 0, 2, 1, 2, 0))),
            records(100, message(start(), bytes(0))),
            records(100, message(start(), bytes(0, 1, 0, 0))),
            records(100, message(start(), bytes(0, 4, 0, 1, 0, 1))),
            records(100, hello(serverName("a"), serverName("a"))),
            records(100, hello(protocols("a"), protocols("a"))),
            records(100, hello(extension(0))), records(100, hello(serverName(""))),
            records(100, hello(serverName("a\0b"))), records(400, hello(serverName("a".repeat(256)))),
            records(100, hello(extension(0, counted(2, bytes(1), counted(2, bytes('a')))))),
            records(100, hello(extension(0, counted(2, bytes(0), counted(2, bytes('a'))), bytes(0))))))
        {
            assertEquals(ClientHelloParser.NONE, everywhere(input), Arrays.toString(input));
        }
    }

    @Test
    void shouldBoundWhatItLooksAt()
    {
        assertEquals(ClientHelloParser.TOO_LARGE, parse(bytes(22, 3, 1, 0x40, 0, 1, 0, 0x40, 1)));
        final byte[] large = hello(extension(0x15, new byte[15_900]));
        assertEquals(ClientHelloParser.FOUND, parse(records(16384, large)));
        assertEquals(ClientHelloParser.TOO_LARGE, byByte(records(10, large)), "headers of records count");
        assertEquals(ClientHelloParser.MAX_LENGTH, parser.length());
        parser.reset(100);
        assertEquals(ClientHelloParser.TOO_LARGE, parser.parse(new UnsafeBuffer(records(500, FULL)), 0, 200));
    }

    @Test
    void shouldReadHellosOfTheJdk() throws Exception
    {
        final SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("a.Example.org")));
        parameters.setApplicationProtocols(new String[]{"x", "h2"});
        engine.setSSLParameters(parameters);
        final ByteBuffer out = ByteBuffer.allocate(40_000);
        engine.wrap(ByteBuffer.allocate(0), out);
        assertEquals(ClientHelloParser.FOUND, everywhere(Arrays.copyOf(out.array(), out.position())));
        assertEquals("a.example.org x,h2, 304", found());
    }

    @Property(tries = 500)
    void shouldGiveTheSameForAllWaysToCut(@ForAll final long seed, @ForAll @IntRange(min = 1, max = 300) final int most)
    {
        final Random random = new Random(seed);
        final byte[] input = records(most, FULL);
        if (random.nextBoolean())
        {
            input[random.nextInt(input.length)] ^= (byte)(1 << random.nextInt(8));
        }
        final int whole = parse(input);
        final String found = found();
        final int[] cuts = random.ints(8, 0, input.length).sorted().toArray();
        assertEquals(whole, parse(input, cuts));
        assertEquals(found, found());
    }

    @Example
    void shouldBeReusable()
    {
        assertEquals(ClientHelloParser.FOUND, parse(records(50, FULL)));
        assertEquals(ClientHelloParser.FOUND, parse(records(50, hello())));
        assertEquals("  0", found());
    }
}
