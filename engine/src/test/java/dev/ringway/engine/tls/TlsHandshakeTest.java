package dev.ringway.engine.tls;

import dev.ringway.engine.tls.TestCertificates.Certified;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static dev.ringway.engine.tls.TlsFixture.CA;
import static dev.ringway.engine.tls.TlsFixture.CLIENT;
import static dev.ringway.engine.tls.TlsFixture.EC;
import static dev.ringway.engine.tls.TlsFixture.EC_KEYS;
import static dev.ringway.engine.tls.TlsFixture.RSA;
import static dev.ringway.engine.tls.TlsFixture.RSA_KEYS;
import static dev.ringway.engine.tls.TlsFixture.STRANGER;
import static dev.ringway.engine.tls.TlsFixture.client;
import static dev.ringway.engine.tls.TlsFixture.jdkName;
import static dev.ringway.engine.tls.TlsFixture.server;
import static dev.ringway.engine.tls.TlsFixture.version;
import static dev.ringway.engine.tls.TlsSettings.TLS_1_2;
import static dev.ringway.engine.tls.TlsSettings.TLS_1_3;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class TlsHandshakeTest
{
    private static final byte[] PING = "ping".getBytes();

    private final TlsEngines engines = new TlsEngines();
    private final List<TlsContext> contexts = new ArrayList<>();

    @AfterEach
    void shouldHoldNothing()
    {
        assertEquals(0, engines.inUse());
        for (final TlsContext context : contexts)
        {
            assertEquals(1, context.references());
            context.release();
        }
    }

    private TlsContext build(final TlsSettings settings)
    {
        final TlsContext context = TlsFixture.build(settings);
        contexts.add(context);
        return context;
    }

    static Stream<Arguments> matrix()
    {
        final List<Arguments> all = new ArrayList<>();
        for (final int version : new int[]{TLS_1_2, TLS_1_3})
        {
            for (final Certified certificate : List.of(RSA, EC))
            {
                all.add(Arguments.of(version, certificate, false));
                all.add(Arguments.of(version, certificate, true));
            }
        }
        return all.stream();
    }

    private static TlsSettings asking(final TlsSettings settings, final boolean asks)
    {
        return asks ? settings.trustedCa("test ca", CA.pem()).requirePeerCertificate(true) : settings;
    }

    private static TlsSettings showing(final TlsSettings settings, final boolean shows)
    {
        return shows ? settings.certificates(List.of(CLIENT.shown())) : settings;
    }

    private static void shouldTalk(final TlsPeer client, final TlsPeer server)
    {
        TlsPeer.connect(client, server);
        assertTrue(client.isEstablished());
        assertTrue(server.isEstablished());
        server.exchange(client.write(PING));
        assertArrayEquals(PING, server.received());
        client.exchange(server.write(PING));
        assertArrayEquals(PING, client.received());
        server.exchange(client.end());
        assertTrue(server.isEnded());
        client.exchange(server.end());
        assertTrue(client.isEnded());
        assertFalse(client.isFailed() || server.isFailed());
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void shouldTalkToItself(final int version, final Certified certificate, final boolean isMutual)
    {
        try (EnginePeer server = new EnginePeer(engines, build(asking(server(certificate), isMutual)));
            EnginePeer client = new EnginePeer(
                engines, build(version(showing(client(), isMutual), version)), "example.org", 0))
        {
            shouldTalk(client, server);
            assertEquals(version, server.engine.agreement().version());
            assertEquals("example.org", server.engine.agreement().serverName());
            assertEquals(isMutual ? 1 : 0, server.tasks());
            assertEquals(1, client.tasks());
            final PeerCertificate shown = server.engine.agreement().peerCertificate();
            assertEquals(isMutual ? "CN=client.example.org" : null, shown == null ? null : shown.subject());
        }
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void shouldServeTheJdk(final int version, final Certified certificate, final boolean isMutual)
    {
        final var context = JdkPeer.context(isMutual ? CLIENT : null, CA);
        try (EnginePeer server = new EnginePeer(
            engines, build(version(asking(server(certificate), isMutual), version).alpn(List.of("h2", "http/1.1"))));
            JdkPeer client = JdkPeer.client(context, jdkName(version), "http/1.1", "h2"))
        {
            shouldTalk(client, server);
            assertEquals("h2", server.engine.agreement().alpn());
            assertEquals("h2", client.engine().getApplicationProtocol());
        }
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void shouldBeServedByTheJdk(final int version, final Certified certificate, final boolean isMutual)
    {
        final var context = JdkPeer.context(certificate, CA);
        try (JdkPeer server = JdkPeer.server(context, jdkName(version), isMutual, "h2");
            EnginePeer client = new EnginePeer(
                engines, build(showing(client(), isMutual).alpn(List.of("http/1.1", "h2"))), "example.org", 0))
        {
            shouldTalk(client, server);
            assertEquals("h2", client.engine.agreement().alpn());
            assertEquals("CN=example.org", client.engine.agreement().peerCertificate().subject());
        }
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void shouldTakeFlightsByteByByteIntoLittleRoom(
        final int version, final Certified certificate, final boolean isMutual)
    {
        try (EnginePeer server = new EnginePeer(engines, build(asking(server(certificate), isMutual)));
            EnginePeer client = new EnginePeer(
                engines, build(version(showing(client(), isMutual), version)), "example.org", 0))
        {
            shouldTalk(
                client.piece(1).room(TlsEngine.LEAST_ROOM), server.piece(1).room(TlsEngine.LEAST_ROOM));
        }
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void shouldResume(final int version, final Certified certificate, final boolean isMutual)
    {
        final TlsContext serverContext = build(asking(server(certificate), isMutual));
        final TlsContext clientContext = build(version(showing(client(), isMutual), version));
        long session = 0;
        for (int i = 0; i < 3; i++)
        {
            try (EnginePeer server = new EnginePeer(engines, serverContext);
                EnginePeer client = new EnginePeer(engines, clientContext, "example.org", session))
            {
                if (session != 0)
                {
                    TlsEngines.freeSession(session);
                }
                shouldTalk(client, server);
                assertEquals(i > 0, server.engine.agreement().isResumed());
                assertEquals(i > 0, client.engine.agreement().isResumed());
                assertEquals(isMutual, server.engine.agreement().peerCertificate() != null);
                session = client.engine.takeSession();
                assertEquals(i == 0 || version == TLS_1_3, session != 0);
                if (session == 0)
                {
                    return;
                }
            }
        }
        TlsEngines.freeSession(session);
    }

    @Test
    void shouldResumeOnlyByAKeyItKnows()
    {
        final byte[] first = new byte[80];
        final byte[] second = new byte[80];
        second[0] = 1;
        final TlsContext old = build(server(EC).ticketKeys(List.of(first)));
        final TlsContext rotated = build(server(EC).ticketKeys(List.of(second, first)));
        final TlsContext later = build(server(EC).ticketKeys(List.of(second)));
        final TlsContext clientContext = build(client());
        final long session = sessionOf(clientContext, old);
        assertTrue(isResumed(clientContext, rotated, session));
        assertFalse(isResumed(clientContext, later, session));
        TlsEngines.freeSession(session);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 16, 47, 48, 79})
    void shouldUseAllOfATicketKey(final int changed)
    {
        final byte[] key = new byte[80];
        final byte[] other = new byte[80];
        other[changed] = 1;
        final TlsContext clientContext = build(client());
        final long session = sessionOf(clientContext, build(server(EC).ticketKeys(List.of(key))));
        assertFalse(isResumed(clientContext, build(server(EC).ticketKeys(List.of(other))), session));
        assertTrue(isResumed(clientContext, build(server(EC).ticketKeys(List.of(key))), session));
        TlsEngines.freeSession(session);
    }

    @Test
    void shouldNotResumeWhereACertificateIsAskedForWithATicketFromElsewhere()
    {
        final byte[] key = new byte[80];
        final TlsContext open = build(server(EC).ticketKeys(List.of(key)));
        final TlsContext asking = build(asking(server(EC), true).ticketKeys(List.of(key)));
        final TlsContext clientContext = build(client());
        final long session = sessionOf(clientContext, open);
        try (EnginePeer server = new EnginePeer(engines, asking);
            EnginePeer client = new EnginePeer(engines, clientContext, "example.org", session))
        {
            TlsPeer.connect(client, server);
            assertFalse(server.isEstablished());
        }
        TlsEngines.freeSession(session);
    }

    private long sessionOf(final TlsContext clientContext, final TlsContext serverContext)
    {
        try (EnginePeer server = new EnginePeer(engines, serverContext);
            EnginePeer client = new EnginePeer(engines, clientContext, "example.org", 0))
        {
            shouldTalk(client, server);
            final long session = client.engine.takeSession();
            assertNotEquals(0, session);
            return session;
        }
    }

    private boolean isResumed(final TlsContext clientContext, final TlsContext serverContext, final long session)
    {
        try (EnginePeer server = new EnginePeer(engines, serverContext);
            EnginePeer client = new EnginePeer(engines, clientContext, "example.org", session))
        {
            shouldTalk(client, server);
            return server.engine.agreement().isResumed();
        }
    }

    @Test
    void shouldNotResumeWhenItIsTurnedOff()
    {
        try (EnginePeer server = new EnginePeer(engines, build(server(EC).resume(false)));
            EnginePeer client = new EnginePeer(engines, build(client()), "example.org", 0))
        {
            shouldTalk(client, server);
            assertEquals(0, client.engine.takeSession());
        }
    }

    @Test
    void shouldShowTheCertificateThatTheClientCanVerify()
    {
        final TlsContext both = build(server(EC, RSA));
        for (final String kind : List.of("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"))
        {
            final TlsSettings settings = version(client(), TLS_1_2).ciphers(List.of(kind));
            try (EnginePeer server = new EnginePeer(engines, both);
                EnginePeer client = new EnginePeer(engines, build(settings), "example.org", 0))
            {
                shouldTalk(client, server);
                assertEquals(kind, client.engine.agreement().cipher());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void shouldRefuseAClientWithoutOrWithAStrangersCertificate(
        final int version, final Certified certificate, final boolean isStranger)
    {
        final TlsContext asking = build(asking(server(certificate), true));
        final TlsSettings settings = version(client(), version);
        final TlsContext clientContext =
            build(isStranger ? settings.certificates(List.of(STRANGER.shown())) : settings);
        try (EnginePeer server = new EnginePeer(engines, asking);
            EnginePeer client = new EnginePeer(engines, clientContext, "example.org", 0))
        {
            TlsPeer.connect(client, server);
            assertFalse(server.isEstablished());
            assertTrue(server.isFailed());
            assertTrue(client.isFailed());
            final String reason = TlsEngine.errorText(server.engine.errorId());
            assertTrue(reason.contains(isStranger ? "VERIFY_FAILED" : "PEER_DID_NOT_RETURN"), reason);
        }
    }

    @Test
    void shouldRefuseAServerThatItDoesNotTrustOrWhoseTimeIsOver()
    {
        final Certified expired = TestCertificates.leaf(CA, "example.org", TlsFixture.EC_KEYS,
            TestCertificates.NOW.minusSeconds(7200), TestCertificates.NOW.minusSeconds(3600));
        for (final Certified wrong : List.of(STRANGER, expired))
        {
            try (EnginePeer server = new EnginePeer(engines, TlsFixture.build(server(wrong), 7000));
                EnginePeer client = new EnginePeer(engines, build(client()), "example.org", 0))
            {
                TlsPeer.connect(client, server);
                assertFalse(client.isEstablished());
                assertTrue(client.isFailed() && server.isFailed());
                assertEquals(TlsEngine.FAILED, client.engine.handshake(0, 0, 0, 0));
                final String alert = TlsEngine.errorText(server.engine.errorId());
                assertTrue(alert.contains(wrong == expired ? "CERTIFICATE_EXPIRED" : "UNKNOWN_CA"), alert);
            }
        }
    }

    @Test
    void shouldTakeAnyServerWithoutATrustedCaUnlessTheRuleRefusesIt()
    {
        final TlsContext serverContext = build(server(STRANGER));
        try (EnginePeer server = new EnginePeer(engines, serverContext);
            EnginePeer client = new EnginePeer(engines, build(TlsSettings.client())))
        {
            shouldTalk(client, server);
            assertEquals("CN=stranger.example.org", client.engine.agreement().peerCertificate().subject());
        }
        final TlsSettings pinned = TlsSettings.client().peerRule(peer -> PeerVerdict.WRONG_PIN);
        try (EnginePeer server = new EnginePeer(engines, serverContext);
            EnginePeer client = new EnginePeer(engines, build(pinned)))
        {
            TlsPeer.connect(client, server);
            assertTrue(client.isFailed());
            assertEquals(PeerVerdict.WRONG_PIN, client.engine.verdict());
        }
    }

    @Test
    void shouldAskTheRuleForThePeer()
    {
        final List<PeerCertificate> asked = new ArrayList<>();
        final TlsContext asking = build(asking(server(EC), true).peerRule(peer ->
            asked.add(peer) ? PeerVerdict.WRONG_NAME : PeerVerdict.TAKEN));
        try (EnginePeer server = new EnginePeer(engines, asking);
            EnginePeer client = new EnginePeer(engines, build(showing(client(), true)), "example.org", 0))
        {
            TlsPeer.connect(client, server);
            assertFalse(server.isEstablished());
            final PeerCertificate peer = asked.get(0);
            assertEquals(List.of(new PeerCertificate.Name(PeerCertificate.DNS, "client.example.org"),
                new PeerCertificate.Name(PeerCertificate.URI, "spiffe://mesh/ns/a/sa/b")), peer.names());
            assertEquals("CN=test ca", peer.issuer());
            assertEquals(64, peer.sha256().length());
            assertEquals(44, peer.spkiSha256().length());
            assertTrue(peer.pem().startsWith("-----BEGIN CERTIFICATE-----\n"));
        }
    }

    @Test
    void shouldTakeAClientThatHasNoCertificateWhenNoneIsRequired()
    {
        try (EnginePeer server = new EnginePeer(engines, build(server(EC).trustedCa("test ca", CA.pem())));
            EnginePeer client = new EnginePeer(engines, build(client()), null, 0))
        {
            shouldTalk(client, server);
            assertNull(server.engine.agreement().peerCertificate());
            assertNull(server.engine.agreement().serverName());
            assertNull(server.engine.agreement().alpn());
        }
    }

    @Test
    void shouldAgreeOnNoProtocolWhenNoneIsShared()
    {
        try (EnginePeer server = new EnginePeer(engines, build(server(EC).alpn(List.of("h2"))));
            EnginePeer client = new EnginePeer(engines, build(client().alpn(List.of("http/1.1"))), null, 0))
        {
            shouldTalk(client, server);
            assertNull(server.engine.agreement().alpn());
            assertNull(client.engine.agreement().alpn());
        }
    }

    @Test
    void shouldRefuseWhatShareNoVersion()
    {
        try (EnginePeer server = new EnginePeer(engines, build(version(server(EC), TLS_1_3)));
            EnginePeer client = new EnginePeer(engines, build(version(client(), TLS_1_2)), null, 0))
        {
            TlsPeer.connect(client, server);
            assertTrue(server.isFailed());
            assertTrue(client.isFailed());
        }
    }

    @Test
    void shouldRefusePlainHttp()
    {
        try (EnginePeer server = new EnginePeer(engines, build(server(EC))))
        {
            final byte[] answer = server.exchange("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes());
            assertTrue(server.isFailed());
            final String reason = TlsEngine.errorText(server.engine.errorId());
            assertTrue(reason.contains("HTTP_REQUEST"), reason);
            assertTrue(answer.length == 0 || answer[0] == 21, "nothing or an alert");
        }
    }

    @Test
    void shouldUseAPostQuantumGroup()
    {
        final List<String> curves = List.of("X25519MLKEM768");
        try (EnginePeer server = new EnginePeer(engines, build(server(EC).curves(curves)));
            EnginePeer client = new EnginePeer(engines, build(client().curves(curves)), null, 0))
        {
            shouldTalk(client, server);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a.example, CN=a.example", "A.EXAMPLE, CN=a.example", "b.example, CN=b.example", "x.c.example, CN=*.c.example",
        "other.example, CN=a.example", ", CN=a.example"})
    void shouldShowTheCertificateForTheNameThatIsAskedFor(final String name, final String subject)
    {
        for (final boolean isMutual : new boolean[]{false, true})
        {
            final TlsContext context = build(asking(server(
                leaf("a.example", EC_KEYS), leaf("b.example", EC_KEYS), leaf("*.c.example", EC_KEYS)), isMutual));
            for (final int version : new int[]{TLS_1_2, TLS_1_3})
            {
                try (EnginePeer server = new EnginePeer(engines, context);
                    EnginePeer client = new EnginePeer(
                        engines, build(version(showing(client(), isMutual), version)), name, 0))
                {
                    shouldTalk(client, server);
                    assertEquals(subject, client.engine.agreement().peerCertificate().subject());
                }
            }
        }
    }

    private static Certified leaf(final String name, final KeyPair keys)
    {
        return TestCertificates.leaf(CA, name, keys);
    }

    @Test
    void shouldShowWhatTheClientCanVerifyOfThoseForTheName()
    {
        final TlsContext context = build(server(leaf("a.example", RSA_KEYS), leaf("b.example", RSA_KEYS),
            leaf("a.example", EC_KEYS), leaf("b.example", EC_KEYS)));
        for (final String cipher : List.of("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"))
        {
            final TlsSettings settings = version(client(), TLS_1_2).ciphers(List.of(cipher));
            try (EnginePeer server = new EnginePeer(engines, context);
                EnginePeer client = new EnginePeer(engines, build(settings), "b.example", 0))
            {
                shouldTalk(client, server);
                assertEquals("CN=b.example", client.engine.agreement().peerCertificate().subject());
                assertEquals(cipher, client.engine.agreement().cipher());
            }
        }
        try (EnginePeer server = new EnginePeer(engines, context);
            EnginePeer client = new EnginePeer(engines, build(version(client(), TLS_1_2)), "b.example", 0))
        {
            shouldTalk(client, server);
            assertTrue(client.engine.agreement().cipher().startsWith("ECDHE-ECDSA-"), client.engine.agreement().cipher());
        }
    }

    @Test
    void shouldTellNamesThatWouldEndALineInOneLine()
    {
        try (EnginePeer server = new EnginePeer(engines, build(server(leaf("a\r\nb: c", EC_KEYS))));
            EnginePeer client = new EnginePeer(engines, build(TlsSettings.client())))
        {
            shouldTalk(client, server);
            final TlsAgreement agreement = client.engine.agreement();
            assertEquals("a??b: c", told(agreement, TlsReport.PEER_DNS_NAMES));
            final String report = told(agreement, TlsReport.PEER_SUBJECT) + told(agreement, TlsReport.PEER_CERT) +
                new String(agreement.forwardedCert(ForwardedCert.SUBJECT | ForwardedCert.DNS), US_ASCII);
            assertTrue(report.contains("DNS=a??b: c"), report);
            assertFalse(report.contains("\r") || report.contains("\n"), report);
            assertTrue(told(agreement, TlsReport.PEER_FINGERPRINT).matches("[0-9a-f]{64}"));
            final Instant until = Instant.ofEpochSecond(Long.parseLong(told(agreement, TlsReport.VALID_UNTIL)));
            assertEquals(until.toString().replace("Z", ".000Z"), told(agreement, TlsReport.VALID_UNTIL_TEXT));
            assertEquals("", told(agreement, TlsReport.SERVER_NAME));
        }
    }

    @Test
    void shouldMakeTheReportOfAConnectionOnceThoughItemsAreAskedForOneByOne()
    {
        final TlsContext context = build(TlsSettings.client());
        final TlsContext server = build(server(EC));
        try (EnginePeer first = new EnginePeer(engines, server);
            EnginePeer client = new EnginePeer(engines, context))
        {
            shouldTalk(client, first);
            told(client.engine.agreement(), TlsReport.VERSION);
            told(client.engine.agreement(), TlsReport.PEER_SUBJECT);
        }
        try (EnginePeer second = new EnginePeer(engines, server);
            EnginePeer client = new EnginePeer(engines, context))
        {
            shouldTalk(client, second);
            final TlsAgreement agreement = client.engine.agreement();
            final byte[] report = agreement.report(1 << TlsReport.VERSION);
            assertSame(report, agreement.report(1 << TlsReport.PEER_SUBJECT));
            assertNotSame(report, agreement.report(1 << TlsReport.PEER_ISSUER));
        }
    }

    private static String told(final TlsAgreement agreement, final int item)
    {
        final ExpandableArrayBuffer text = new ExpandableArrayBuffer();
        return text.getStringWithoutLengthAscii(0, TlsReport.put(item, agreement.report(1 << item), text, 0));
    }
}
