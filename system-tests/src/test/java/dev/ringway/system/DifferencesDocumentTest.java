package dev.ringway.system;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The list of deliberate differences for readers has those that the comparisons allow. */
final class DifferencesDocumentTest
{
    private static final Path DOCUMENT = Program.REPOSITORY.resolve("docs/differences.md");

    private static String section(final String title) throws Exception
    {
        final String text = Files.readString(DOCUMENT);
        final int start = text.indexOf("## " + title);
        assertTrue(start >= 0, title);
        final int end = text.indexOf("\n## ", start);
        return text.substring(start, end < 0 ? text.length() : end);
    }

    @Test
    void shouldListEachCaseWithItsReason() throws Exception
    {
        final Set<String> expected = EnvoyCases.DIFFERENCES.entrySet().stream()
            .map(one -> "| " + one.getKey() + " | " + one.getValue().reason() + " |")
            .collect(Collectors.toCollection(TreeSet::new));
        final List<String> rows = section("Requests and answers in HTTP/1.1").lines()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| when |")).toList();
        assertEquals(expected, new TreeSet<>(rows));
    }

    @Test
    void shouldNameWhatUpgradesCallsAndLogsDoOtherwise() throws Exception
    {
        for (final String name : GrpcReplyComparisonTest.DIFFERENCES.keySet())
        {
            assertTrue(section("gRPC").contains(name), name);
        }
        for (final String name : UpgradeComparisonTest.DIFFERENCES.keySet())
        {
            assertTrue(section("Upgrades and tunnels").contains(name), name);
        }
        for (final String name : RefusalLogComparisonTest.DIFFERENCES.keySet())
        {
            assertTrue(section("Access log").contains(name), name);
        }
        for (final String names : StatsComparisonTest.LACKING.keySet())
        {
            assertTrue(section("Counters").contains(names), names);
        }
    }
}
