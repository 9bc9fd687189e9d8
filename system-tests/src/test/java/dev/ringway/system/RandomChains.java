package dev.ringway.system;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Filter chains that look at each thing there is in any combination, and connections of which each is met by several. */
final class RandomChains
{
    private static final int CHAINS = 80;
    /** Criteria in Envoy's order, which must not matter here, each with values of which one may contain another. */
    private static final Map<String, List<String>> CRITERIA = new LinkedHashMap<>();

    static
    {
        CRITERIA.put("destination_port", List.of("81", "82"));
        CRITERIA.put("prefix_ranges", List.of(range("10.0.0.0", 8), range("10.1.0.0", 16)));
        CRITERIA.put("server_names", List.of("[x.a.test]", "[\"*.a.test\"]", "[\"*.test\"]"));
        CRITERIA.put("transport_protocol", List.of("tls", "raw_buffer"));
        CRITERIA.put("application_protocols", List.of("[h2]", "[http/1.1]"));
        CRITERIA.put("direct_source_prefix_ranges", List.of(range("127.0.0.0", 8), range("127.0.0.2", 32)));
        CRITERIA.put("source_type", List.of("EXTERNAL", "SAME_IP_OR_LOOPBACK"));
        CRITERIA.put("source_prefix_ranges", List.of(range("9.0.0.0", 8), range("9.9.0.0", 16)));
        CRITERIA.put("source_ports", List.of("[7777]", "[7778]"));
    }

    private final Random random;

    RandomChains(final int seed)
    {
        random = new Random(seed);
    }

    /** A connection: where it comes from, and what it says. */
    record Given(String from, String line, String name, List<String> protocols, byte[] said)
    {
        @Override
        public String toString()
        {
            return from + " " + line + " " + name + " " + protocols;
        }
    }

    private static String range(final String prefix, final int length)
    {
        return "[{ address_prefix: " + prefix + ", prefix_len: " + length + " }]";
    }

    private <T> T any(final List<T> values)
    {
        return values.get(random.nextInt(values.size()));
    }

    /** Chains in YAML; what follows a {@code $} is the chain's name. */
    String yaml()
    {
        final Set<String> matches = new LinkedHashSet<>();
        while (matches.size() < CHAINS)
        {
            final StringBuilder match = new StringBuilder();
            CRITERIA.forEach((name, values) ->
            {
                if (random.nextInt(3) == 0)
                {
                    match.append(match.isEmpty() ? "" : ", ").append(name).append(": ").append(any(values));
                }
            });
            if (!match.isEmpty())
            {
                matches.add(match.toString());
            }
        }
        final StringBuilder yaml = new StringBuilder();
        int number = 0;
        for (final String match : matches)
        {
            yaml.append("- { filter_chain_match: { ").append(match).append(" }, $chain").append(number++).append(" }\n");
        }
        return yaml.toString();
    }

    /** What a client may do; every third is not encrypted. */
    Given connection() throws Exception
    {
        final String source = any(List.of("9.1.1.1", "9.9.1.1", "8.1.1.1", "127.0.0.1", "127.0.0.9", "10.1.1.1"));
        final String destination = any(List.of("10.2.1.1", "10.1.1.1", "11.1.1.1"));
        final String line = "PROXY TCP4 " + source + " " + destination + " " + any(List.of("7777", "7778", "7779")) + " " +
            any(List.of("81", "82", "83"));
        final boolean isClear = random.nextInt(3) == 0;
        final String name = any(List.of("x.a.test", "y.a.test", "z.y.a.test", "b.test", "other", ""));
        final List<String> protocols = any(List.of(List.of(), List.of("h2"), List.of("http/1.1"), List.of("h2", "http/1.1"),
            List.of("h3")));
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        said.writeBytes((line + "\r\n").getBytes(ISO_8859_1));
        said.writeBytes(isClear ? "GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1) : hello(name, protocols));
        return new Given(any(List.of("127.0.0.1", "127.0.0.2")), line, isClear ? "clear" : name, protocols,
            said.toByteArray());
    }

    private static byte[] hello(final String name, final List<String> protocols) throws Exception
    {
        final SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        final SSLParameters parameters = engine.getSSLParameters();
        if (!name.isEmpty())
        {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        parameters.setApplicationProtocols(protocols.toArray(new String[0]));
        engine.setSSLParameters(parameters);
        final ByteBuffer out = ByteBuffer.allocate(1 << 15);
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }
}
