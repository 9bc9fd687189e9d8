package dev.ringway.control.tools;

import dev.ringway.engine.counters.CountersFile;
import dev.ringway.engine.counters.CountersReader;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Prints the counters and errors of a process from its counters file, {@code ringway stat FILE}. The process may run,
 * and notices nothing, or may have died and left the file.
 */
public final class ProxyStat
{
    private static final String USAGE = """
        usage: ringway stat [FILE|PID] [REGEX]
        Prints counters whose name REGEX finds, and errors, from a process's counters file (/dev/shm/ringway-PID.counters).
        Without FILE or PID: of the only process there is, or the list of files.
        """;

    private ProxyStat()
    {
    }

    /**
     * @param args what to print, see the usage.
     */
    public static void main(final String[] args)
    {
        System.exit(run(args, CountersFile.DEFAULT_DIRECTORY, System.out, System.err));
    }

    /**
     * @param args      of the command line.
     * @param directory where files are looked for by process.
     * @param out       gets the counters.
     * @param err       gets what is wrong.
     * @return exit code: 0, or 1 when nothing could be printed.
     */
    static int run(final String[] args, final Path directory, final PrintStream out, final PrintStream err)
    {
        if (args.length > 2 || args.length > 0 && args[0].startsWith("-"))
        {
            err.print(USAGE);
            return 1;
        }
        try
        {
            final Pattern filter = Pattern.compile(args.length > 1 ? args[1] : "");
            final Path file = args.length > 0 ? file(args[0], directory) : only(directory, err);
            if (file == null)
            {
                return 1;
            }
            try (CountersReader reader = CountersReader.open(file))
            {
                print(reader, filter, out);
            }
            return 0;
        }
        catch (final NoSuchFileException e)
        {
            err.println("error: there is no counters file " + e.getMessage());
        }
        catch (final IOException e)
        {
            err.println("error: " + e.getMessage());
        }
        catch (final PatternSyntaxException e)
        {
            err.println("error: regex: " + e.getDescription() + ": " + e.getPattern());
        }
        return 1;
    }

    private static Path file(final String name, final Path directory)
    {
        return name.matches("\\d{1,9}") ? CountersFile.defaultPath(directory, Long.parseLong(name)) : Path.of(name);
    }

    private static Path only(final Path directory, final PrintStream err) throws IOException
    {
        final List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "ringway-*.counters"))
        {
            found.forEach(files::add);
        }
        if (files.size() == 1)
        {
            return files.get(0);
        }
        err.println(files.isEmpty() ? "error: no counters file in " + directory + "; name one" :
            "error: there are several, name one:");
        files.forEach(file -> err.println("  " + file));
        return null;
    }

    private static void print(final CountersReader reader, final Pattern filter, final PrintStream out)
    {
        final boolean isRunning = ProcessHandle.of(reader.pid()).map(ProcessHandle::isAlive).orElse(false);
        out.println("# " + reader.path() + ": process " + reader.pid() + (isRunning ? ", running" : ", ended") +
            ", started " + Instant.ofEpochMilli(reader.startTimeMs()) + ", " + reader.count() + " of " +
            reader.capacity() + " counters, loops: " + reader.loops());
        final TreeMap<String, Long> values = new TreeMap<>();
        reader.forEach((id, name, kind, value) ->
        {
            if (filter.matcher(name).find())
            {
                values.put(name, value);
            }
        });
        values.forEach((name, value) -> out.println(name + ": " + value));
        reader.forEachError((count, firstMs, lastMs, text) -> out.println("# error, " + count + " times from " +
            Instant.ofEpochMilli(firstMs) + " to " + Instant.ofEpochMilli(lastMs) + ": " + text.strip()));
    }
}
