package dev.ringway.engine.exchange;

import dev.ringway.engine.route.RetryPolicy;

/**
 * When an exchange began, and by when what has to have happened. Times are of the loop's clock, time-outs of 0 or less
 * are none. Loop thread only.
 */
final class ExchangeTimes
{
    private static final long NEVER = Long.MAX_VALUE;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private long startNs;
    private long requestEndNs;
    private long responseFromNs;
    private long idleTimeoutNs;
    private long requestTimeoutNs;
    private long responseTimeoutNs;
    private long tryTimeoutNs;
    private long tryIdleTimeoutNs;
    private long tryStartNs;
    private long tryTouchNs;
    private long sendingNs;
    private long sentNs;
    private long againNs;
    private long idleDeadlineNs;
    private long durationDeadlineNs;
    private long callDeadlineNs;
    private boolean isRequestEnded;
    private boolean isQuiet;

    /**
     * Begins.
     *
     * @param nowNs     time of the duty cycle.
     * @param idleNs    longest time without a byte in either direction.
     * @param requestNs longest time for a whole request.
     */
    void start(final long nowNs, final long idleNs, final long requestNs)
    {
        startNs = nowNs;
        requestEndNs = 0;
        idleTimeoutNs = idleNs;
        requestTimeoutNs = requestNs;
        responseTimeoutNs = 0;
        tryTimeoutNs = 0;
        tryIdleTimeoutNs = 0;
        tryStartNs = NEVER;
        sendingNs = NEVER;
        sentNs = NEVER;
        againNs = NEVER;
        durationDeadlineNs = NEVER;
        callDeadlineNs = NEVER;
        isRequestEnded = false;
        isQuiet = false;
        touch(nowNs);
    }

    /**
     * @param limitNs longest time from beginning to end, instead of the former one; negative for none.
     */
    void limit(final long limitNs)
    {
        durationDeadlineNs = fromStart(limitNs);
    }

    /**
     * The request is a call of gRPC that says how long its client waits.
     *
     * @param timeoutNs from its beginning on; negative for nothing. No time-out of its own: what passes is not ended by it.
     */
    void onCall(final long timeoutNs)
    {
        callDeadlineNs = fromStart(timeoutNs);
    }

    private long fromStart(final long limitNs)
    {
        return limitNs < 0 || limitNs > NEVER - startNs ? NEVER : startNs + limitNs;
    }

    /**
     * @param nowNs time of the duty cycle.
     * @return whether the endpoint of a call has had the time that it was told.
     */
    boolean isCallOver(final long nowNs)
    {
        return callDeadlineNs != NEVER && Math.min(callDeadlineNs, durationDeadlineNs) <= nowNs;
    }

    /**
     * The route is known.
     *
     * @param idleNs     instead of the former one, from the next {@link #touch} on; negative to keep that.
     * @param responseNs longest time from the end of the request to the end of the response.
     * @param retry      how long one attempt may take, from the end of the request on; without effect unless shorter
     *                   than the other.
     */
    void onRoute(final long idleNs, final long responseNs, final RetryPolicy retry)
    {
        responseTimeoutNs = responseNs;
        tryTimeoutNs = retry.tryTimeoutNs();
        tryIdleTimeoutNs = retry.tryIdleTimeoutNs();
        if (idleNs >= 0)
        {
            idleTimeoutNs = idleNs;
        }
    }

    /**
     * The request asks for other time-outs than its route has.
     *
     * @param responseNs instead of the route's, 0 for none; negative to keep that.
     * @param tryNs      instead of the route's, 0 for none; negative to keep that.
     */
    void onTimeoutFields(final long responseNs, final long tryNs)
    {
        if (responseNs >= 0)
        {
            responseTimeoutNs = responseNs;
        }
        if (tryNs >= 0)
        {
            tryTimeoutNs = tryNs;
        }
    }

    /** The client wants no error when its endpoint takes too long. */
    void quiet()
    {
        isQuiet = true;
    }

    /**
     * @return whether an endpoint that takes too long makes an answer without an error.
     */
    boolean isQuiet()
    {
        return isQuiet;
    }

    private long tryTimeoutNs()
    {
        return responseTimeoutNs <= 0 || tryTimeoutNs < responseTimeoutNs ? tryTimeoutNs : 0;
    }

    /**
     * An attempt begins.
     *
     * @param nowNs time of the duty cycle.
     * @return whether a deadline may have come closer.
     */
    boolean startTry(final long nowNs)
    {
        tryStartNs = nowNs;
        tryTouchNs = nowNs;
        sendingNs = nowNs;
        sentNs = NEVER;
        return tryTimeoutNs > 0 || tryIdleTimeoutNs > 0;
    }

    /**
     * An attempt has failed.
     *
     * @param nextNs when there is another.
     */
    void awaitTry(final long nextNs)
    {
        tryStartNs = NEVER;
        againNs = nextNs;
    }

    /**
     * @return whether another attempt is to come.
     */
    boolean awaitsTry()
    {
        return againNs != NEVER;
    }

    /**
     * @param nowNs time of the duty cycle.
     * @return whether another attempt is to begin; true once.
     */
    boolean takeTry(final long nowNs)
    {
        final boolean isDue = againNs <= nowNs;
        if (isDue)
        {
            againNs = NEVER;
        }
        return isDue;
    }

    /**
     * The endpoint is given the last of the request.
     *
     * @param nowNs time of the duty cycle.
     */
    void onSent(final long nowNs)
    {
        sentNs = nowNs;
    }

