package dev.ringway.system;

import dev.ringway.system.Certificates.Certified;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Who may do what by certificate and server's name, as rbac of requests and of connections has it with Envoy. */
final class RbacPeerComparisonTest
{
    private static final String TYPE = "type.googleapis.com/envoy.extensions.filters.";
    /** Principals that routes ask for; those of {@link #CONNECTIONS} are asked for by listeners too. */
    private static final List<String> PRINCIPALS = List.of(
        "authenticated: {}",
        "authenticated: { principal_name: { exact: \"spiffe://mesh/client\" } }",
        "authenticated: { principal_name: { exact: \"https://a.test/\" } }",
        "authenticated: { principal_name: { exact: client.test } }",
        "authenticated: { principal_name: { suffix: \".client.test\" } }",
        "authenticated: { principal_name: { exact: \"CN=client,OU=mesh,O=A Test,C=DE\" } }",
        "authenticated: { principal_name: { prefix: \"CN=plain\" } }",
        "authenticated: { principal_name: { contains: \"OU=MESH\", ignore_case: true } }",
        "authenticated: { principal_name: { safe_regex: { regex: \"spiffe://mesh/[a-z]+\" } } }",
        "authenticated: { principal_name: { safe_regex: { regex: \".*\" } } }",
        "authenticated: { principal_name: { exact: \"a@client.test\" } }",
        "authenticated: { principal_name: { exact: \"127.0.0.9\" } }",
        "not_id: { authenticated: { principal_name: { prefix: \"spiffe://\" } } }",
        "and_ids: { ids: [ { authenticated: {} }, { not_id: { authenticated: { principal_name: { exact: a } } } } ] }",
        "or_ids: { ids: [ { header: { name: x-none } }, { authenticated: { principal_name: { prefix: dns } } } ] }");
    private static final List<Integer> CONNECTIONS = List.of(0, 1, 5, 9, 12);
    private static final String NAMED = "permissions: [ { requested_server_name: { suffix: host } } ], " +
        "principals: [ { any: true } ]";

    @TempDir
    private static Path directory;

    private static Certificates certificates;
    private static Map<String, Certified> clients;
    private static Pair<Side> sides;

    private static String policy(final int principal)
    {
        return "permissions: [ { any: true } ], principals: [ { " + PRINCIPALS.get(principal) + " } ]";
    }

    private static String rules(final String policy)
    {
        return "rules: { policies: { p: { " + policy + " } } }";
    }

    private static String route(final String path, final String policy)
    {
        return "{ match: { path: /" + path + " }, direct_response: { status: 200 }, typed_per_filter_config: { r: { " +
            "\"@type\": " + TYPE + "http.rbac.v3.RBACPerRoute, rbac: { " + rules(policy) + " } } } }";
    }

    private static String routes()
    {
        final List<String> routes = new ArrayList<>();
        for (int i = 0; i < PRINCIPALS.size(); i++)
        {
            routes.add(route(Integer.toString(i), policy(i)));
        }
        routes.add(route("named", NAMED));
        routes.add("{ match: { prefix: / }, direct_response: { status: 200 } }");
        return String.join(",\n", routes);
    }

    /** One of the two. */
    private static final class Side implements AutoCloseable
    {
        private final Map<String, Integer> ports = new HashMap<>();
        private final Admin admin;
        private final Program program;

        private Side(final boolean isEnvoy, final String context) throws Exception
        {
            final int adminPort = Program.freePort();
            final StringBuilder config = new StringBuilder(Bootstraps.admin(adminPort));
            add(config, "requests", "", routes(), context);
            for (final int principal : CONNECTIONS)
            {
                add(config, "c" + principal, rules(policy(principal)), "", context);
            }
            add(config, "named", rules(NAMED), "", context);
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"), config);
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(adminPort);
            admin = new Admin(adminPort);
            for (final int port : ports.values())
            {
                program.awaitPort(port);
            }
        }

