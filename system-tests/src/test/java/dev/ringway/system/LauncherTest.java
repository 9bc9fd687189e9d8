package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LauncherTest
{
    private static final Pattern README_YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path directory;

    private HttpResponse<String> get(final String url) throws Exception
    {
        return client.send(HttpRequest.newBuilder(URI.create(url)).timeout(java.time.Duration.ofSeconds(Patience.S)).build(),
            HttpResponse.BodyHandlers.ofString());
    }

    private static String url(final String output, final String label)
    {
        final Matcher matcher = Pattern.compile(label + " +(http://\\S+)").matcher(output);
        assertTrue(matcher.find(), output);
        return matcher.group(1);
    }

    @Test
    void shouldServeThePageOfTheDemoThroughTheProxy() throws Exception
    {
        try (Program demo = Program.ringway(directory, "demo", "0"))
        {
            final String output = demo.awaitOutput("Ctrl-C");
            final String page = url(output, "page");
            final HttpResponse<String> response = get(page);
            assertEquals(200, response.statusCode());
            assertEquals("ringway", response.headers().firstValue("server").orElse(""));
            assertTrue(response.headers().firstValue("x-envoy-upstream-service-time").isPresent());
            assertTrue(response.body().contains("<title>Ringway</title>"));
            assertTrue(get(page + "echo").body().contains("x-request-id: "));
            assertEquals("hello from the proxy itself\n", get(page + "hello").body());
            assertTrue(get(url(output, "over TCP")).body().contains("<title>Ringway</title>"));
            final String admin = url(output, "admin");
            assertEquals("LIVE\n", get(admin + "ready").body());
            assertTrue(get(admin + "stats?usedonly").body().contains("http.demo.downstream_rq_2xx: "));
            assertTrue(get(admin + "stats/prometheus").body()
                .contains("envoy_http_downstream_rq_total{envoy_http_conn_manager_prefix=\"demo\"} "));
            assertTrue(get(admin + "config_dump").body().contains("BootstrapConfigDump"));
            assertTrue(get(admin + "clusters").body().contains("backend::"));
            assertEquals(405, get(admin + "quitquitquit").statusCode());
            assertEquals(404, get(admin + "nothing").statusCode());
            // A drain waits for what it keeps open.
            client.close();
            demo.terminate();
            assertEquals(0, demo.awaitExit(), demo.output());
        }
    }

    @Test
    void shouldAcceptTheBootstrapOfTheReadme() throws Exception
    {
        final Matcher yaml = README_YAML.matcher(Files.readString(Path.of("..", "README.md")));
        assertTrue(yaml.find());
        final Path file = Files.writeString(directory.resolve("readme.yaml"), yaml.group(1));
        try (Program proxy = Program.ringway(directory, "--mode", "validate", "-c", file.toString()))
        {
            assertEquals(0, proxy.awaitExit(), proxy.output());
            assertEquals("configuration '" + file + "' OK\n", proxy.output());
        }
    }

    /** The file of another whose number begins with this one's. */
    @Test
    void shouldTakeAwayWhatItsOwnTrainingLeft() throws Exception
    {
        final Path target = Files.createDirectories(directory.resolve("control/target"));
        Files.createDirectory(target.resolve("lib"));
        Files.createFile(target.resolve("ringway-control.jar"));
        Files.copy(Path.of("..", "ringway"), directory.resolve("ringway"), StandardCopyOption.COPY_ATTRIBUTES);
        final String command = "cd " + target + "; touch ringway.aot.$$ ringway.aot.$$.config ringway.aot.$$9; " +
            "exec ../../ringway cache";
        try (Program training = Program.start(directory, List.of("sh", "-c", command)))
        {
            assertEquals(0, training.awaitExit(), training.output());
            assertTrue(training.output().contains("no start-up cache (see "), training.output());
        }
        try (Stream<Path> left = Files.list(target))
        {
            assertEquals(List.of("9"), left.map(file -> file.getFileName().toString())
                .filter(name -> name.startsWith("ringway.aot")).map(name -> name.substring(name.length() - 1)).toList());
        }
    }

    @Test
    void shouldRefuseWithOneSentence() throws Exception
    {
        refuses("--no-such-flag", "--no-such-flag");
        refuses("no configuration: give -c FILE");
        refuses("/no/such/file", "-c", "/no/such/file");
        final Path unsupported = Files.writeString(directory.resolve("bad.yaml"),
            "static_resources:\n  clusters:\n  - name: a\n    type: EDS\n");
        refuses("static_resources.clusters[0].type", "-c", unsupported.toString());
        final Path broken = Files.writeString(directory.resolve("broken.yaml"), "static_resources: [\n");
        refuses("broken.yaml", "-c", broken.toString());
        refuses("empty.yaml: is empty", "-c", Files.createFile(directory.resolve("empty.yaml")).toString());
        refuses("a port from 0", "demo", "--page");
    }

    @Test
    void shouldSayWhichFileCannotBeOpenedAndWhy() throws Exception
    {
        final String admin = Bootstraps.admin(Program.freePort());
        final String bootstrap = Files.writeString(directory.resolve("good.yaml"), admin).toString();
        refuses("error: --log-path /no/where.log: cannot be opened: its directory does not exist\n",
            "-c", bootstrap, "--log-path", "/no/where.log");
        refuses("error: --log-path " + directory + ": cannot be opened: Is a directory\n",
            "-c", bootstrap, "--log-path", directory.toString());
        refuses("error: --admin-address-path /no/where: cannot be written: its directory does not exist\n",
            "-c", bootstrap, "--admin-address-path", "/no/where");
        refuses("(bind): its directory does not exist\n", "-c", onPipe(admin, Path.of("/no/where.sock")));
        final Path kept = Files.writeString(directory.resolve("kept"), "of somebody");
        refuses("cannot listen on " + kept + ": there is a file at this path that is not a socket; remove it\n",
            "-c", onPipe(admin, kept));
        assertEquals("of somebody", Files.readString(kept));
    }

    private String onPipe(final String admin, final Path socket) throws Exception
    {
        return Files.writeString(directory.resolve("pipe.yaml"), admin + Bootstraps.http("in",
            "{ pipe: { path: \"" + socket + "\" } }", "",
            "- { match: { prefix: \"/\" }, direct_response: { status: 200 } }")).toString();
    }

    @Test
    void shouldListenOnNothingWhenTheAdminPortIsInUse() throws Exception
    {
        final int port = Program.freePort();
        final Path access = directory.resolve("access.log");
        try (java.net.ServerSocket taken =
            new java.net.ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1")))
        {
            final Path file = Files.writeString(directory.resolve("taken.yaml"),
                Bootstraps.admin(taken.getLocalPort()) + Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port),
                    """
                    access_log:
                    - name: file
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                        path: "%s"
                    """.formatted(access), "- { match: { prefix: \"/\" }, direct_response: { status: 200 } }"));
            refuses("error: admin: cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use\n",
                "-c", file.toString());
            // It is opened between the look at the admin port and the listeners.
            assertFalse(Files.exists(access));
        }
    }

    private void refuses(final String part, final String... arguments) throws Exception
    {
        try (Program proxy = Program.ringway(directory, arguments.length == 0 ? new String[]{"-l", "info"} : arguments))
        {
            assertEquals(1, proxy.awaitExit(), proxy.output());
            assertTrue(proxy.output().contains(part), proxy.output());
            assertFalse(proxy.output().contains("\tat "), proxy.output());
        }
    }

    @Test
    void shouldNameThePortThatIsInUse() throws Exception
    {
        try (java.net.ServerSocket taken =
            new java.net.ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1")))
        {
            final Matcher yaml = README_YAML.matcher(Files.readString(Path.of("..", "README.md")));
            assertTrue(yaml.find());
            final Path file = Files.writeString(directory.resolve("taken.yaml"), yaml.group(1)
                .replace("port_value: 10000", "port_value: " + taken.getLocalPort())
                .replace("port_value: 9901", "port_value: " + Program.freePort()));
            try (Program proxy = Program.ringway(directory, "-c", file.toString()))
            {
                assertEquals(1, proxy.awaitExit(), proxy.output());
                assertTrue(proxy.output().contains("cannot listen on 127.0.0.1:" + taken.getLocalPort()),
                    proxy.output());
                assertTrue(proxy.output().contains("in use"), proxy.output());
            }
        }
    }
}