    /**
     * The endpoint has been given nothing of the request in the last attempt.
     */
    void onUnsent()
    {
        sendingNs = NEVER;
        sentNs = NEVER;
    }

    /**
     * @return time from the beginning until the last attempt began, or -1.
     */
    long sendingNs()
    {
        return sendingNs == NEVER ? -1 : sendingNs - startNs;
    }

    /**
     * @return time from the beginning until the last attempt had the whole request, or -1.
     */
    long sentNs()
    {
        return sentNs == NEVER ? -1 : sentNs - startNs;
    }

    /**
     * The response's head is there.
     */
    void onResponseHead()
    {
        tryTimeoutNs = 0;
    }

    /**
     * The exchange is a relay from now on: only that nothing passes for too long ends it.
     *
     * @param nowNs   time of the duty cycle.
     * @param isEnded whether the client has ended its direction already.
     */
    void onUpgrade(final long nowNs, final boolean isEnded)
    {
        requestTimeoutNs = 0;
        responseTimeoutNs = 0;
        tryTimeoutNs = 0;
        tryIdleTimeoutNs = 0;
        isRequestEnded = isEnded;
        touch(nowNs);
    }

    /**
     * @param nowNs   time of the duty cycle.
     * @param isAgain whether an earlier attempt has used up some of the time.
     * @return how long the endpoint has for its response, 0 or less when that is not bounded.
     */
    long expectedNs(final long nowNs, final boolean isAgain)
    {
        final long expectedNs = tryTimeoutNs() > 0 ? tryTimeoutNs() : responseTimeoutNs;
        if (!isAgain || responseTimeoutNs <= 0 || !isRequestEnded)
        {
            return expectedNs;
        }
        final long elapsedNs = (nowNs - requestEndNs) / NANOS_PER_MILLI * NANOS_PER_MILLI;
        return Math.clamp(responseTimeoutNs - elapsedNs, NANOS_PER_MILLI, expectedNs);
    }

    /**
     * The request is whole.
     *
     * @param nowNs time of the duty cycle.
     */
    void onRequestEnd(final long nowNs)
    {
        isRequestEnded = true;
        requestEndNs = nowNs;
        responseFromNs = nowNs;
    }

    /**
     * The request goes on towards its endpoint only now: the time for the response begins not before.
     *
     * @param nowNs time of the duty cycle.
     */
    void onForwarded(final long nowNs)
    {
        responseFromNs = nowNs;
    }

    /**
     * @return whether the request is whole.
     */
    boolean isRequestEnded()
    {
        return isRequestEnded;
    }

    /**
     * Something came.
     *
     * @param nowNs time of the duty cycle.
     */
    void touch(final long nowNs)
    {
        idleDeadlineNs = idleTimeoutNs <= 0 ? NEVER : nowNs + idleTimeoutNs;
        tryTouchNs = nowNs;
    }

    /**
     * @return when the exchange began.
     */
    long startNs()
    {
        return startNs;
    }

    /**
     * @return when the request was whole, once it is.
     */
    long requestEndNs()
    {
        return requestEndNs;
    }

    /**
     * @return time from the beginning to the end of the request, once it is whole.
     */
    long requestNs()
    {
        return requestEndNs - startNs;
    }

    /**
     * @return when the first of the time-outs is due, or {@link Long#MAX_VALUE}.
     */
    long deadlineNs()
    {
        return Math.min(Math.min(Math.min(idleDeadlineNs, durationDeadlineNs), againNs),
            isRequestEnded ? Math.min(responseDeadlineNs(), Math.min(tryDeadlineNs(), tryIdleDeadlineNs())) :
                requestDeadlineNs());
    }

    /**
     * @return when all has to be over, or {@link Long#MAX_VALUE}.
     */
    long durationDeadlineNs()
    {
        return durationDeadlineNs;
    }

    /**
     * @return when the response has to be whole; {@link Long#MAX_VALUE} before the request is.
     */
    long responseDeadlineNs()
    {
        return isRequestEnded && responseTimeoutNs > 0 ? responseFromNs + responseTimeoutNs : NEVER;
    }

    /**
     * @return when the response's head has to be there; {@link Long#MAX_VALUE} before the request is whole, and between
     *         attempts.
     */
    long tryDeadlineNs()
    {
        return isTrying() && tryTimeoutNs() > 0 ? Math.max(tryStartNs, responseFromNs) + tryTimeoutNs() : NEVER;
    }

    /**
     * @return when another byte has to have passed; {@link Long#MAX_VALUE} as above.
     */
    long tryIdleDeadlineNs()
    {
        return isTrying() && tryIdleTimeoutNs > 0 ? Math.max(tryTouchNs, responseFromNs) + tryIdleTimeoutNs : NEVER;
    }

    private boolean isTrying()
    {
        return isRequestEnded && tryStartNs != NEVER;
    }

    /**
     * @return when the request has to be whole; {@link Long#MAX_VALUE} once it is.
     */
    long requestDeadlineNs()
    {
        return !isRequestEnded && requestTimeoutNs > 0 ? startNs + requestTimeoutNs : NEVER;
    }

    /**
     * Nothing is due any more.
     */
    void end()
    {
        idleDeadlineNs = NEVER;
        durationDeadlineNs = NEVER;
        requestTimeoutNs = 0;
        responseTimeoutNs = 0;
        tryTimeoutNs = 0;
        tryIdleTimeoutNs = 0;
        againNs = NEVER;
        isRequestEnded = false;
    }
}
