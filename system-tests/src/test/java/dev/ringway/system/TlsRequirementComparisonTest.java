package dev.ringway.system;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Ringway and Envoy with virtual hosts that require TLS send the same requests to HTTPS. */
final class TlsRequirementComparisonTest
{
    private static final String INSIDE =
        "internal_address_config: { cidr_ranges: [ { address_prefix: 10.0.0.0, prefix_len: 8 } ] }\n";

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    /** One of the two. */
    private static final class Side implements AutoCloseable
    {
        private final Map<String, Integer> ports =
            new HashMap<>(Map.of("ALL", Program.freePort(), "EXTERNAL_ONLY", Program.freePort()));
        private final Program program;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + listener("ALL") + listener("EXTERNAL_ONLY"));
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(adminPort).awaitPort(ports.get("ALL")).awaitPort(ports.get("EXTERNAL_ONLY"));
        }

        private String listener(final String requirement)
        {
            return Bootstraps.http(requirement, Bootstraps.tcpAddress("127.0.0.1", ports.get(requirement)), INSIDE,
                "- match: { path: \"/moved\" }\n  redirect: { path_redirect: \"/b\" }\n" +
                "- match: { prefix: \"/\" }\n  direct_response: { status: 200, body: { inline_string: taken } }\n")
                .replaceAll("( +)domains: .*", "$0\n$1require_tls: " + requirement);
        }

        private String answer(final String requirement, final String request) throws Exception
        {
            try (Client client = new Client(ports.get(requirement)))
            {
                final HttpMessage answer = client.send(request).read();
                return answer.start() + ' ' + answer.field("location") + ' ' + answer.field("content-length") + ' ' +
                    answer.text();
            }
        }

        public void close()
        {
            program.close();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        ALL           | GET /        | a.example      | -                         | https://a.example/
        ALL           | GET /a?b=c/d | a.example:80   | -                         | https://a.example:80/a?b=c/d
        ALL           | POST /a      | A.example:8080 | content-length: 0         | https://A.example:8080/a
        ALL           | GET /a       | [::1]:80       | x-forwarded-for: 10.0.0.1 | https://[::1]:80/a
        ALL           | GET /a       | a.example      | x-forwarded-proto: http   | https://a.example/a
        ALL           | GET /a       | a.example      | x-forwarded-proto: https  | -
        ALL           | GET /moved   | a.example      | x-forwarded-proto: https  | https://a.example/b
        EXTERNAL_ONLY | GET /a       | a.example      | -                         | https://a.example/a
        EXTERNAL_ONLY | GET /a       | a.example      | x-forwarded-for: 192.0.2.1 | https://a.example/a
        EXTERNAL_ONLY | GET /a       | a.example      | x-forwarded-for: 10.0.0.1 | -
        EXTERNAL_ONLY | GET /a       | a.example      | x-forwarded-proto: https  | -
        """)
    void shouldSendTheSameRequestsToHttps(
        final String requirement, final String target, final String host, final String field, final String location)
        throws Exception
    {
        final String request = target + " HTTP/1.1\r\nhost: " + host + "\r\n" + (field == null ? "" : field + "\r\n") +
            "\r\n";
        final String expected = SIDES.envoy().answer(requirement, request);
        assertEquals(location == null ? "HTTP/1.1 200 OK null 5 taken" : "HTTP/1.1 301 Moved Permanently " + location,
            expected.substring(0, location == null ? 28 : 31 + location.length()));
        assertEquals(expected, SIDES.ringway().answer(requirement, request));
    }
}
