package dev.ringway.engine.tls;

import io.netty.internal.tcnative.SSL;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What the two sides of a TLS connection have agreed on in their handshake, and what the peer has shown. What it makes
 * of that it keeps as long as the connection, so it is asked for that when the handshake is over. The engine's thread.
 */
public final class TlsAgreement
{
    private static final byte[] NOTHING = {};

    private long ssl;
    private TlsContext context;
    private PeerCertificate shown;
    private boolean isMade;
    private byte[] report;
    private int reportItems;
    private byte[] askedName;
    private List<byte[]> principals;
    private byte[] forwarded;
    private int forwardedDetails;

    TlsAgreement()
    {
    }

    void open(final long connection, final TlsContext shared)
    {
        ssl = connection;
        context = shared;
    }

    void close()
    {
        ssl = 0;
        context = null;
        shown = null;
        isMade = false;
        report = null;
        askedName = null;
        principals = null;
        forwarded = null;
    }

    /** The handshake waits for the peer. */
    void onStep()
    {
        if (shown == null)
        {
            shown = context.own().selected(ssl);
        }
    }

    /** The handshake is over. */
    void onEstablished()
    {
        isMade = true;
    }

    /**
     * Allocates.
     *
     * @return protocol that both sides agreed on by ALPN, or null.
     */
    public String alpn()
    {
        return SSL.getAlpnSelected(ssl);
    }

    /**
     * Allocates.
     *
     * @return name that the client asked for (SNI), or null.
     */
    public String serverName()
    {
        return SSL.getSniHostname(ssl);
    }

    /**
     * @return {@link TlsSettings#TLS_1_2} or {@link TlsSettings#TLS_1_3}.
     */
    public int version()
    {
        return SSL.getVersionInt(ssl);
    }

    /**
     * Allocates.
     *
     * @return name of the cipher suite as BoringSSL writes it.
     */
    public String cipher()
    {
        return SSL.getCipherForSSL(ssl);
    }

    /**
     * Allocates.
     *
     * @return name of the group that keys were agreed on with, such as {@code X25519}, or null when there was none.
     */
    public String group()
    {
        try
        {
            return SSL.getGroupName(ssl);
        }
        catch (final Exception e)
        {
            return null;
        }
    }

    /** Id of the session, empty when it has none. Allocates. */
    byte[] sessionId()
    {
        final byte[] id = SSL.getSessionId(ssl);
        return id == null ? new byte[0] : id;
    }

    /**
     * Allocates when it is asked for the first time, or for items that were not asked for before.
     *
     * @param items of {@link TlsReport}, a bit each.
     * @return what is told of this connection: those items, and those that were asked for before of any connection of
     *         its context, so that it is made once though items are asked for one by one.
     */
    public byte[] report(final int items)
    {
        assert isMade;
        if (report == null || (items & ~reportItems) != 0)
        {
            reportItems = context.usualItems(items);
            report = TlsReport.of(this, reportItems);
        }
        return report;
    }

    /**
     * Allocates the first time.
     *
     * @param details bits of {@link ForwardedCert}.
     * @return what an endpoint is told of the peer's certificate, or null when it has shown none.
     */
    public byte[] forwardedCert(final int details)
    {
        assert isMade;
        if (forwarded == null || forwardedDetails != details)
        {
            final PeerCertificate peer = peerCertificate();
            forwarded = peer == null ? NOTHING : ForwardedCert.of(this, peer, details);
            forwardedDetails = details;
        }
        return forwarded == NOTHING ? null : forwarded;
    }

    /**
     * Allocates the first time.
     *
     * @return name that the client asked for (SNI), or null.
     */
    public byte[] askedName()
    {
        assert isMade;
        if (askedName == null)
        {
            final String name = serverName();
            askedName = name == null ? NOTHING : name.getBytes(UTF_8);
        }
        return askedName == NOTHING ? null : askedName;
    }

    /**
     * Allocates the first time.
     *
     * @return names in the peer's certificate: its URIs, its DNS names and its subject; empty when it has shown none.
     */
    public List<byte[]> principals()
    {
        assert isMade;
        if (principals == null)
        {
            final PeerCertificate peer = peerCertificate();
            final List<byte[]> all = new ArrayList<>();
            if (peer != null)
            {
                peer.values(PeerCertificate.URI).forEach(name -> all.add(name.getBytes(UTF_8)));
                peer.values(PeerCertificate.DNS).forEach(name -> all.add(name.getBytes(UTF_8)));
                all.add(peer.subject().getBytes(UTF_8));
            }
            principals = List.copyOf(all);
        }
        return principals;
    }

    /** All that the peer has shown, its own certificate first; some versions of the library leave that one out. */
    List<byte[]> peerChain()
    {
        final List<byte[]> all = new ArrayList<>();
        final byte[] own = SSL.getPeerCertificate(ssl);
        all.add(own);
        final byte[][] chain = SSL.getPeerCertChain(ssl);
        for (int i = 0; chain != null && i < chain.length; i++)
        {
            if (i > 0 || !Arrays.equals(own, chain[i]))
            {
                all.add(chain[i]);
            }
        }
        return all;
    }

    /** Whose key signed the peer's certificate, of those it has shown or that are trusted; null where none is known. */
    PeerCertificate peerIssuer(final PeerCertificate peer, final int mostShown)
    {
        final List<X509Certificate> anchors = context.anchors();
        final List<byte[]> shownToo = anchors.isEmpty() ? List.of() : peerChain();
        for (int i = 1; i < Math.min(shownToo.size(), mostShown); i++)
        {
            final PeerCertificate one = PeerCertificate.of(shownToo.get(i));
            if (one != null && peer.isSignedBy(one))
            {
                return one;
            }
        }
        for (final X509Certificate anchor : anchors)
        {
            if (peer.isSignedBy(anchor))
            {
                return PeerCertificate.of(anchor);
            }
        }
        return null;
    }

    /** The certificate that this side has shown, or would have where a session was resumed; null when it has none. */
    PeerCertificate ownCertificate()
    {
        return shown == null ? context.own().first() : shown;
    }

    /**
     * @return whether the handshake resumed an earlier session.
     */
    public boolean isResumed()
    {
        return SSL.isSessionReused(ssl);
    }

    /**
     * Allocates much; once a connection at most.
     *
     * @return the peer's certificate, or null when it has shown none.
     */
    public PeerCertificate peerCertificate()
    {
        final byte[] der = SSL.getPeerCertificate(ssl);
        return der == null ? null : PeerCertificate.of(der);
    }
}
