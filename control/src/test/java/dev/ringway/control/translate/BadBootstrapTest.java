package dev.ringway.control.translate;

import dev.ringway.control.config.BootstrapLoader;
import dev.ringway.control.config.ConfigError;
import dev.ringway.control.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Each file of {@code bootstraps/bad} begins with the errors it must cause, {@code # error: path: reason}; exactly
 * those, with the path whole and the reason at least as far as it is given.
 */
class BadBootstrapTest
{
    private static final Path FOLDER = Path.of("src/test/resources/bootstraps/bad");
    private static final String MARK = "# error: ";

    static Stream<Path> files() throws IOException
    {
        try (Stream<Path> files = Files.list(FOLDER))
        {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void shouldNameFieldAndReason(final Path file) throws IOException
    {
        final List<String> expected = new ArrayList<>(Files.readAllLines(file).stream()
            .filter(line -> line.startsWith(MARK)).map(line -> line.substring(MARK.length())).toList());
        assertTrue(!expected.isEmpty(), "no expected error in " + file);
        final ConfigException refusal = assertThrows(ConfigException.class, () -> translate(file.toString(), null));
        final List<String> unexpected = new ArrayList<>();
        for (final ConfigError error : refusal.errors())
        {
            assertEquals(file.toString(), error.source());
            final String found = error.path() + ": " + error.reason();
            if (!expected.removeIf(found::startsWith))
            {
                unexpected.add(found);
            }
        }
        assertEquals(List.of(), unexpected, "found, but not expected");
        assertEquals(List.of(), expected, "expected, but not found");
    }

    @Test
    void shouldTellTheLine()
    {
        final ConfigException refusal = assertThrows(ConfigException.class,
            () -> translate(null, "node: {}\nstatic_resources:\n  clusters:\n  - name: a\n    type: EDS\n"));
        assertEquals("--config-yaml:5: static_resources.clusters[0].type: 'EDS' is not supported; " +
            "supported: STATIC, STRICT_DNS, LOGICAL_DNS, ORIGINAL_DST", refusal.getMessage());
    }

    @Test
    void shouldTellWhichOfTwoMergedSourcesIsWrong(@TempDir final Path folder)
        throws IOException
    {
        final Path file = Files.writeString(folder.resolve("a.yaml"), "static_resources: {clusters: [{name: a}]}");
        final ConfigException refusal = assertThrows(ConfigException.class, () -> translate(file.toString(),
            "static_resources:\n  clusters:\n  - name: b\n  - name: a\n"));
        assertEquals("--config-yaml:4: static_resources.clusters[2].name: 'a' is given before, in " +
            "static_resources.clusters[0].name", refusal.getMessage());
    }

    @Test
    void shouldSayWhenTheFileIsMissing()
    {
        final ConfigException refusal = assertThrows(ConfigException.class, () -> translate("/no/such.yaml", null));
        assertEquals("/no/such.yaml: no such file", refusal.getMessage());
    }

    @Test
    void shouldKeepTheNumberOfErrorsReadable()
    {
        final String yaml = "static_resources:\n  clusters:\n" + "  - {type: STATIC}\n".repeat(1000);
        final ConfigException refusal = assertThrows(ConfigException.class, () -> translate(null, yaml));
        assertEquals(101, refusal.errors().size());
        assertEquals("900 more errors", refusal.errors().get(100).reason());
    }

    @Test
    void shouldRefuseAliasesThatExplode()
    {
        final StringBuilder yaml = new StringBuilder("a0: !ignore &a0 {x: y}\n");
        for (int i = 1; i < 30; i++)
        {
            yaml.append("a").append(i).append(": !ignore &a").append(i)
                .append(" [*a").append(i - 1).append(", *a").append(i - 1).append("]\n");
        }
        yaml.append("node: {metadata: {a: *a29}}\n");
        final ConfigException refusal = assertThrows(ConfigException.class, () -> translate(null, yaml.toString()));
        assertTrue(refusal.getMessage().contains("values"), refusal.getMessage());
    }

    @Test
    void shouldRefuseWhatHoldsItself()
    {
        assertRefused("node: &a { metadata: { a: *a } }\n", "a");
        assertRefused("static_resources: { listeners: &a [ *a ] }\n", "a");
    }

    @Test
    void shouldRefuseWhatIsNestedTooDeep()
    {
        assertRefused("node: { metadata: { a: " + "[".repeat(100_000) + "]".repeat(100_000) + " } }\n", "nested deeper");
        assertRefused("{ \"node\": { \"metadata\": { \"a\": " + "{\"a\":".repeat(100_000) + "1" +
            "}".repeat(100_000) + " } } }", "nested deeper");
    }

    private static void assertRefused(final String text, final String why)
    {
        final ConfigException refusal = assertThrows(ConfigException.class, () -> translate(null, text));
        assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
    }

    private static void translate(final String file, final String inline) throws ConfigException
    {
        new BootstrapTranslator(new NamedCounters()).translate(new BootstrapLoader(false).load(file, inline));
    }
}
