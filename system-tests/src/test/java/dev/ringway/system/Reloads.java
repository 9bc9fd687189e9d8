package dev.ringway.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** A Ringway process whose configuration changes while it runs. */
final class Reloads implements AutoCloseable
{
    final Program ringway;
    final Admin admin;
    private final Path file;
    private final int adminPort;

    /** Reloads when it is told to only; the resources begin with the listeners. */
    Reloads(final Path directory, final String resources, final String... arguments) throws Exception
    {
        this(directory, resources, Stream.concat(Stream.of("--no-config-watch"), Stream.of(arguments)).toList());
    }

    private Reloads(final Path directory, final String resources, final List<String> arguments) throws Exception
    {
        adminPort = Program.freePort();
        file = directory.resolve("ringway.yaml");
        Files.writeString(file, Bootstraps.admin(adminPort) + resources);
        ringway = Program.ringway(directory, Stream.concat(
            Stream.of("-c", file.toString(), "--concurrency", "2"), arguments.stream()).toArray(String[]::new));
        ringway.awaitPort(adminPort);
        admin = new Admin(adminPort);
        ringway.awaitOutput("serving with");
        Patience.await(() -> version() > 0, () -> "all loops with the first configuration");
    }

    /** Also reloads when its file has changed. */
    static Reloads watching(final Path directory, final String resources) throws Exception
    {
        return new Reloads(directory, resources, List.of());
    }

    Path file()
    {
        return file;
    }

    int adminPort()
    {
        return adminPort;
    }

    /** Puts another configuration in place of the file's, in one step, and has it loaded; waits for neither outcome. */
    void signal(final String resources) throws Exception
    {
        write(Bootstraps.admin(adminPort) + resources);
        ringway.signal("HUP");
    }

    void write(final String whole) throws IOException
    {
        final Path half = file.resolveSibling("half");
        Files.writeString(half, whole);
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The same, and waits until it is in force and each loop works with it. */
    void reload(final String resources) throws Exception
    {
        final long before = count("update_success");
        final long version = version();
        signal(resources);
        awaitCount("update_success", before + 1);
        Patience.await(() -> version() > version, () -> "all loops with what is newer than " + version);
    }

    /** What the loop works with that is behind the others. */
    private long version() throws Exception
    {
        return admin.stats("^loop.*snapshot_version").values().stream().mapToLong(Long::longValue).min()
            .orElseThrow();
    }

    /** The same for one that is refused, with this reason in the log. */
    void refuse(final String resources, final String reason) throws Exception
    {
        final long before = count("update_rejected");
        signal(resources);
        awaitCount("update_rejected", before + 1);
        ringway.awaitOutput(reason);
    }

    long count(final String name) throws Exception
    {
        final Map<String, Long> counts = admin.stats("^config_file");
        assertTrue(counts.containsKey("config_file." + name), counts::toString);
        return counts.get("config_file." + name);
    }

    void awaitCount(final String name, final long least) throws Exception
    {
        Patience.await(() -> count(name) >= least, () -> name + " " + least + ": " + ringway.output());
    }

    /** A listener that answers all itself. */
    static String direct(final String name, final int port, final String answer)
    {
        return Bootstraps.http(name, Bootstraps.tcpAddress("127.0.0.1", port), "",
            "- match: { prefix: \"/\" }\n  direct_response: { status: 200, body: { inline_string: \"" + answer +
            "\" } }\n");
    }

    /** A listener that forwards all. */
    static String forward(final String name, final int port, final String cluster)
    {
        return Bootstraps.http(name, Bootstraps.tcpAddress("127.0.0.1", port), "",
            "- match: { prefix: \"/\" }\n  route: { cluster: " + cluster + " }\n");
    }

    static String clusters(final Map<String, Origin> origins)
    {
        final StringBuilder text = new StringBuilder("  clusters:\n");
        origins.forEach((name, origin) -> text.append(
            Bootstraps.cluster(name, "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port()))));
        return text.toString();
    }

    public void close()
    {
        ringway.close();
    }
}
