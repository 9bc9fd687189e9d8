package dev.ringway.engine.conn;

import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.counters.TlsCounters;
import dev.ringway.engine.tls.PeerVerdict;
import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsEngine;
import dev.ringway.engine.tls.TlsSettings;

/**
 * Counts handshakes and failures where their context says. Loop thread only.
 */
final class TlsCounting
{
    private final LoopCounters counters;

    TlsCounting(final LoopCounters counters)
    {
        this.counters = counters;
    }

    void onEstablished(final TlsContext context, final TlsEngine engine)
    {
        final TlsCounters ids = context.counters();
        if (ids == null)
        {
            return;
        }
        final boolean isResumed = engine.isResumed();
        counters.increment(ids.handshake);
        if (isResumed)
        {
            counters.increment(ids.sessionReused);
        }
        // A server always shows one.
        if (context.isServer() && engine.verdict() == null &&
            (!context.verifiesPeer() || !isResumed || engine.peerCertificate() == null))
        {
            counters.increment(ids.noCertificate);
        }
        onVerdict(ids, engine.verdict());
        counters.increment(ids.version(engine.version() == TlsSettings.TLS_1_3));
        incrementKnown(ids.cipher(engine.cipher()));
        incrementKnown(ids.curve(engine.group()));
    }

    private void incrementKnown(final int id)
    {
        if (id >= 0)
        {
            counters.increment(id);
        }
    }

    void onFailed(final TlsContext context, final TlsEngine engine)
    {
        final TlsCounters ids = context.counters();
        if (ids == null)
        {
            return;
        }
        if (engine.lacksPeerCertificate())
        {
            counters.increment(ids.failVerifyNoCert);
        }
        else if (engine.isEstablished() || engine.verdict() == null || engine.verdict() == PeerVerdict.TAKEN)
        {
            counters.increment(ids.connectionError);
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
            case UNTRUSTED -> counters.increment(ids.failVerifyError);
            case WRONG_NAME -> counters.increment(ids.failVerifySan);
            case WRONG_PIN -> counters.increment(ids.failVerifyCertHash);
            case TAKEN ->
            {
                // Nothing is wrong with it.
            }
        }
    }
}
