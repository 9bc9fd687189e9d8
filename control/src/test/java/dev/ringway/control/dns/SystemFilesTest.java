package dev.ringway.control.dns;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class SystemFilesTest
{
    @TempDir
    Path directory;

    private SystemFiles files;

    @BeforeEach
    void start()
    {
        files = new SystemFiles(directory.resolve("hosts"), directory.resolve("resolv.conf"));
    }

    private static List<InetAddress> addresses(final String... literals)
    {
        return Arrays.stream(literals).map(InetAddress::ofLiteral).toList();
    }

    @Test
    void shouldFindAllAddressesOfANameInTheHostsFile() throws Exception
    {
        Files.writeString(directory.resolve("hosts"), """
            # 10.0.0.9 a
            10.0.0.1\tb A   # a comment with c
            10.0.0.2 a
            10.0.0.2 a
            2001:db8::1 a
            nonsense a
            10.0.0.3
            """);
        assertEquals(addresses("10.0.0.1", "10.0.0.2"), files.addresses("a", false));
        assertEquals(addresses("10.0.0.1", "10.0.0.2"), files.addresses("a.", false));
        assertEquals(addresses("2001:db8::1"), files.addresses("A", true));
        assertEquals(List.of(), files.addresses("c", false));
    }

    @Test
    void shouldKnowTheLoopbackInterfaceWithoutAHostsFile()
    {
        assertEquals(addresses("127.0.0.1"), files.addresses("localhost", false));
        assertEquals(addresses("::1"), files.addresses("a.LocalHost", true));
        assertEquals(List.of(), files.addresses("notlocalhost", false));
    }

    @Test
    void shouldReadWhoIsAsked() throws Exception
    {
        Files.writeString(directory.resolve("resolv.conf"), """
            ; generated
            domain old.test
            nameserver 10.0.0.1
            nameserver 2001:db8::53 # second
            nameserver ns.test
            nameserver 10.0.0.3
            nameserver 10.0.0.4
            search a.test b.test
            options timeout:1 ndots:2
            """);
        assertEquals(new SystemFiles.Servers(List.of(new InetSocketAddress("10.0.0.1", 53),
            new InetSocketAddress("2001:db8::53", 53), new InetSocketAddress("10.0.0.3", 53)),
            List.of("a.test", "b.test"), 2), files.servers());
    }

    @Test
    void shouldAskTheLoopbackInterfaceWhereNothingIsSaid()
    {
        assertEquals(new SystemFiles.Servers(List.of(new InetSocketAddress("127.0.0.1", 53)), List.of(), 1),
            files.servers());
    }

    @Test
    void shouldSearchNamesOfFewDotsInDomainsFirst()
    {
        final SystemFiles.Servers servers = new SystemFiles.Servers(List.of(), List.of("a.test", "."), 1);
        assertEquals(List.of("x.a.test", "x", "x"), servers.candidates("x"));
        assertEquals(List.of("x.y", "x.y.a.test", "x.y"), servers.candidates("x.y"));
        assertEquals(List.of("x."), servers.candidates("x."));
    }

    @Test
    void shouldReadFilesAgainWhenTheyHaveChanged() throws Exception
    {
        final Path hosts = directory.resolve("hosts");
        Files.writeString(hosts, "10.0.0.1 a");
        final FileTime written = Files.getLastModifiedTime(hosts);
        assertEquals(addresses("10.0.0.1"), files.addresses("a", false));
        Files.writeString(hosts, "10.0.0.2 a");
        Files.setLastModifiedTime(hosts, written);
        assertEquals(addresses("10.0.0.1"), files.addresses("a", false));
        Files.setLastModifiedTime(hosts, FileTime.fromMillis(written.toMillis() + 1));
        assertEquals(addresses("10.0.0.2"), files.addresses("a", false));
        Files.delete(hosts);
        assertEquals(List.of(), files.addresses("a", false));
    }
}
