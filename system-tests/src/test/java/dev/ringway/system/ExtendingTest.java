package dev.ringway.system;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import javax.tools.ToolProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The filter of docs/extending.md: compiled as it stands there, put into a jar, and run with the configuration there. */
final class ExtendingTest
{
    private static final Path PAGE = Program.REPOSITORY.resolve("docs/extending.md");
    private static final String SERVICE = "META-INF/services/dev.ringway.engine.filter.HttpFilterProvider";

    @TempDir
    private static Path directory;

    /** Fails as its settings say. */
    private static final String BROKEN = """
        package example;

        import dev.ringway.engine.filter.*;
        import java.util.Map;

        public final class Broken implements HttpFilterProvider
        {
            public String type()
            {
                return "broken";
            }

            public HttpFilterFactory factory(final Map<String, Object> settings, final FilterContext context)
            {
                return switch ((String)settings.get("word"))
                {
                    case "error" -> throw new AssertionError("never");
                    case "silent" -> throw new StackOverflowError();
                    case "mute" -> throw new IllegalStateException()
                    {
                        public String getMessage()
                        {
                            throw this;
                        }
                    };
                    case "nothing" -> null;
                    default -> new HttpFilterFactory()
                    {
                        public HttpFilter create(final FilterLoop loop)
                        {
                            throw new IllegalStateException("not today");
                        }

                        public boolean readsLocalAddress()
                        {
                            throw new IllegalStateException("no address");
                        }
                    };
                };
            }
        }
        """;

    private static Path jar;
    private static Path brokenJar;

    private static String block(final String language) throws IOException
    {
        final Matcher matcher =
            Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertTrue(matcher.find(), language);
        return matcher.group(1);
    }

    @BeforeAll
    static void compile() throws Exception
    {
        final Path source = Files.createDirectories(directory.resolve("src/example")).resolve("Greeting.java");
        Files.writeString(source, block("java"));
        final Path classes = Files.createDirectories(directory.resolve("classes"));
        final int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", classes.toString(), "-cp",
            System.getProperty("java.class.path"), source.toString(),
            Files.writeString(source.resolveSibling("Broken.java"), BROKEN).toString());
        assertEquals(0, result);
        jar = jar("greeting.jar", classes, block("text"));
        brokenJar = jar("broken.jar", classes, "example.Broken");
    }

    private static Path jar(final String name, final Path classes, final String service) throws IOException
    {
        Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(classes.resolve(SERVICE), service);
        final Path jar = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar);
            JarOutputStream entries = new JarOutputStream(out);
            Stream<Path> files = Files.walk(classes))
        {
            for (final Path file : (Iterable<Path>)files.filter(Files::isRegularFile)::iterator)
            {
                entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
            }
        }
        return jar;
    }

    private static Path bootstrap(final int port, final int adminPort, final int originPort, final String filter)
        throws IOException
    {
        final String listener = Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", port), "", """
            - match: { prefix: "/" }
              route: { cluster: origin }
            """);
        return Files.writeString(directory.resolve("bootstrap.yaml"), Bootstraps.admin(adminPort) +
            listener.replace("          http_filters:\n", "          http_filters:\n" + filter.indent(10)) +
            "  clusters:\n" +
            Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", originPort)));
    }

    @Test
    void shouldRunTheFilterOfThePage() throws Exception
    {
        final int port = Program.freePort();
        final int adminPort = Program.freePort();
        try (Origin origin = new Origin(Map.of()))
        {
            final Path file =
                bootstrap(port, adminPort, origin.port(), block("yaml").replace("/etc/ringway/greeting.jar", jar.toString()));
            try (Program program = Program.ringway(directory, "-c", file.toString(), "--concurrency", "1"))
            {
                program.awaitPort(adminPort).awaitPort(port);
                try (Client client = new Client(port))
                {
                    assertEquals("hello, moon", client.send("GET /greet HTTP/1.1\r\nhost: a\r\nx-name: moon\r\n\r\n")
                        .read().text());
                    assertEquals("hello, world", client.send("GET /greet HTTP/1.1\r\nhost: a\r\n\r\n").read().text());
                    final HttpMessage other = client.send("GET /other HTTP/1.1\r\nhost: a\r\n\r\n").read();
                    assertEquals("ok", other.text());
                    assertEquals("greeting", other.field("x-seen-by"));
                }
                new Admin(adminPort).awaitStat("http.in.greetings", 2);
            }
            assertEquals(List.of("/other"), origin.takeSeen().stream().map(request -> request.start().split(" ")[1]).toList());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /etc/ringway/greeting.jar | value.jar: '/etc/ringway/greeting.jar' is no file that can be read
        NO_SERVICE                | has no filter greeting, but none at all: META-INF/services/
        OTHER                     | has no filter farewell, but greeting
        WORD                      | value: the filter greeting refuses them: word is required
        """)
    void shouldSayWhatIsMissing(final String how, final String message) throws Exception
    {
        final Path empty = directory.resolve("empty.jar");
        try (JarOutputStream entries = new JarOutputStream(Files.newOutputStream(empty)))
        {
            entries.putNextEntry(new JarEntry("nothing"));
        }
        final String yaml = block("yaml");
        final String config = switch (how)
        {
            case "NO_SERVICE" -> yaml.replace("/etc/ringway/greeting.jar", empty.toString());
            case "OTHER" -> yaml.replace("/etc/ringway/greeting.jar", jar.toString()).replace("/greeting\n", "/farewell\n");
            case "WORD" -> yaml.replace("/etc/ringway/greeting.jar", jar.toString()).replaceAll(".*word.*\n", "");
            default -> yaml;
        };
        final List<String> faults = ConfigVerdicts.faults(bootstrap(0, 0, 1, config));
        assertEquals(1, faults.size(), faults.toString());
        assertTrue(faults.get(0).contains(message), faults.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        error   | never
        silent  | java.lang.StackOverflowError
        mute    | example.Broken$1
        nothing | it makes no filters
        address | no address
        """)
    void shouldTakeWhatFiltersThrowForAFaultOfTheConfiguration(final String word, final String message) throws Exception
    {
        final String config = block("yaml").replace("/etc/ringway/greeting.jar", brokenJar.toString())
            .replace("/greeting\n", "/broken\n").replace("word: hello", "word: " + word);
        final List<String> faults = ConfigVerdicts.faults(bootstrap(0, 0, 1, config));
        assertEquals(1, faults.size(), faults.toString());
        assertTrue(faults.get(0).endsWith("value: the filter broken refuses them: " + message), faults.toString());
    }
}
