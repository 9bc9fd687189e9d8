package dev.ringway.control.dns;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What the system's files say of names and of who is to be asked for them. They are read for each look-up, so that a
 * change is seen; one that cannot be read says nothing. Resolver thread only.
 */
final class SystemFiles
{
    private static final int DNS_PORT = 53;
    private static final int MOST_SERVERS = 3;
    private static final int MOST_DOTS = 15;
    private static final String LOCALHOST = "localhost";

    private final Path hosts;
    private final Path configuration;

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
        this.hosts = hosts;
        this.configuration = configuration;
    }

    /**
     * @param name a name.
     * @param isV6 which addresses are wanted.
     * @return those of the hosts file, in its order; for names of the loopback interface always one.
     */
    List<InetAddress> addresses(final String name, final boolean isV6)
    {
        final String wanted = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        final List<InetAddress> found = new ArrayList<>();
        for (final String line : lines(hosts))
        {
            final String[] words = line.split("#", 2)[0].trim().split("\\s+");
            final InetAddress address =
                Arrays.stream(words).skip(1).anyMatch(wanted::equalsIgnoreCase) ? literal(words[0]) : null;
            if (address != null && address instanceof Inet6Address == isV6 && !found.contains(address))
            {
                found.add(address);
            }
        }
        final boolean isLocal = ('.' + wanted.toLowerCase(Locale.ROOT)).endsWith('.' + LOCALHOST);
        return found.isEmpty() && isLocal ? List.of(InetAddress.ofLiteral(isV6 ? "::1" : "127.0.0.1")) : found;
    }

    /**
     * @return what the configuration says, with its defaults for the rest.
     */
    Servers servers()
    {
        final List<InetSocketAddress> addresses = new ArrayList<>();
        List<String> domains = List.of();
        int dots = 1;
        for (final String line : lines(configuration))
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
