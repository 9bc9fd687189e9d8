package dev.ringway.engine.tls;

import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.tls.TestCertificates.Certified;

import javax.net.ssl.SSLContext;
import java.security.KeyPair;
import java.util.List;

/** Certificates of each kind, and contexts made of them. Keys are made once for all tests. */
public final class TlsFixture
{
    static final KeyPair RSA_KEYS = TestCertificates.keys("RSA", 2048);
    static final KeyPair EC_KEYS = TestCertificates.keys("EC", 256);
    static final Certified CA = TestCertificates.authority("test ca");
    static final Certified OTHER_CA = TestCertificates.authority("other ca");
    static final Certified RSA = TestCertificates.leaf(CA, "example.org", RSA_KEYS);
    static final Certified EC = TestCertificates.leaf(CA, "example.org", EC_KEYS);
    static final Certified CLIENT =
        TestCertificates.leaf(CA, "client.example.org", EC_KEYS, "spiffe://mesh/ns/a/sa/b");
    static final Certified STRANGER = TestCertificates.leaf(OTHER_CA, "stranger.example.org", EC_KEYS);

    private static final Certified LOCAL = TestCertificates.leaf(CA, "localhost", EC_KEYS);

    private TlsFixture()
    {
    }

    static TlsSettings server(final Certified... certificates)
    {
        return TlsSettings.server().certificates(
            java.util.Arrays.stream(certificates).map(Certified::shown).toList());
    }

    static TlsSettings client()
    {
        return TlsSettings.client().trustedCa("test ca", CA.pem());
    }

    static TlsContext build(final TlsSettings settings)
    {
        return build(settings, 0);
    }

    /** As one that was built so many seconds ago. */
    static TlsContext build(final TlsSettings settings, final int agoS)
    {
        try
        {
            return TlsContext.build(settings, TestCertificates.NOW.minusSeconds(agoS).toEpochMilli());
        }
        catch (final TlsException e)
        {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    static TlsSettings version(final TlsSettings settings, final int version)
    {
        return settings.versions(version, version);
    }

    static String jdkName(final int version)
    {
        return version == TlsSettings.TLS_1_2 ? "TLSv1.2" : "TLSv1.3";
    }

    /** Context of a listener at localhost. */
    public static TlsContext listener(final boolean requiresClient, final String... alpn)
    {
        final TlsSettings settings = server(LOCAL).alpn(List.of(alpn));
        return build(requiresClient ?
            settings.trustedCa("test ca", CA.pem()).requirePeerCertificate(true) : settings);
    }

    /** How a listener at localhost treats its clients' certificates. */
    public enum Asks
    {
        NOTHING, OPTIONALLY, ALWAYS, FOR_ANOTHER_NAME, FOR_ANOTHER_PIN
    }

    /** Context of a listener at localhost with an RSA and an ECDSA certificate, whose connections are counted. */
    public static TlsContext listener(final TlsCounters ids, final Asks asks)
    {
        final TlsSettings settings =
            server(LOCAL, TestCertificates.leaf(CA, "localhost", RSA_KEYS)).counters(ids);
        if (asks == Asks.FOR_ANOTHER_NAME || asks == Asks.FOR_ANOTHER_PIN)
        {
            settings.peerRule(peer ->
                asks == Asks.FOR_ANOTHER_NAME ? PeerVerdict.WRONG_NAME : PeerVerdict.WRONG_PIN);
        }
        return build(asks == Asks.NOTHING ? settings : settings.trustedCa("test ca", CA.pem())
            .requirePeerCertificate(asks != Asks.OPTIONALLY));
    }

    /** What a server of the JDK shows. */
    public enum Shown
    {
        /** For localhost, by the authority that is trusted. */
        GOOD,
        /** By another authority. */
        STRANGER,
        /** Its time is over. */
        EXPIRED
    }

    /** Context of a connection to an endpoint, which must be by the authority of these certificates. */
    public static TlsContext toEndpoint(final String... alpn)
    {
        return build(client().alpn(List.of(alpn)));
    }

    /** The same with one version of TLS, {@link TlsSettings#TLS_1_2} or {@link TlsSettings#TLS_1_3}, and counters. */
    public static TlsContext toEndpoint(final TlsCounters counters, final int version, final String... alpn)
    {
        return build(version(client(), version).counters(counters).alpn(List.of(alpn)));
    }

    /** What takes the place of a context of {@link #toEndpoint} when files are read again. */
    public static TlsContext again(final TlsContext old, final TlsCounters counters, final int version)
    {
        try
        {
            return TlsContext.rebuild(version(client(), version).counters(counters), old, 0);
        }
        catch (final TlsException e)
        {
            throw new IllegalStateException(e);
        }
    }

    /** Of a server of the JDK. */
    public static SSLContext jdkServer(final Shown shown)
    {
        final Certified certified = switch (shown)
        {
            case GOOD -> LOCAL;
            case STRANGER -> STRANGER;
            case EXPIRED -> TestCertificates.leaf(CA, "localhost", EC_KEYS,
                TestCertificates.NOW.minusSeconds(7200), TestCertificates.NOW.minusSeconds(3600));
        };
        return JdkPeer.context(certified, CA);
    }

    /** The same with one version, as the JDK names it. */
    public static SSLContext jdkClient(final String version)
    {
        return JdkPeer.context(version, null, CA);
    }

    /** A client of the JDK whose certificate's time is over. */
    public static SSLContext jdkExpired()
    {
        return JdkPeer.context(TestCertificates.leaf(CA, "late.example.org", EC_KEYS,
            TestCertificates.NOW.minusSeconds(7200), TestCertificates.NOW.minusSeconds(3600)), CA);
    }

    /** What the JDK's clients trust, and show when they are asked. */
    public static SSLContext jdkClient(final boolean shows)
    {
        return JdkPeer.context(shows ? CLIENT : null, CA);
    }
}
