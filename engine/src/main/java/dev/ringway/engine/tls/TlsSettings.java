package dev.ringway.engine.tls;

import dev.ringway.engine.counters.TlsCounters;

import java.util.List;

/**
 * What a {@link TlsContext} is built from. Control thread only; each setter returns the settings.
 */
public final class TlsSettings
{
    /** TLS 1.2, the least there is (RFC 5246). */
    public static final int TLS_1_2 = 0x0303;
    /** TLS 1.3, the most there is (RFC 8446). */
    public static final int TLS_1_3 = 0x0304;

    /** Bytes of a session ticket key ({@code TlsSessionTicketKeys.keys}). */
    public static final int TICKET_KEY_LENGTH = 80;

    /** Envoy's default list ({@code TlsParameters.cipher_suites}); TLS 1.3 has its own. */
    public static final List<String> DEFAULT_CIPHERS = List.of(
        "[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]",
        "[ECDHE-RSA-AES128-GCM-SHA256|ECDHE-RSA-CHACHA20-POLY1305]",
        "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384");
    /** Envoy's default list ({@code TlsParameters.ecdh_curves}). */
    public static final List<String> DEFAULT_CURVES = List.of("X25519", "P-256");

    private final boolean isServer;
    private List<TlsCertificate> certificates = List.of();
    private String caName = "trusted CA";
    private byte[] caPem;
    private boolean requiresPeerCertificate;
    private boolean acceptsUntrusted;
    private PeerRule peerRule;
    private List<String> alpn = List.of();
    private List<String> ciphers = DEFAULT_CIPHERS;
    private List<String> curves = DEFAULT_CURVES;
    private List<byte[]> ticketKeys = List.of();
    private boolean isResuming = true;
    private byte[] sessionScope = {};
    private TlsCounters counters;
    private int leastVersion = TLS_1_2;
    private int mostVersion = TLS_1_3;

    private TlsSettings(final boolean isServer)
    {
        this.isServer = isServer;
    }

    /**
     * @return settings of a side that accepts ({@code DownstreamTlsContext}).
     */
    public static TlsSettings server()
    {
        return new TlsSettings(true);
    }

    /**
     * @return settings of a side that connects ({@code UpstreamTlsContext}).
     */
    public static TlsSettings client()
    {
        return new TlsSettings(false);
    }

    /**
     * @param certificates to show: a server needs one, and chooses among several by what the client can verify.
     * @return these settings.
     */
    public TlsSettings certificates(final List<TlsCertificate> certificates)
    {
        this.certificates = List.copyOf(certificates);
        return this;
    }

    /**
     * Has the peer's certificate verified. Without it a client takes any certificate, a server asks for none.
     *
     * @param name what errors call it.
     * @param pem  certificates in PEM that may have signed the peer's.
     * @return these settings.
     */
    public TlsSettings trustedCa(final String name, final byte[] pem)
    {
        caName = name;
        caPem = pem;
        return this;
    }

    /**
     * @param requires whether a client without a certificate is refused ({@code require_client_certificate}).
     * @return these settings.
     */
    public TlsSettings requirePeerCertificate(final boolean requires)
    {
        requiresPeerCertificate = requires;
        return this;
    }

    /**
     * @param accepts whether a certificate is taken whatever is found of it, which {@link TlsEngine#verdict} then tells
     *                ({@code ACCEPT_UNTRUSTED}).
     * @return these settings.
     */
    public TlsSettings acceptUntrusted(final boolean accepts)
    {
        acceptsUntrusted = accepts;
        return this;
    }

    /**
     * Has a server ask clients for their certificates even when there is no trusted CA.
     *
     * @param rule what must hold for the peer's certificate besides its chain: names and pins.
     * @return these settings.
     */
    public TlsSettings peerRule(final PeerRule rule)
    {
        peerRule = rule;
        return this;
    }

    /**
     * @param protocols offered, or chosen from in this order; none means that the extension is not spoken.
     * @return these settings.
     */
    public TlsSettings alpn(final List<String> protocols)
    {
        alpn = List.copyOf(protocols);
        return this;
    }

    /**
     * @param names of TLS 1.2 cipher suites as BoringSSL and Envoy write them.
     * @return these settings.
     */
    public TlsSettings ciphers(final List<String> names)
    {
        ciphers = List.copyOf(names);
        return this;
    }

    /**
     * @param names of groups, such as {@code X25519MLKEM768}, {@code X25519}, {@code P-256}.
     * @return these settings.
     */
    public TlsSettings curves(final List<String> names)
    {
        curves = List.copyOf(names);
        return this;
    }

    /**
     * @param least {@link #TLS_1_2} or {@link #TLS_1_3}.
     * @param most  {@link #TLS_1_2} or {@link #TLS_1_3}, not below the least.
     * @return these settings.
     */
    public TlsSettings versions(final int least, final int most)
    {
        leastVersion = least;
        mostVersion = most;
        return this;
    }

    /**
     * @param keys of {@link #TICKET_KEY_LENGTH} bytes each ({@code TlsSessionTicketKeys.keys}): the first makes tickets,
     *             all open them; none means keys of the context's own.
     * @return these settings.
     */
    public TlsSettings ticketKeys(final List<byte[]> keys)
    {
        ticketKeys = List.copyOf(keys);
        return this;
    }

    /**
     * @param resumes whether tickets are given and taken.
     * @return these settings.
     */
    public TlsSettings resume(final boolean resumes)
    {
        isResuming = resumes;
        return this;
    }

    /**
     * @param bytes that must be the same where a session is resumed, besides certificates, trust and protocols: what
     *              the rule for peers is made from.
     * @return these settings.
     */
    public TlsSettings sessionScope(final byte[] bytes)
    {
        sessionScope = bytes;
        return this;
    }

    /**
     * @param ids where handshakes and failures are counted, or null.
     * @return these settings.
     */
    public TlsSettings counters(final TlsCounters ids)
    {
        counters = ids;
        return this;
    }

    boolean isServer()
    {
        return isServer;
    }

    List<TlsCertificate> certificates()
    {
        return certificates;
    }

    String caName()
    {
        return caName;
    }

    byte[] caPem()
    {
        return caPem;
    }

    boolean requiresPeerCertificate()
    {
        return requiresPeerCertificate;
    }

    boolean acceptsUntrusted()
    {
        return acceptsUntrusted;
    }

    PeerRule peerRule()
    {
        return peerRule;
    }

    List<String> alpn()
    {
        return alpn;
    }

    List<String> ciphers()
    {
        return ciphers;
    }

    List<String> curves()
    {
        return curves;
    }

    List<byte[]> ticketKeys()
    {
        return ticketKeys;
    }

    boolean isResuming()
    {
        return isResuming;
    }

    byte[] sessionScope()
    {
        return sessionScope;
    }

    TlsCounters counters()
    {
        return counters;
    }

    int leastVersion()
    {
        return leastVersion;
    }

    int mostVersion()
    {
        return mostVersion;
    }
}
