package dev.ringway.engine.tls;

import dev.ringway.engine.counters.TlsCounters;

import java.util.function.IntConsumer;

/**
 * Counts handshakes and failures where their context says. As many threads as what it counts with allows.
 */
public final class TlsCounting
{
    private final IntConsumer counters;

    /**
     * @param increment adds 1 to the counter with the id.
     */
    public TlsCounting(final IntConsumer increment)
    {
        counters = increment;
    }

    /**
     * @param context of the connection.
     * @param engine  whose handshake is over.
     */
    public void onEstablished(final TlsContext context, final TlsEngine engine)
    {
        final TlsCounters ids = context.counters();
        if (ids == null)
        {
            return;
        }
        final boolean isResumed = engine.agreement().isResumed();
        counters.accept(ids.handshake);
        if (isResumed)
        {
            counters.accept(ids.sessionReused);
        }
        // A server always shows one.
        if (context.isServer() && engine.verdict() == null &&
            (!context.verifiesPeer() || !isResumed || engine.agreement().peerCertificate() == null))
        {
            counters.accept(ids.noCertificate);
        }
        onVerdict(ids, engine.verdict());
        counters.accept(ids.version(engine.agreement().version() == TlsSettings.TLS_1_3));
        incrementKnown(ids.cipher(engine.agreement().cipher()));
        incrementKnown(ids.curve(engine.agreement().group()));
    }

    private void incrementKnown(final int id)
    {
        if (id >= 0)
        {
            counters.accept(id);
        }
    }

    /**
     * @param context of the connection.
     * @param engine  that has failed.
     */
    public void onFailed(final TlsContext context, final TlsEngine engine)
    {
        final TlsCounters ids = context.counters();
        if (ids == null)
        {
            return;
        }
        if (engine.lacksPeerCertificate())
        {
            counters.accept(ids.failVerifyNoCert);
        }
        else if (engine.isEstablished() || engine.verdict() == null || engine.verdict() == PeerVerdict.TAKEN)
        {
            counters.accept(ids.connectionError);
        }
        else
        {
            onVerdict(ids, engine.verdict());
        }
    }

    private void onVerdict(final TlsCounters ids, final PeerVerdict verdict)
    {
        if (verdict == null)
        {
            return;
        }
        switch (verdict)
        {
            case UNTRUSTED -> counters.accept(ids.failVerifyError);
            case WRONG_NAME -> counters.accept(ids.failVerifySan);
            case WRONG_PIN -> counters.accept(ids.failVerifyCertHash);
            case TAKEN ->
            {
                // Nothing is wrong with it.
            }
        }
    }
}
