package dev.ringway.engine.snapshot;

import dev.ringway.engine.snapshot.FilterChainMatch.SourceType;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Which chain a connection gets: Envoy's order of facts, the closest value of each, and no way back. */
@Timeout(30)
final class FilterChainsTest
{
    private static final NetworkFilter RELAY = new TcpProxy("", 0, 0, ConnectionAge.UNBOUNDED, 1, List.of(), false, null);

    private final FilterChains.Builder builder = new FilterChains.Builder();
    private final ChainQuery query = new ChainQuery();

    /** A match that is written down field by field. */
    private static final class Match
    {
        private int port;
        private final List<CidrRanges.Range> destinations = new ArrayList<>();
        private final List<String> names = new ArrayList<>();
        private String transport = "";
        private final List<String> protocols = new ArrayList<>();
        private final List<CidrRanges.Range> direct = new ArrayList<>();
        private SourceType type = SourceType.ANY;
        private final List<CidrRanges.Range> sources = new ArrayList<>();
        private final List<Integer> sourcePorts = new ArrayList<>();

        private FilterChainMatch take()
        {
            return new FilterChainMatch(port, destinations, names, transport, protocols, direct, type, sources,
                sourcePorts);
        }
    }

    private static CidrRanges.Range range(final String text)
    {
        final String[] parts = text.split("/");
        return new CidrRanges.Range(InetAddress.ofLiteral(parts[0]).getAddress(), Integer.parseInt(parts[1]));
    }

    /** Fields of a match, {@code port=1 dst=10.0.0.0/8,10.1.0.0/16 sni=a,b transport=tls alpn=h2 ...}, or nothing. */
    private static FilterChainMatch match(final String text)
    {
        final Match match = new Match();
        for (final String field : text.isBlank() ? new String[0] : text.trim().split(" +"))
        {
            final String[] values = field.substring(field.indexOf('=') + 1).split(",");
            for (final String value : values)
            {
                switch (field.substring(0, field.indexOf('=')))
                {
                    case "port" -> match.port = Integer.parseInt(value);
                    case "dst" -> match.destinations.add(range(value));
                    case "sni" -> match.names.add(value);
                    case "transport" -> match.transport = value;
                    case "alpn" -> match.protocols.add(value);
                    case "direct" -> match.direct.add(range(value));
                    case "type" -> match.type = SourceType.valueOf(value);
                    case "src" -> match.sources.add(range(value));
                    case "srcport" -> match.sourcePorts.add(Integer.parseInt(value));
                    default -> throw new IllegalArgumentException(field);
                }
            }
        }
        return match.take();
    }

    private int add(final String text)
    {
        return builder.add(new FilterChain("", match(text), RELAY, null, 0));
    }

