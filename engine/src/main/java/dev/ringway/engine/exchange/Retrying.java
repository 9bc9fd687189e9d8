package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.UpstreamFailure;
import dev.ringway.engine.upstream.UpstreamSession;

/**
 * Sending a request again that an endpoint has not looked at, or may not have: whatever is configured, since a connection
 * that was closed while it was idle is nobody's fault. Reused with its exchange. Loop thread only.
 */
final class Retrying
{
    private static final int MOST_RESENDS = 2;
    /** Methods that may be sent again when nobody knows what became of the first time (RFC 9110, 9.2.2). */
    private static final int IDEMPOTENT = 1 << HttpMethod.GET | 1 << HttpMethod.HEAD | 1 << HttpMethod.PUT |
        1 << HttpMethod.DELETE | 1 << HttpMethod.OPTIONS | 1 << HttpMethod.TRACE;

    private final Exchanges exchanges;
    private final HeadBlock head;
    private int resends;
    private boolean isRefused;
    private boolean mayResend;

    Retrying(final Exchanges exchanges, final HeadBlock head)
    {
        this.exchanges = exchanges;
        this.head = head;
    }

    /**
     * The head has been sent: is it worth keeping?
     *
     * @param session that it was sent to.
     * @param request whose head.
     * @param isWhole whether that is all of the request.
     */
    void onSent(final UpstreamSession session, final RequestHead request, final boolean isWhole)
    {
        mayResend = resends < MOST_RESENDS && !isRefused && isWhole && session.mayGoUnseen() && head.keep(request);
        if (!mayResend)
        {
            head.release();
        }
    }

    /**
     * There is no response.
     *
     * @param failure from {@link UpstreamFailure}.
     * @param request that was sent.
     * @param cluster where to.
     * @return whether it is to be sent again.
     */
    boolean resends(final int failure, final RequestHead request, final ClusterState cluster)
    {
        final boolean isSafe = switch (failure)
        {
            case UpstreamFailure.REFUSED, UpstreamFailure.UNSENT -> true;
            case UpstreamFailure.UNANSWERED -> (IDEMPOTENT >>> request.methodId() & 1) != 0;
            default -> false;
        };
        if (!isSafe || !mayResend || !head.isTaken())
        {
            return false;
        }
        resends++;
        isRefused = failure == UpstreamFailure.REFUSED;
        exchanges.counters().increment(cluster.cluster().counters().upstreamRqRetry);
        return true;
    }

    /** Whether the next attempt is to have a connection of its own: an idle one may end as the last did. */
    boolean wantsFresh()
    {
        return resends > 0 && !isRefused;
    }

    void end()
    {
        resends = 0;
        isRefused = false;
    }
}
