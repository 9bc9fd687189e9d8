package dev.ringway.ffi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks the C compiler what the system headers say: writes a program that prints the values of expressions, compiles
 * and runs it.
 */
public final class CHeaders
{
    private static final Pattern UNDECLARED =
        Pattern.compile("error: '([A-Za-z_0-9]+)' undeclared|has no member named '([A-Za-z_0-9]+)'");

    private final Path dir;
    private final List<String> includes;
    private final String declarations;
    private final Set<String> missing = new TreeSet<>();

    /**
     * @param dir      for the program.
     * @param includes headers, in order.
     */
    public CHeaders(final Path dir, final List<String> includes)
    {
        this(dir, includes, "");
    }

    /**
     * @param dir          for the program.
     * @param includes     headers, in order.
     * @param declarations C code behind them that expressions may use.
     */
    public CHeaders(final Path dir, final List<String> includes, final String declarations)
    {
        this.dir = dir;
        this.includes = includes;
        this.declarations = declarations;
    }

    /**
     * Declares an array with given bytes, aligned as a structure.
     *
     * @param name  of the array.
     * @param bytes its content.
     * @return the declaration.
     */
    public static String array(final String name, final byte[] bytes)
    {
        final StringBuilder text =
            new StringBuilder("static _Alignas(16) unsigned char ").append(name).append("[] = {");
        for (final byte value : bytes)
        {
            text.append(value & 0xFF).append(", ");
        }
        return text.append("};\n").toString();
    }

    /**
     * Evaluates expressions. Those that name something these headers do not have are left out.
     *
     * @param expressions of an integer type.
     * @return expression and value.
     */
    public Map<String, Long> evaluate(final Collection<String> expressions)
    {
        final List<String> left = new ArrayList<>(expressions);
        final String errors = compile(source(left));
        if (!errors.isEmpty())
        {
            final Set<String> names = new TreeSet<>();
            final Matcher matcher = UNDECLARED.matcher(errors);
            while (matcher.find())
            {
                names.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
            }
            left.removeIf((expression) -> names.stream().anyMatch((name) -> mentions(expression, name)));
            missing.addAll(names);
            final String remaining = compile(source(left));
            if (names.isEmpty() || !remaining.isEmpty())
            {
                throw new AssertionError("cannot compile against the system headers: " + errors + remaining);
            }
        }
        final Map<String, Long> values = new LinkedHashMap<>();
        for (final String line : run(List.of(dir.resolve("check").toString())).lines().toList())
        {
            final int space = line.indexOf(' ');
            values.put(left.get(Integer.parseInt(line, 0, space, 10)), Long.parseLong(line.substring(space + 1)));
        }
        return values;
    }

    /**
     * @return names that these headers do not have.
     */
    public Set<String> missing()
    {
        return missing;
    }

    private static boolean mentions(final String expression, final String name)
    {
        return Pattern.compile("\\b" + name + "\\b").matcher(expression).find();
    }

    /** A function each, because the compiler names an unknown identifier once per function. */
    private String source(final List<String> expressions)
    {
        final StringBuilder source = new StringBuilder("#define _GNU_SOURCE\n");
        source.append("#include <stdio.h>\n#include <stddef.h>\n");
        includes.forEach((include) -> source.append("#include <").append(include).append(">\n"));
        source.append(declarations);
        for (int i = 0; i < expressions.size(); i++)
        {
            source.append("static long long f").append(i).append("(void) { return (long long)(")
                .append(expressions.get(i)).append("); }\n");
        }
        source.append("int main(void)\n{\n");
        for (int i = 0; i < expressions.size(); i++)
        {
            source.append("    printf(\"").append(i).append(" %lld\\n\", f").append(i).append("());\n");
        }
        return source.append("    return 0;\n}\n").toString();
    }

    private String compile(final String source)
    {
        try
        {
            final Path file = Files.writeString(dir.resolve("check.c"), source);
            return run(List.of("gcc", "-std=gnu11", "-w", "-o", dir.resolve("check").toString(), file.toString()));
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
    }

    private static String run(final List<String> command)
    {
        try
        {
            final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C");
            final Process process = builder.start();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS))
            {
                process.destroyForcibly();
                throw new AssertionError("still running after 20 s: " + command);
            }
            return output;
        }
        catch (final IOException e)
        {
            throw new AssertionError(
                "cannot run " + command.get(0) + ": this test needs it, install gcc and libc6-dev", e);
        }
        catch (final InterruptedException e)
        {
            throw new AssertionError(e);
        }
    }
}