    private static byte[] list(final String... protocols)
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (final String protocol : protocols)
        {
            out.write(protocol.length());
            out.writeBytes(protocol.getBytes(US_ASCII));
        }
        return out.toByteArray();
    }

    private static UnsafeBuffer bytes(final String address)
    {
        return new UnsafeBuffer(InetAddress.ofLiteral(address).getAddress());
    }

    private ChainQuery query(final String destination, final int port, final String source, final int sourcePort)
    {
        query.reset();
        query.destination(bytes(destination), 0, bytes(destination).capacity(), port);
        query.source(bytes(source), 0, bytes(source).capacity(), sourcePort);
        query.directSource(bytes(source), 0, bytes(source).capacity());
        return query;
    }

    private ChainQuery named(final String name, final String... protocols)
    {
        query("10.0.0.1", 443, "10.9.9.9", 5000);
        query.tls(name.getBytes(US_ASCII), name.length());
        query.protocols(list(protocols), list(protocols).length);
        return query;
    }

    @Test
    void shouldFindNothingWhereNothingIs()
    {
        final FilterChains chains = builder.build(null);
        assertEquals(FilterChains.NONE, chains.find(query));
        assertEquals(FilterChains.NONE, chains.find(named("a", "h2")));
    }

    @Test
    void shouldGiveTheDefaultChainWhatNoOtherTakes()
    {
        add("port=80");
        final FilterChain other = new FilterChain("other", RELAY);
        final FilterChains chains = builder.build(other);
        assertEquals(0, chains.find(query("1.1.1.1", 80, "2.2.2.2", 1)));
        assertEquals(1, chains.find(query("1.1.1.1", 81, "2.2.2.2", 1)));
        assertEquals(other, chains.get(chains.defaultChain()));
    }

    @ParameterizedTest
    @CsvSource({
        "www.a.test, 0", "mail.a.test, 1", "x.y.a.test, 1", "a.test, 2", "x.b.test, 2", "x.test, 2", "test, 3", "'', 3",
        ".test.x, 3", "a.test., 3", "www.a.test.x, 3"})
    void shouldPreferExactNamesThenLongestSuffixes(final String name, final int expected)
    {
        add("sni=www.a.test");
        add("sni=*.a.test");
        add("sni=*.test");
        add("");
        assertEquals(expected, builder.build(null).find(named(name)), name);
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3, 0", "10.1.9.9, 1", "10.200.0.1, 2", "11.0.0.1, 3", "fd00::1, 4", "fe80::1, 5"})
    void shouldPreferLongestPrefixes(final String address, final int expected)
    {
        add("dst=10.1.2.0/24");
        add("dst=10.1.0.0/16");
        add("dst=10.0.0.0/8");
        add("dst=0.0.0.0/0");
        add("dst=fd00::/8");
        add("");
        assertEquals(expected, builder.build(null).find(query(address, 1, "1.1.1.1", 1)));
    }

    @Test
    void shouldGoByTransportAndApplicationProtocols()
    {
        add("transport=tls alpn=h2");
        add("transport=tls alpn=http/1.1");
        add("transport=tls");
        add("transport=raw_buffer");
        add("transport=quic");
        final FilterChains chains = builder.build(null);
        assertEquals(0, chains.find(named("", "h2", "http/1.1")));
        assertEquals(1, chains.find(named("", "spdy", "http/1.1", "h2")), "the client's order counts");
        assertEquals(2, chains.find(named("", "spdy")));
        assertEquals(2, chains.find(named("")));
        assertEquals(3, chains.find(query("1.1.1.1", 1, "1.1.1.1", 1)));
    }

    @Test
    void shouldGoBySource()
    {
        add("src=10.0.0.0/8 srcport=100,200");
        add("src=10.0.0.0/8");
        add("srcport=100");
        add("type=SAME_IP_OR_LOOPBACK");
        add("type=EXTERNAL src=12.0.0.0/8");
        final FilterChains chains = builder.build(new FilterChain("", RELAY));
        assertEquals(3, chains.find(query("1.1.1.1", 1, "127.0.0.1", 100)), "its own source type hides the rest");
        assertEquals(5, chains.find(query("1.1.1.1", 1, "127.1.1.1", 100)), "one address is loopback");
        assertEquals(3, chains.find(query("10.1.1.1", 1, "10.1.1.1", 100)));
        assertEquals(3, chains.find(query("::1", 1, "::1", 100)));
        assertEquals(3, chains.find(new ChainQuery()), "a unix socket is local");
        assertEquals(4, chains.find(query("1.1.1.1", 1, "12.1.1.1", 100)));
        assertEquals(5, chains.find(query("1.1.1.1", 1, "10.1.1.1", 100)), "external has chains, none of them fits");
    }

    @Test
    void shouldGoBySourcePrefixAndPort()
    {
        add("src=10.0.0.0/8 srcport=100,200");
        add("src=10.0.0.0/8");
        add("srcport=100");
        final FilterChains chains = builder.build(null);
        assertEquals(0, chains.find(query("1.1.1.1", 1, "10.1.1.1", 200)));
        assertEquals(1, chains.find(query("1.1.1.1", 1, "10.1.1.1", 300)));
        assertEquals(2, chains.find(query("1.1.1.1", 1, "11.1.1.1", 100)));
        assertEquals(FilterChains.NONE, chains.find(query("1.1.1.1", 1, "11.1.1.1", 200)));
    }

    @Test
    void shouldTellThePeerFromTheSource()
    {
        add("direct=10.0.0.0/8");
        add("src=192.168.0.0/16");
        final FilterChains chains = builder.build(null);
        query("1.1.1.1", 1, "192.168.0.1", 1);
        assertEquals(1, chains.find(query));
        query.directSource(bytes("10.0.0.1"), 0, 4);
        assertEquals(0, chains.find(query));
    }

    @Test
    void shouldNotGoBackOnAnEarlierFact()
    {
        add("port=443 sni=a.test");
        add("sni=b.test");
        add("dst=10.0.0.0/24 sni=c.test");
        final FilterChains chains = builder.build(null);
        assertEquals(0, chains.find(named("a.test")));
        assertEquals(FilterChains.NONE, chains.find(named("b.test")), "port 443 has chains of its own");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        -                            | -                                  | true
        port=80                      | -                                  | false
        sni=a                        | sni=a                              | true
        sni=a,b                      | sni=c,b                            | true
        sni=*.a                      | sni=a                              | false
        sni=a alpn=h2                | sni=a                              | false
        sni=a alpn=h2                | sni=a alpn=http/1.1,h2             | true
        dst=10.1.2.3/8               | dst=10.0.0.0/8                     | true
        dst=10.0.0.0/8               | dst=10.0.0.0/9                     | false
        src=::/0                     | src=0.0.0.0/0                      | false
        srcport=1,2                  | srcport=2                          | true
        type=EXTERNAL                | -                                  | false
        sni=a,a                      | sni=b                              | false
        """)
    void shouldSayWhichChainsAreInEachOthersWay(final String first, final String second, final boolean isClaimed)
    {
        add(first == null ? "" : first);
        assertEquals(isClaimed ? 0 : FilterChains.NONE, add(second == null ? "" : second));
    }

    @Test
    void shouldHoldThousandsOfNames()
    {
        for (int i = 0; i < 5000; i++)
        {
            assertEquals(FilterChains.NONE, add("sni=host" + i + ".test"));
        }
        final FilterChains chains = builder.build(null);
        for (int i = 0; i < 5000; i++)
        {
            assertEquals(i, chains.find(named("host" + i + ".test")));
        }
        assertEquals(FilterChains.NONE, chains.find(named("host5000.test")));
    }
}
