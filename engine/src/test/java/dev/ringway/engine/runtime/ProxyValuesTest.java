package dev.ringway.engine.runtime;

import dev.ringway.codecs.proxyproto.TlvTypes;
import dev.ringway.engine.counters.ProxyProtocolCounters;
import dev.ringway.engine.counters.ProxyTransportCounters;
import dev.ringway.engine.snapshot.ListenerFilter;
import dev.ringway.engine.snapshot.ListenerFilters;
import dev.ringway.engine.snapshot.MetadataKeys;
import dev.ringway.engine.snapshot.ProxyTelling;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Values behind the addresses of a PROXY header, from clients to endpoints. */
@Timeout(180)
final class ProxyValuesTest
{
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    /** With one value of so many bytes between two others. */
    private static byte[] header(final int large)
    {
        final byte[] start = HexFormat.of().parseHex(SIGNATURE + "2111000001020304050607080001000205000161");
        final byte[] end = HexFormat.of().parseHex("0700020102");
        final byte[] header = new byte[start.length + 3 + large + end.length];
        System.arraycopy(start, 0, header, 0, start.length);
        header[start.length] = 6;
        header[start.length + 1] = (byte)(large >> 8);
        header[start.length + 2] = (byte)large;
        Arrays.fill(header, start.length + 3, start.length + 3 + large, (byte)'x');
        System.arraycopy(end, 0, header, header.length - end.length, end.length);
        header[14] = (byte)(header.length - 16 >> 8);
        header[15] = (byte)(header.length - 16);
        return header;
    }

    /** What an endpoint is told of a client that tells so many bytes in one value, in front of another one. */
    private static byte[] told(final int large, final byte[] added) throws Exception
    {
        final byte[] header = header(large);
        final TlvTypes passed = new TlvTypes();
        passed.add(6);
        passed.add(7);
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                final byte[] fixed = link.in.readNBytes(16);
                link.out.write(fixed);
                link.out.write(link.in.readNBytes(((fixed[14] & 0xFF) << 8 | fixed[15] & 0xFF) + 3));
                link.out.flush();
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.listenerFilters = new ListenerFilters(List.of(new ListenerFilter.ProxyProtocol(
                false, true, true, TlvTypes.all(), null, new ProxyProtocolCounters(proxy.registry(), ""))),
                15_000_000_000L, false);
            proxy.telling = new ProxyTelling(
                2, added, passed, new ProxyTransportCounters(proxy.registry(), "b").tlvsTooLong);
            proxy.tcp().start();
            final byte[] seen;
            try (Socket socket = new Socket(proxy.listen.inet().getAddress(), proxy.listen.inet().getPort()))
            {
                socket.setSoTimeout(120_000);
                socket.getOutputStream().write(header);
                socket.getOutputStream().write("abc".getBytes(ISO_8859_1));
                seen = socket.getInputStream().readAllBytes();
            }
            TestProxy.await(() -> proxy.counter("listener.l.downstream_cx_active") == 0, () -> "connection gone");
            assertEquals(large + added.length > 65_000 ? 1 : 0,
                proxy.counter("cluster.b.upstream.proxyprotocol.v2_tlvs_exceed_max_length"));
            return seen;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2044, 2045, 4096, 30_000, 65_500})
    void shouldPassValuesOfClientsOn(final int large) throws Exception
    {
        final byte[] added = {9, 0, 5, 'a', 'b', 'c', 'd', 'e'};
        final byte[] seen = told(large, added);
        final int fits = large > 65_000 ? -3 : large;
        assertEquals(28 + added.length + 3 + fits + 5 + 3, seen.length);
        assertEquals(seen.length - 19, (seen[14] & 0xFF) << 8 | seen[15] & 0xFF);
        assertArrayEquals(added, Arrays.copyOfRange(seen, 28, 36));
        if (fits >= 0)
        {
            assertEquals(6, seen[36]);
            assertEquals("x".repeat(large), new String(seen, 39, large, ISO_8859_1));
        }
        assertEquals("\7\0\2\1\2abc", new String(seen, seen.length - 8, 8, ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource({"4072,false", "4073,true", "60000,true"})
    void shouldRefuseWhatAConnectionCannotCarry(final int length, final boolean isRefused) throws Exception
    {
        final MetadataKeys keys = new MetadataKeys();
        keys.put(6, MetadataKeys.number("ProxyValuesTest", "large"));
        keys.put(7, MetadataKeys.number("ProxyValuesTest", "small"));
        try (TestBackend backend = TestBackend.scripted(link ->
            {
                link.out.write(link.in.readNBytes(3));
                link.out.flush();
            });
            TestProxy proxy = new TestProxy(backend))
        {
            proxy.listenerFilters = new ListenerFilters(List.of(new ListenerFilter.ProxyProtocol(
                false, true, true, null, keys, new ProxyProtocolCounters(proxy.registry(), ""))),
                15_000_000_000L, false);
            proxy.tcp().start();
            final byte[] header = header(length);
            for (int i = 0; i < 2; i++)
            {
                try (Socket socket = new Socket(proxy.listen.inet().getAddress(), proxy.listen.inet().getPort()))
                {
                    socket.setSoTimeout(120_000);
                    assertEquals(isRefused ? "" : "abc", answer(socket, header));
                }
            }
            TestProxy.await(() -> proxy.counter("listener.l.downstream_cx_active") == 0, () -> "connection gone");
            TestProxy.await(() -> proxy.look().blocks() == 0, () -> "blocks are given back");
            assertEquals(isRefused ? 2 : 0, proxy.counter("proxy_proto.versions.v2.error"));
        }
    }

    /** What comes behind a header, nothing also when the connection is reset. */
    private static String answer(final Socket socket, final byte[] header)
    {
        try
        {
            socket.getOutputStream().write(header);
            socket.getOutputStream().write("abc".getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
        catch (final IOException e)
        {
            return "";
        }
    }
}
