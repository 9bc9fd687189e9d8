package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.codecs.http.ResponseHead;
import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.counters.LoopCounters;
import dev.ringway.engine.counters.RetryCounters;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.RetryOn;
import dev.ringway.engine.route.RetryPolicy;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.upstream.ClusterState;
import dev.ringway.engine.upstream.HeaderEdits;
import dev.ringway.engine.upstream.UpstreamFailure;
import dev.ringway.engine.upstream.UpstreamSession;

import java.util.Arrays;

/**
 * Sending one request again: as its policy says (Envoy: {@code RetryPolicy}), and whatever is configured when an endpoint
 * has not looked at it or may not have, since a connection that was closed while it was idle is nobody's fault. Reused
 * with its exchange. Loop thread only.
 */
final class Retrying
{
    private static final int MOST_RESENDS = 2;
    private static final int INITIAL_TRIED = 4;
    /** Most bytes of content that are kept without a policy. */
    private static final int MOST_UNASKED = 16 * 1024;
    private static final int NO_SHIFT = 30;
    /** Methods that may be sent again when nobody knows what became of the first time (RFC 9110, 9.2.2). */
    private static final int IDEMPOTENT = 1 << HttpMethod.GET | 1 << HttpMethod.HEAD | 1 << HttpMethod.PUT |
        1 << HttpMethod.DELETE | 1 << HttpMethod.OPTIONS | 1 << HttpMethod.TRACE;

    private final Exchanges exchanges;
    private final HeadBlock head;
    private final KeptBody body;
    private RetryPolicy policy = RetryPolicy.NONE;
    private FieldChanges changes;
    private Address[] tried = new Address[INITIAL_TRIED];
    private int triedCount;
    private int retryOn;
    private long left;
    private int attempts;
    private int backoffs;
    private int resends;
    private int flag;
    private long waitNs;
    private boolean isRefused;
    private boolean isKept;
    private boolean isSent;
    private boolean isUnseen;
    private boolean isStarted;
    private boolean isUntold;
    private boolean isAsked;
    private ClusterState holder;

    Retrying(final Exchanges exchanges, final HeadBlock head)
    {
        this.exchanges = exchanges;
        this.head = head;
        body = new KeptBody(exchanges.memory());
    }

    /**
     * The route of a request is known.
     *
     * @param configured of the route.
     * @param made       what its route makes of the request, which counts, or null.
     * @param request    its head.
     * @param isHeard    whether the request may say how it is tried.
     */
    void begin(
        final RetryPolicy configured, final FieldChanges made, final RequestHead request, final boolean isHeard)
    {
        changes = made;
        final HeaderTable headers = request.headers();
        policy = configured;
        retryOn = configured.retryOn();
        left = configured.retries();
        attempts = 1;
        isAsked = isHeard;
        if (isHeard && (headers.contains(HeaderName.X_ENVOY_RETRY_ON) || headers.hasOtherEnvoyNames()))
        {
            retryOn |= RetryFields.retryOn(headers, changes);
        }
        if (retryOn != RetryOn.NOTHING && isHeard)
        {
            final long most = RetryFields.maxRetries(headers, changes);
            left = most < 0 ? left : most;
        }
    }

    /**
     * Only requests that have what their policy names are sent again.
     *
     * @param goingOn the request as its route changes it: as Envoy, whose retries begin behind that.
     */
    void ask(final RequestView goingOn)
    {
        if (!RetryPolicy.holdsAny(policy.requestHeaders(), goingOn))
        {
            retryOn = RetryOn.NOTHING;
        }
    }

    /**
     * A relay begins.
     *
     * @param most how often it may look for a connection (Envoy: {@code max_connect_attempts}).
     */
    void begin(final int most)
    {
        left = most;
        attempts = 0;
    }

    /** Whether a relay looks for a connection, for the first time or again; counted when it has done so too often. */
    boolean connects(final ClusterState cluster)
    {
        if (left == 0)
        {
            exchanges.counters().increment(cluster.cluster().counters().connections.upstreamCxConnectAttemptsExceeded);
            flag = ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED;
            return false;
        }
        left--;
        return true;
    }

