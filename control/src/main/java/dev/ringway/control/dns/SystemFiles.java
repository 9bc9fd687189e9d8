package dev.ringway.control.dns;

import dev.ringway.control.translate.FileStamps;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * What the system's files say of names and of who is to be asked for them. They are looked at for each look-up and read
 * again when they have changed; one that cannot be read says nothing. Resolver thread only.
 */
final class SystemFiles
{
    private static final int DNS_PORT = 53;
    private static final int MOST_SERVERS = 3;
    private static final int MOST_DOTS = 15;
    private static final String LOCALHOST = "localhost";

    /** Addresses by names in lower case, in the order of the file. */
    private final Read<Map<String, List<InetAddress>>> hosts;
    private final Read<Servers> configuration;

    /** What a file says, read when it is another than before. */
    private static final class Read<T>
    {
        private final Path file;
        private final Function<List<String>, T> meaning;
        private FileStamps stamps;
        private T value;

        Read(final Path file, final Function<List<String>, T> meaning)
        {
            this.file = file;
            this.meaning = meaning;
        }

        /** It is looked at before it is read: what is written meanwhile is seen the next time. */
        T value()
        {
            final FileStamps now = new FileStamps();
            now.add(file);
            if (!now.equals(stamps))
            {
                stamps = now;
                value = meaning.apply(lines(file));
            }
            return value;
        }
    }

    /** Who is asked, in which domains names are searched, and how many dots a name has that is tried as it is first. */
    record Servers(List<InetSocketAddress> addresses, List<String> domains, int dots)
    {
        /**
         * @param name as it is configured.
         * @return the names to ask for, in turn.
         */
        List<String> candidates(final String name)
        {
            if (name.endsWith("."))
            {
                return List.of(name);
            }
            final List<String> all = new ArrayList<>();
            domains.forEach(domain -> all.add(domain.equals(".") ? name : name + '.' + domain));
            all.add(name.chars().filter(c -> c == '.').count() >= dots ? 0 : all.size(), name);
            return all;
        }
    }

    /**
     * @param hosts         in the form of {@code /etc/hosts}.
     * @param configuration in the form of {@code /etc/resolv.conf}.
     */
    SystemFiles(final Path hosts, final Path configuration)
    {
        this.hosts = new Read<>(hosts, SystemFiles::hosts);
        this.configuration = new Read<>(configuration, SystemFiles::servers);
    }

    /**
     * @param name a name.
     * @param isV6 which addresses are wanted.
     * @return those of the hosts file, in its order; for names of the loopback interface always one.
     */
    List<InetAddress> addresses(final String name, final boolean isV6)
    {
        final String wanted =
            (name.endsWith(".") ? name.substring(0, name.length() - 1) : name).toLowerCase(Locale.ROOT);
        final List<InetAddress> found = hosts.value().getOrDefault(wanted, List.of()).stream()
            .filter(address -> address instanceof Inet6Address == isV6).toList();
        final boolean isLocal = ('.' + wanted).endsWith('.' + LOCALHOST);
        return found.isEmpty() && isLocal ? List.of(InetAddress.ofLiteral(isV6 ? "::1" : "127.0.0.1")) : found;
    }

    private static Map<String, List<InetAddress>> hosts(final List<String> lines)
    {
        final Map<String, List<InetAddress>> all = new HashMap<>();
        for (final String line : lines)
        {
            final String[] words = line.split("#", 2)[0].trim().split("\\s+");
            final InetAddress address = words.length > 1 ? literal(words[0]) : null;
            if (address != null)
            {
                Arrays.stream(words).skip(1).map(name -> all.computeIfAbsent(
                        name.toLowerCase(Locale.ROOT), unknown -> new ArrayList<>()))
                    .filter(known -> !known.contains(address)).forEach(known -> known.add(address));
            }
        }
        return all;
    }

    /**
     * @return what the configuration says, with its defaults for the rest.
     */
    Servers servers()
    {
        return configuration.value();
    }

    private static Servers servers(final List<String> lines)
    {
        final List<InetSocketAddress> addresses = new ArrayList<>();
        List<String> domains = List.of();
        int dots = 1;
        for (final String line : lines)
        {
            final String[] words = line.split("[#;]", 2)[0].trim().split("\\s+");
            final List<String> values = Arrays.asList(words).subList(1, words.length);
            switch (words[0])
            {
                case "nameserver" -> values.stream().limit(1).map(SystemFiles::literal)
                    .filter(address -> address != null && addresses.size() < MOST_SERVERS)
                    .forEach(address -> addresses.add(new InetSocketAddress(address, DNS_PORT)));
                case "domain", "search" -> domains = List.copyOf(values);
                case "options" -> dots = dots(values, dots);
                default ->
                {
                }
            }
        }
        return new Servers(addresses.isEmpty() ? List.of(new InetSocketAddress("127.0.0.1", DNS_PORT)) : addresses,
            domains, dots);
    }

    private static int dots(final List<String> options, final int unset)
    {
        return options.stream().filter(option -> option.matches("ndots:[0-9]{1,3}"))
            .mapToInt(option -> Math.min(MOST_DOTS, Integer.parseInt(option.substring(option.indexOf(':') + 1))))
            .reduce(unset, (before, last) -> last);
    }

    private static List<String> lines(final Path file)
    {
        try
        {
            // Names are ASCII; anything else must not make the whole file unreadable.
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        }
        catch (final IOException e)
        {
            return List.of();
        }
    }

    private static InetAddress literal(final String text)
    {
        try
        {
            return InetAddress.ofLiteral(text);
        }
        catch (final IllegalArgumentException e)
        {
            return null;
        }
    }
}
