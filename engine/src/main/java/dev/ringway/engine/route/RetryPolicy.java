package dev.ringway.engine.route;

import java.util.List;

/**
 * When and how a request is sent again. Immutable. Envoy: {@code config.route.v3.RetryPolicy}.
 *
 * @param retryOn          {@code retry_on}, bits of {@link RetryOn}.
 * @param retries          {@code num_retries}, default 1.
 * @param statusCodes      {@code retriable_status_codes}.
 * @param headers          {@code retriable_headers}, of responses; any of them counts.
 * @param requestHeaders   {@code retriable_request_headers}: without any of them, where there are some, a request is not
 *                         sent again.
 * @param backoff          how long to wait before.
 * @param tryTimeoutNs     {@code per_try_timeout}; 0 for none.
 * @param tryIdleTimeoutNs {@code per_try_idle_timeout}; 0 for none.
 * @param avoidsTried      {@code retry_host_predicate} with previous_hosts: endpoints that had the request are left out.
 * @param morePicks        {@code host_selection_retry_max_attempts}, default 1.
 * @param bufferLimit      {@code per_request_buffer_limit_bytes}, default 1 MiB: most bytes of content that are kept.
 * @param tellsEndpoint    {@code VirtualHost.include_request_attempt_count}.
 * @param tellsClient      {@code VirtualHost.include_attempt_count_in_response}.
 */
public record RetryPolicy(
    int retryOn,
    int retries,
    int[] statusCodes,
    List<Condition> headers,
    List<Condition> requestHeaders,
    RetryBackoff backoff,
    long tryTimeoutNs,
    long tryIdleTimeoutNs,
    boolean avoidsTried,
    int morePicks,
    int bufferLimit,
    boolean tellsEndpoint,
    boolean tellsClient)
{
    /** A route that says nothing of it. */
    public static final RetryPolicy NONE = new RetryPolicy(
        RetryOn.NOTHING, 1, new int[0], List.of(), List.of(), RetryBackoff.DEFAULT, 0, 0, false, 1, 1 << 20,
        false, false);

    /**
     * @param toEndpoint whether endpoints are told the number of an attempt.
     * @param toClient   whether clients are.
     * @return the same, with that.
     */
    public RetryPolicy telling(final boolean toEndpoint, final boolean toClient)
    {
        return toEndpoint == tellsEndpoint && toClient == tellsClient ? this : new RetryPolicy(retryOn, retries,
            statusCodes, headers, requestHeaders, backoff, tryTimeoutNs, tryIdleTimeoutNs, avoidsTried, morePicks,
            bufferLimit, toEndpoint, toClient);
    }

    /**
     * @param limit most bytes of content that are kept.
     * @return the same, with that where it is less.
     */
    public RetryPolicy keeping(final int limit)
    {
        return limit >= bufferLimit ? this : new RetryPolicy(retryOn, retries,
            statusCodes, headers, requestHeaders, backoff, tryTimeoutNs, tryIdleTimeoutNs, avoidsTried, morePicks,
            limit, tellsEndpoint, tellsClient);
    }

    /**
     * @param conditions of a policy.
     * @param view       of a message.
     * @return whether any of them holds.
     */
    public static boolean holdsAny(final List<Condition> conditions, final RequestView view)
    {
        boolean isFound = false;
        for (int i = 0, count = conditions.size(); !isFound && i < count; i++)
        {
            isFound = conditions.get(i).holds(view);
        }
        return isFound;
    }

    /**
     * @param status of a response.
     * @return whether it is among those that are listed.
     */
    public boolean lists(final int status)
    {
        for (final int code : statusCodes)
        {
            if (code == status)
            {
                return true;
            }
        }
        return false;
    }

    /**
     * How long to wait before another attempt.
     *
     * @param baseNs     {@code retry_back_off.base_interval}, default 25 ms: most before the first; doubles each time.
     * @param maxNs      {@code retry_back_off.max_interval}, default ten times the base: most before any.
     * @param resets     {@code rate_limited_retry_back_off.reset_headers}: fields by which endpoints say how long.
     * @param resetMaxNs {@code rate_limited_retry_back_off.max_interval}, default 300 s: what asks for longer is not heard.
     */
    public record RetryBackoff(long baseNs, long maxNs, List<ResetHeader> resets, long resetMaxNs)
    {
        /** Envoy's default. */
        public static final RetryBackoff DEFAULT =
            new RetryBackoff(25_000_000L, 250_000_000L, List.of(), 300_000_000_000L);
    }

    /**
     * A field of a response that says when to come again.
     *
     * @param name   in lower case.
     * @param isTime whether it gives seconds since 1970, or seconds from now.
     */
    public record ResetHeader(byte[] name, boolean isTime)
    {
    }
}
