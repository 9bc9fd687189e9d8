package dev.ringway.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Lines of an access log that is written meanwhile. */
final class LogLines
{
    private LogLines()
    {
    }

    /** Those that are meant, once there are so many, or what there is when patience has ended. */
    static List<String> await(final Path log, final int count, final Predicate<String> isMeant) throws Exception
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(Patience.S);
        List<String> logged = whole(log, isMeant);
        while (logged.size() < count && System.nanoTime() < deadlineNs)
        {
            TimeUnit.MILLISECONDS.sleep(20);
            logged = whole(log, isMeant);
        }
        // Envoy says more of why a connection failed.
        return logged.stream().map(line -> line.replaceFirst("\\|[^}]*}", "}")).toList();
    }

    /** The last line may be there in part. */
    private static List<String> whole(final Path log, final Predicate<String> isMeant) throws Exception
    {
        final String text = Files.exists(log) ? new String(Files.readAllBytes(log), UTF_8) : "";
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().filter(isMeant).toList();
    }
}
