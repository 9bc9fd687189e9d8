package dev.ringway.engine.tls;

import dev.ringway.engine.counters.TlsCounters;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Certificates, keys, trust and limits that many connections share: an {@code SSL_CTX}. Built on the control thread,
 * never changed afterwards. A context is counted: whoever built it holds one reference and gives it back with
 * {@link #release} when the snapshot that has it is gone; each open engine holds one more. The last one frees it, so
 * connections outlive the snapshot they began with. Several loops may open engines on one context at once; what they
 * open belongs to the one loop.
 */
public final class TlsContext
{
    private static final AtomicLong NEXT_LINEAGE = new AtomicLong();

    private final long context;
    private final boolean isServer;
    private final boolean verifiesPeer;
    private final OpenEngines engines;
    private final OwnCertificates own;
    private final TlsCounters counters;
    private final List<NamedCertificate> certificates;
    private final NamedCertificate authority;
    private final List<X509Certificate> anchors;
    private final List<String> warnings;
    private final AtomicInteger references = new AtomicInteger(1);
    private final AtomicInteger usualItems = new AtomicInteger();
    private long lineage = NEXT_LINEAGE.getAndIncrement();

    TlsContext(
        final long context, final TlsSettings settings, final OpenEngines engines, final OwnCertificates own,
        final List<NamedCertificate> certificates, final NamedCertificate authority, final List<X509Certificate> anchors,
        final List<String> warnings)
    {
        this.context = context;
        this.engines = engines;
        this.own = own;
        this.certificates = List.copyOf(certificates);
        this.authority = authority;
        this.anchors = List.copyOf(anchors);
        this.warnings = List.copyOf(warnings);
        isServer = settings.isServer();
        verifiesPeer = settings.caPem() != null || settings.peerRule() != null;
        counters = settings.counters();
    }

    /**
     * Builds a context, and loads the library when it is the first. Takes milliseconds.
     *
     * @param settings of it.
     * @param nowMs    milliseconds since 1970: own certificates that have expired are refused.
     * @return context with one reference.
     * @throws TlsException when a certificate, a key or a list is not usable.
     */
    public static TlsContext build(final TlsSettings settings, final long nowMs) throws TlsException
    {
        TlsLibrary.load();
        return new TlsContextBuilder(settings).build(nowMs);
    }

    /**
     * Builds a context that takes the place of another because its files were read again.
     *
     * @param settings    of it.
     * @param predecessor of the same settings.
     * @param nowMs       milliseconds since 1970: own certificates that have expired are refused.
     * @return context with one reference and the lineage of the other.
     * @throws TlsException when a certificate, a key or a list is not usable.
     */
    public static TlsContext rebuild(final TlsSettings settings, final TlsContext predecessor, final long nowMs)
        throws TlsException
    {
        final TlsContext fresh = build(settings, nowMs);
        fresh.lineage = predecessor.lineage;
        return fresh;
    }

    /**
     * @return number that contexts share which differ only by what their files held when they were read.
     */
    public long lineage()
    {
        return lineage;
    }

    /**
     * Adds a reference. Any thread that holds one.
     */
    public void retain()
    {
        final int before = references.getAndIncrement();
        assert before > 0;
    }

    /**
     * Gives a reference back; the last one frees the context. Any thread.
     */
    public void release()
    {
        final int left = references.decrementAndGet();
        assert left >= 0;
        if (left == 0)
        {
            SSLContext.free(context);
            own.free();
        }
    }

    /**
     * @return references held: the owner's and one for each open engine.
     */
    public int references()
    {
        return references.get();
    }

    /**
     * @return whether its connections are accepted.
     */
    public boolean isServer()
    {
        return isServer;
    }

    /**
     * @return whether a peer's certificate is verified.
     */
    public boolean verifiesPeer()
    {
        return verifiesPeer;
    }

    /**
     * @return whether steps of its handshakes take so long that they are better not made on a loop: a signature with RSA
     *         takes 0.6 ms, the verification of a chain some hundred microseconds.
     */
    public boolean hasDearHandshakes()
    {
        return verifiesPeer || own.hasRsa();
    }

    /**
     * @return where its connections are counted, or null.
     */
    public TlsCounters counters()
    {
        return counters;
    }

    /**
     * @return own certificates, each the first of its chain, for the admin's list.
     */
    public List<NamedCertificate> certificates()
    {
        return certificates;
    }

    /** Those that it can show. */
    OwnCertificates own()
    {
        return own;
    }

    /** Those items of {@link TlsReport} with all that were asked for before. Any thread. */
    int usualItems(final int items)
    {
        final int known = usualItems.get();
        return (items & ~known) == 0 ? known : usualItems.accumulateAndGet(items, (one, other) -> one | other);
    }

    /** Certificates that may have signed a peer's; none when any may. */
    List<X509Certificate> anchors()
    {
        return anchors;
    }

    /**
     * @return first of the trusted certificates, for the admin's list, or null when there is none.
     */
    public NamedCertificate authority()
    {
        return authority;
    }

    /**
     * @return sentences about certificates that are not valid yet; they are used all the same, as in Envoy.
     */
    public List<String> warnings()
    {
        return warnings;
    }

    /** A new SSL object with a reference to this context, or 0 when memory has run out. */
    long open(final TlsEngine engine)
    {
        final long ssl;
        try
        {
            ssl = SSL.newSSL(context, isServer);
        }
        catch (final Exception e)
        {
            return 0;
        }
        retain();
        if (engines != null)
        {
            engines.add(ssl, engine);
        }
        return ssl;
    }

    void close(final long ssl)
    {
        if (engines != null)
        {
            engines.remove(ssl);
        }
        SSL.freeSSL(ssl);
        release();
    }
}