    /** A relay has asked for a connection. */
    void onConnecting()
    {
        attempts++;
    }

    /** Nothing is tried, and the client is not told of attempts. */
    void noAttempt()
    {
        attempts = 0;
    }

    /** The client is not told of attempts: none of them was what took too long. */
    void leaveUntold()
    {
        isUntold = true;
    }

    /** What the endpoint is told of attempts. */
    void tellEndpoint(final HeaderEdits edits)
    {
        if (policy.tellsEndpoint())
        {
            edits.drop(HeaderName.X_ENVOY_ATTEMPT_COUNT);
            edits.add(HeaderName.X_ENVOY_ATTEMPT_COUNT, attempts);
        }
    }

    /** What the client is told of them. */
    void tellClient(final HeaderEdits edits)
    {
        if (policy.tellsClient() && attempts > 0 && !isUntold)
        {
            edits.drop(HeaderName.X_ENVOY_ATTEMPT_COUNT);
            edits.withdraw(HeaderName.X_ENVOY_ATTEMPT_COUNT, null);
            edits.add(HeaderName.X_ENVOY_ATTEMPT_COUNT, attempts);
        }
    }

    /** Whether all that is known of the request has been sent before, to its end. */
    boolean isSentWhole()
    {
        return body.isWhole();
    }

    /** Whether the request has content that was sent before. */
    boolean hasBody()
    {
        return !body.isEmpty();
    }

    /**
     * The head has been sent, and what there was of content follows it: are they worth keeping?
     *
     * @param session that it was sent to.
     * @param request whose head.
     * @param isWhole whether that is all of the request.
     * @return false when memory has run out.
     */
    boolean onSent(final UpstreamSession session, final RequestHead request, final boolean isWhole)
    {
        if (!body.isEmpty() && !body.replay(session))
        {
            return false;
        }
        if (policy.avoidsTried())
        {
            addTried(session.endpoint().address());
        }
        final boolean isWanted = retryOn != RetryOn.NOTHING ||
            session.mayGoUnseen() && resends < MOST_RESENDS && !isRefused;
        isSent = true;
        isKept = isWanted && head.keep(request);
        if (!isKept)
        {
            giveUp();
        }
        else if (!isAgain())
        {
            body.begin(isWhole, retryOn != RetryOn.NOTHING ? policy.bufferLimit() : MOST_UNASKED);
        }
        return true;
    }

    /**
     * More of the request has been sent.
     *
     * @param isEnd    whether that was its end.
     * @param trailers that came with it, or null.
     */
    void onSentMore(
        final int offset, final int length, final boolean isEnd, final HeaderTable trailers, final ClusterState cluster)
    {
        if (isKept && !(trailers == null ? body.add(offset, length, isEnd) : body.add(trailers)))
        {
            if (retryOn != RetryOn.NOTHING)
            {
                exchanges.counters().increment(cluster.cluster().counters().retryOrShadowAbandoned);
            }
            giveUp();
        }
    }

    /** There is no other attempt any more. */
    void giveUp()
    {
        retryOn = RetryOn.NOTHING;
        isKept = false;
        head.release();
        body.release();
        leave();
    }

    /**
     * A response has come, not an interim one.
     *
     * @param response its head.
     * @param request  of the exchange, as long as it may be sent again.
     * @param cluster  where it was sent.
     * @return whether the response is to be dropped and the request sent again, after {@link #waitNs}.
     */
    boolean retries(final ResponseHead response, final RequestHead request, final ClusterState cluster)
    {
        if (retryOn == RetryOn.NOTHING)
        {
            return false;
        }
        final boolean isWanted = isWorth(response, request.headers());
        waitNs = isWanted ? exchanges.retryWaits().askedNs(policy.backoff(), response.headers()) : 0;
        final boolean isSentAgain = isAllowed(isWanted, cluster);
        if (isSentAgain)
        {
            countDropped(response.status(), cluster.cluster().counters());
        }
        return isSentAgain;
    }

