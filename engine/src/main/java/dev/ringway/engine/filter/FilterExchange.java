package dev.ringway.engine.filter;

/**
 * A request with its response, as one filter of its chain sees it. Valid while the filter is called; the same object comes
 * with each call. Loop thread only.
 */
public interface FilterExchange extends FilterLoop
{
    /**
     * @return head of the request. It can be read and changed until it goes on behind this filter, and read later on where
     *         {@link #keepRequest} was called.
     */
    FilterRequest request();

    /**
     * Keeps the bytes of the request head until the exchange is over.
     */
    void keepRequest();

    /**
     * The same, and once the request goes on {@link #request} is the head as it does, after the filters behind this one and
     * with the changes of its route.
     */
    void keepSentRequest();

    /**
     * @return head of the response, during {@link HttpFilter#onResponseHead} and while this filter holds it.
     */
    FilterResponse response();

    /**
     * @return whether the response is one made here.
     */
    boolean isAnswered();

    /**
     * Answers the request here once the call is over; whatever was to be sent to the endpoint is not. The answer passes
     * the filters of the chain as one of an endpoint does. A call of gRPC gets the status of gRPC that belongs to the
     * HTTP status.
     *
     * @param status 200 to 599.
     * @param body   text, may be empty; not to be changed until the exchange is over.
     * @return {@link Verdict#ANSWERED}, for the filter to return.
     */
    int answer(int status, byte[] body);

    /**
     * The same with what the access log says of it.
     *
     * @param answer shared, or the filter's own until the exchange is over.
     * @return {@link Verdict#ANSWERED}, for the filter to return.
     */
    int answer(FilterAnswer answer);

    /**
     * Resets the exchange once the call is over: the client gets no answer.
     *
     * @param detail for the access log.
     * @return {@link Verdict#ANSWERED}, for the filter to return.
     */
    int cut(String detail);

    /**
     * Has {@link HttpFilter#onTimer} called, instead of an earlier time that has not come.
     *
     * @param delayNs from now on, not negative.
     */
    void timer(long delayNs);

    /**
     * @return a signal of this filter, to be given to another thread; allocates.
     */
    FilterSignal signal();

    /**
     * Bounds what is kept for this filter's {@link Verdict#GATHER}, default 1 MiB. More makes the request fail with 413,
     * the response with 500.
     *
     * @param bytes at least 0.
     */
    void limit(int bytes);

    /**
     * Has the request go on with a {@code content-length}, where it has none and all of its content is gathered.
     */
    void tellLength();

    /**
     * @param flags of {@code ResponseFlag} that the access log is to show.
     */
    void flag(int flags);

    /**
     * Says that the request asks for the health of this process: it does not count among answers.
     */
    void healthCheck();

    /**
     * Has the route chosen anew, because the filter changed what it is chosen by.
     */
    void clearRoute();

    /**
     * @return whether a route was found.
     */
    boolean hasRoute();

    /**
     * @return name of the route, empty when it has none or there is none.
     */
    String routeName();

    /**
     * @return name of the route's cluster, empty when it has none.
     */
    String clusterName();

    /**
     * @return whether the route sends the request on, also where the cluster that it names is not there.
     */
    boolean isForwarded();

    /**
     * @return the most specific settings that the route has for this filter, or null.
     */
    Object settings();

    /**
     * @return how many of weighted cluster, route, virtual host and route configuration have settings for this filter.
     */
    int settingsCount();

    /**
     * @param level 0 for the most specific.
     * @return settings.
     */
    Object settings(int level);

    /**
     * @return the client.
     */
    FilterPeer peer();

    /**
     * @return status of the response, 0 when none was begun.
     */
    int status();

    /**
     * @return flags of {@code ResponseFlag} so far.
     */
    int flags();

    /**
     * @return response code details so far.
     */
    String detail();
}
