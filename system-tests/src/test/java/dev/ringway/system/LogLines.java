package dev.ringway.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Lines of an access log that is written meanwhile. */
final class LogLines
{
    private static final int PATIENCE_S = 20;

    private LogLines()
    {
    }

    /** Those that are meant, once there are so many, or what there is when patience has ended. */
    static List<String> await(final Path log, final int count, final Predicate<String> isMeant) throws Exception
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        List<String> logged = List.of();
        while (logged.size() < count && System.nanoTime() < deadlineNs)
        {
            TimeUnit.MILLISECONDS.sleep(50);
            logged = Files.exists(log) ? Files.readAllLines(log).stream().filter(isMeant).toList() : logged;
        }
        // Envoy says more of why a connection failed.
        return logged.stream().map(line -> line.replaceFirst("\\|[^}]*}", "}")).toList();
    }
}