    private void countDropped(final int status, final ClusterCounters ids)
    {
        ids.statuses.dropped(exchanges.counters(), status);
        final RetryCounters retries = ids.retries;
        final LoopCounters counters = exchanges.counters();
        counters.increment(retries.retryRqCompleted);
        switch (status / 100)
        {
            case 2 -> counters.increment(retries.retryRq2xx);
            case 3 -> counters.increment(retries.retryRq3xx);
            case 4 -> counters.increment(retries.retryRq4xx);
            case 5 -> counters.increment(retries.retryRq5xx);
            default ->
            {
                // Of no class.
            }
        }
    }

    /**
     * There is no response.
     *
     * @param failure from {@link UpstreamFailure}.
     * @param cluster where the request was sent.
     * @return whether it is to be sent again, after {@link #waitNs}.
     */
    boolean retries(final int failure, final ClusterState cluster)
    {
        if (retryOn == RetryOn.NOTHING)
        {
            return false;
        }
        waitNs = 0;
        isUnseen = failure == UpstreamFailure.UNANSWERED || failure == UpstreamFailure.UNSENT;
        return isAllowed(isWorth(failure), cluster);
    }

    private boolean isWorth(final ResponseHead response, final HeaderTable request)
    {
        if (RetryFields.isRateLimited(response.headers()))
        {
            return (retryOn & RetryOn.RATE_LIMITED) != 0;
        }
        final int status = response.status();
        final int onStatus = (status >= 500 && status < 600 ? RetryOn.SERVER_ERROR : 0) |
            (status >= 502 && status <= 504 ? RetryOn.GATEWAY_ERROR : 0) |
            (status == 409 ? RetryOn.RETRIABLE_4XX : 0) | RetryOn.GRPC << grpcShift(response.headers()) & RetryOn.ANY_GRPC;
        if ((retryOn & onStatus) != 0)
        {
            return true;
        }
        return (retryOn & RetryOn.STATUS_CODES) != 0 &&
            (policy.lists(status) || isAsked && RetryFields.listsStatus(request, status, changes)) ||
            (retryOn & RetryOn.HEADERS) != 0 && hasRetriableField(response, request);
    }

    private boolean hasRetriableField(final ResponseHead response, final HeaderTable request)
    {
        return !policy.headers().isEmpty() &&
            RetryPolicy.holdsAny(policy.headers(), exchanges.view().ofResponse(response.headers())) ||
            isAsked && RetryFields.listsFieldOf(request, response.headers(), changes);
    }

    private static int grpcShift(final HeaderTable headers)
    {
        final int index = headers.find(HeaderName.GRPC_STATUS);
        final long status = index < 0 ? RetryFields.NONE : RetryFields.number(headers, index);
        return status < 0 || status > NO_SHIFT ? NO_SHIFT : (int)status;
    }

    private boolean isWorth(final int failure)
    {
        final boolean isConnecting = UpstreamFailure.isConnecting(failure);
        isStarted |= !isConnecting && failure != UpstreamFailure.UNSENT;
        return switch (failure)
        {
            case UpstreamFailure.OVERFLOW, UpstreamFailure.PENDING_OVERFLOW, UpstreamFailure.OVERLOADED,
                UpstreamFailure.NO_ENDPOINT -> false;
            default -> (retryOn & (RetryOn.RESET | RetryOn.SERVER_ERROR | RetryOn.GATEWAY_ERROR)) != 0 ||
                isConnecting && (retryOn & RetryOn.CONNECT_FAILURE) != 0 ||
                !isStarted && (retryOn & RetryOn.RESET_BEFORE_REQUEST) != 0 ||
                failure == UpstreamFailure.REFUSED && (retryOn & RetryOn.REFUSED_STREAM) != 0;
        };
    }