        private void add(
            final StringBuilder config, final String name, final String rules, final String routes, final String context)
            throws Exception
        {
            ports.put(name, Program.freePort());
            config.append("""
                  - name: %1$s
                    address: %2$s
                    filter_chains:
                    - filters:
                      - { name: guard, typed_config: { "@type": %3$snetwork.rbac.v3.RBAC, stat_prefix: %1$s, %4$s } }
                      - name: hcm
                        typed_config:
                          "@type": %3$snetwork.http_connection_manager.v3.HttpConnectionManager
                          stat_prefix: %1$s
                          http_filters:
                          - { name: r, typed_config: { "@type": %3$shttp.rbac.v3.RBAC } }
                          - { name: router, typed_config: { "@type": %3$shttp.router.v3.Router } }
                          route_config:
                            virtual_hosts: [ { name: all, domains: ["*"], routes: [
                %5$s
                              ] } ]
                """.formatted(name, Bootstraps.tcpAddress("127.0.0.1", ports.get(name)), TYPE, rules,
                    (routes.isEmpty() ? "{ match: { prefix: / }, direct_response: { status: 200 } }" : routes).indent(16)))
                .append(Bootstraps.downstreamTls(context));
        }

        /** What each rule says to a client. */
        private List<String> told(final Certified shown, final String serverName) throws Exception
        {
            final List<String> told = new ArrayList<>();
            final SSLContext context = certificates.client(shown);
            for (final String listener : ports.keySet().stream().sorted().toList())
            {
                try (SSLSocket socket = (SSLSocket)context.getSocketFactory()
                    .createSocket("localhost", ports.get(listener)))
                {
                    if (serverName != null)
                    {
                        final SSLParameters parameters = socket.getSSLParameters();
                        parameters.setServerNames(List.of(new SNIHostName(serverName)));
                        socket.setSSLParameters(parameters);
                    }
                    socket.setSoTimeout(Patience.MS);
                    final int requests = listener.equals("requests") ? PRINCIPALS.size() : 1;
                    for (int i = 0; i < requests; i++)
                    {
                        told.add(listener + " " + i + " " + answer(socket, "/" + i));
                    }
                    told.add(listener + " named " + answer(socket, "/named"));
                }
            }
            return told;
        }

        private static String answer(final SSLSocket socket, final String path)
        {
            try
            {
                socket.getOutputStream().write(
                    ("GET " + path + " HTTP/1.1\r\nhost: a\r\n\r\n").getBytes(ISO_8859_1));
                final HttpMessage answer = HttpMessage.read(socket.getInputStream(), false);
                return answer == null ? "closed" : answer.start();
            }
            catch (final IOException e)
            {
                return "closed";
            }
        }

        private Map<String, Long> counted() throws Exception
        {
            final Map<String, Long> counted = admin.awaitQuiet();
            counted.keySet().removeIf(name -> !name.contains("rbac."));
            return counted;
        }

        public void close()
        {
            program.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        certificates = new Certificates(directory, "mesh");
        clients = new HashMap<>();
        clients.put("named", certificates.ecdsa("client,OU=mesh,O=A Test,C=DE",
            "uri:spiffe://mesh/client,dns:client.test,uri:https://a.test/,dns:*.client.test,email:a@client.test"));
        clients.put("plain", certificates.ecdsa("plain", "ip:127.0.0.9"));
        final Certified server = certificates.ecdsa("server", "uri:spiffe://mesh/server,dns:localhost");
        final String context = "common_tls_context: { tls_certificates: [ " + server.yaml() + " ], " +
            "validation_context: { trusted_ca: { filename: \"" + certificates.authority() + "\" } } }";
        sides = Pair.start(isEnvoy -> new Side(isEnvoy, context));
    }

    @AfterAll
    static void stop() throws Exception
    {
        Pair.stop(sides);
    }

    @ParameterizedTest
    @ValueSource(strings = {"named", "plain", "none"})
    void shouldLetTheSameClientsIn(final String client) throws Exception
    {
        final Certified shown = clients.get(client);
        final String serverName = client.equals("plain") ? "other.name" : null;
        final List<String> envoy = sides.envoy().told(shown, serverName);
        assertTrue(envoy.toString().contains("200 OK") && envoy.toString().contains("403"), envoy.toString());
        assertEquals(String.join("\n", envoy), String.join("\n", sides.ringway().told(shown, serverName)));
        assertEquals(sides.envoy().counted(), sides.ringway().counted());
    }
}
