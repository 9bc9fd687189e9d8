import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code Repeat SECONDS CLASS...}: runs each test class again and again for that long in this JVM, and prints a line for
 * each: how many runs, how many tests, and which failed how often, each with its first stack trace.
 */
final class Repeat
{
    private static final int MOST_LINES = 40;

    private final Launcher launcher = LauncherFactory.create();
    private final Map<String, Integer> failed = new TreeMap<>();
    private final Map<String, String> why = new TreeMap<>();

    public static void main(final String[] args)
    {
        final PrintStream out = System.out;
        // What tests print says nothing when thousands of them run.
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        System.setErr(System.out);
        final long ns = (long)(Double.parseDouble(args[0]) * 1e9);
        for (final String name : Arrays.asList(args).subList(1, args.length))
        {
            new Repeat().run(name, ns, out);
        }
        System.exit(0);
    }

    private void run(final String name, final long ns, final PrintStream out)
    {
        final LauncherDiscoveryRequest request =
            LauncherDiscoveryRequestBuilder.request().selectors(DiscoverySelectors.selectClass(name)).build();
        final long beginNs = System.nanoTime();
        int runs = 0;
        long tests = 0;
        do
        {
            final SummaryGeneratingListener listener = new SummaryGeneratingListener();
            launcher.execute(request, listener);
            runs++;
            tests += listener.getSummary().getTestsFoundCount();
            listener.getSummary().getFailures().forEach(this::keep);
        }
        while (System.nanoTime() - beginNs < ns);
        out.println((failed.isEmpty() ? "ok   " : "FAIL ") + name + " runs " + runs + " tests " + tests + ' ' + failed);
        why.forEach((test, trace) -> out.println("  " + test + '\n' + trace));
        out.flush();
    }

    private void keep(final TestExecutionSummary.Failure failure)
    {
        final String test = failure.getTestIdentifier().getUniqueId().replaceAll(".*class:", "");
        failed.merge(test, 1, Integer::sum);
        final StringWriter trace = new StringWriter();
        failure.getException().printStackTrace(new PrintWriter(trace));
        why.putIfAbsent(test, trace.toString().lines().limit(MOST_LINES)
            .reduce("", (all, line) -> all + "    " + line + '\n'));
    }
}