    private boolean isAllowed(final boolean isWanted, final ClusterState cluster)
    {
        final ClusterCounters ids = cluster.cluster().counters();
        if (holder != null && !isWanted)
        {
            exchanges.counters().increment(ids.retries.upstreamRqRetrySuccess);
        }
        leave();
        if (!isWanted)
        {
            return false;
        }
        if (left == 0)
        {
            exchanges.counters().increment(ids.retries.upstreamRqRetryLimitExceeded);
            flag = ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED;
            return false;
        }
        left--;
        if (!cluster.takeRetry())
        {
            exchanges.counters().increment(ids.retries.upstreamRqRetryOverflow);
            flag = ResponseFlag.UPSTREAM_OVERFLOW;
            return false;
        }
        holder = cluster;
        exchanges.counters().increment(ids.retries.upstreamRqRetry);
        exchanges.counters().increment(
            waitNs > 0 ? ids.retries.upstreamRqRetryBackoffRatelimited : ids.retries.upstreamRqRetryBackoffExponential);
        if (waitNs == 0)
        {
            waitNs = exchanges.retryWaits().exponentialNs(policy.backoff(), backoffs++);
        }
        return true;
    }

    /** How long the attempt that was just allowed waits. */
    long waitNs()
    {
        return waitNs;
    }

    /** Another attempt begins, the first one still where nothing could be sent. */
    void onAgain()
    {
        attempts += isSent ? 1 : 0;
    }

    /** How often it was tried, 0 when it was not to be forwarded. */
    int attempts()
    {
        return attempts;
    }

    /** Whether there was one before. */
    boolean isAgain()
    {
        return attempts > 1;
    }

    /** Why there is no other attempt, as a flag of the response; 0 for no reason. */
    int flag()
    {
        return flag;
    }

    /**
     * There is no response: is it to be sent again whatever the policy says?
     *
     * @param failure from {@link UpstreamFailure}.
     * @param request that was sent.
     * @param cluster where to.
     * @return whether it is, at once.
     */
    boolean resends(final int failure, final RequestHead request, final ClusterState cluster)
    {
        final boolean isSafe = switch (failure)
        {
            case UpstreamFailure.REFUSED, UpstreamFailure.UNSENT -> true;
            case UpstreamFailure.UNANSWERED -> (IDEMPOTENT >>> request.methodId() & 1) != 0;
            default -> false;
        };
        if (!isSafe || isSent && !isKept || isRefused || resends == MOST_RESENDS)
        {
            return false;
        }
        resends++;
        isRefused = failure == UpstreamFailure.REFUSED;
        isUnseen = !isRefused;
        flag = 0;
        exchanges.counters().increment(cluster.cluster().counters().retries.upstreamRqRetry);
        return true;
    }

    /** Whether the next attempt is to have a connection of its own: an idle one may end as the last did. */
    boolean wantsFresh()
    {
        return isUnseen;
    }

    /** How often an endpoint that has been tried is left for another. */
    int morePicks()
    {
        return policy.avoidsTried() && isAgain() ? policy.morePicks() : 0;
    }

    boolean hasTried(final Endpoint endpoint)
    {
        for (int i = 0; i < triedCount; i++)
        {
            if (tried[i].equals(endpoint.address()))
            {
                return true;
            }
        }
        return false;
    }

    private void addTried(final Address address)
    {
        if (triedCount == tried.length)
        {
            tried = Arrays.copyOf(tried, triedCount << 1);
        }
        tried[triedCount++] = address;
    }

    private void leave()
    {
        if (holder != null)
        {
            holder.releaseRetry();
            holder = null;
        }
    }

    void end()
    {
        giveUp();
        policy = RetryPolicy.NONE;
        changes = null;
        Arrays.fill(tried, 0, triedCount, null);
        triedCount = 0;
        attempts = 0;
        backoffs = 0;
        resends = 0;
        flag = 0;
        isRefused = false;
        isSent = false;
        isUnseen = false;
        isStarted = false;
        isUntold = false;
    }
}
