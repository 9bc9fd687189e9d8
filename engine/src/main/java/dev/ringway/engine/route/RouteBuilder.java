package dev.ringway.engine.route;

import dev.ringway.engine.filter.FilterSettings;
import dev.ringway.engine.route.Route.Answer;
import dev.ringway.engine.route.Route.Forward;
import dev.ringway.engine.route.Route.Kind;
import dev.ringway.engine.route.Route.Metadata;
import dev.ringway.engine.route.Route.Target;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes a route of what the configuration says, with Envoy's defaults for what it does not say. One of
 * {@link #cluster}, {@link #directResponse} and {@link #redirect} is required. Any thread, one at a time.
 */
public final class RouteBuilder
{
    /** Of {@code RouteAction.timeout}. */
    public static final long DEFAULT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(15);

    private final String name;
    private int matchedLength;
    private Kind kind;
    private Target target = Target.NONE;
    private List<ClusterSplit.Share> shares = List.of();
    private HeaderKey numberField;
    private ClusterNames names;
    private int notFoundStatus = Forward.NONE.notFoundStatus();
    private HashPolicy hashPolicy;
    private boolean isHighPriority;
    private long timeoutNs = Forward.NONE.timeoutNs();
    private long idleTimeoutNs = Forward.NONE.idleTimeoutNs();
    private StreamDuration duration = Forward.NONE.duration();
    private byte[] prefixRewrite;
    private RegexRewrite regexRewrite;
    private HostRewrite hostRewrite;
    private Upgrades upgrades = Forward.NONE.upgrades();
    private RetryPolicy retry = Forward.NONE.retry();
    private MirrorPolicy[] mirrors = Forward.NONE.mirrors();
    private Answer answer = Answer.NONE;
    private FieldChanges request;
    private FieldChanges response;
    private Metadata metadata = Metadata.NONE;
    private FilterSettings filters;
    private List<FilterSettings> filtersOfShares = List.of();

    /**
     * @param name of the route, may be empty.
     */
    public RouteBuilder(final String name)
    {
        this.name = name;
    }

    /**
     * @param length how many bytes of the path the match covers, default 0.
     * @return this.
     */
    public RouteBuilder matchedLength(final int length)
    {
        matchedLength = length;
        return this;
    }

    /**
     * Forwards requests.
     *
     * @param id          of the cluster, or -1 when it is not known.
     * @param clusterName its name.
     * @return this.
     */
    public RouteBuilder cluster(final int id, final String clusterName)
    {
        return target(new Target(id, clusterName, null, null));
    }

    /**
     * Forwards requests.
     *
     * @param to where to.
     * @return this.
     */
    public RouteBuilder target(final Target to)
    {
        kind = Kind.CLUSTER;
        target = to;
        return this;
    }

    /**
     * Forwards requests to several clusters.
     *
     * @param split  shares of them; the sum of their weights is more than 0.
     * @param number field of requests with the number that picks one, or null.
     * @return this.
     */
    public RouteBuilder split(final List<ClusterSplit.Share> split, final HeaderKey number)
    {
        shares = split;
        numberField = number;
        return target(split.getFirst().target());
    }

    /**
     * @param all names of the clusters, where requests may name one; default none.
     * @return this.
     */
    public RouteBuilder names(final ClusterNames all)
    {
        names = all;
        return this;
    }

    /**
     * @param status of the answer where the cluster is not there, default 503.
     * @return this.
     */
    public RouteBuilder notFoundStatus(final int status)
    {
        notFoundStatus = status;
        return this;
    }

    /**
     * @param policy what of a request is hashed, or null for nothing.
     * @return this.
     */
    public RouteBuilder hashPolicy(final HashPolicy policy)
    {
        hashPolicy = policy;
        return this;
    }

    /**
     * @param isHigh whether the cluster's bounds for priority HIGH hold, default false.
     * @return this.
     */
    public RouteBuilder highPriority(final boolean isHigh)
    {
        isHighPriority = isHigh;
        return this;
    }

    /**
     * Answers with a status and a body.
     *
     * @param status of the response.
     * @param body   may be empty.
     * @return this.
     */
    public RouteBuilder directResponse(final int status, final byte[] body)
    {
        kind = Kind.DIRECT_RESPONSE;
        answer = new Answer(status, body, null);
        return this;
    }

    /**
     * Answers with a location.
     *
     * @param status   of the response.
     * @param redirect parts of the location.
     * @return this.
     */
    public RouteBuilder redirect(final int status, final Redirect redirect)
    {
        kind = Kind.REDIRECT;
        answer = new Answer(status, Answer.NONE.body(), redirect);
        return this;
    }

    /**
     * @param ns for a response, default {@link #DEFAULT_TIMEOUT_NS}; 0 means none.
     * @return this.
     */
    public RouteBuilder timeoutNs(final long ns)
    {
        timeoutNs = ns;
        return this;
    }

    /**
     * @param ns without progress; default -1 for the connection manager's.
     * @return this.
     */
    public RouteBuilder idleTimeoutNs(final long ns)
    {
        idleTimeoutNs = ns;
        return this;
    }

    /**
     * @param limit of streams, default {@link StreamDuration#NONE}.
     * @return this.
     */
    public RouteBuilder duration(final StreamDuration limit)
    {
        duration = limit;
        return this;
    }

    /**
     * @param bytes for what the match covers, or null.
     * @return this.
     */
    public RouteBuilder prefixRewrite(final byte[] bytes)
    {
        prefixRewrite = bytes;
        return this;
    }

    /**
     * @param rewrite of the path, or null.
     * @return this.
     */
    public RouteBuilder regexRewrite(final RegexRewrite rewrite)
    {
        regexRewrite = rewrite;
        return this;
    }

    /**
     * @param rewrite of the host, or null.
     * @return this.
     */
    public RouteBuilder hostRewrite(final HostRewrite rewrite)
    {
        hostRewrite = rewrite;
        return this;
    }

    /**
     * @param protocols to which requests may upgrade, default {@link Upgrades#NONE}.
     * @return this.
     */
    public RouteBuilder upgrades(final Upgrades protocols)
    {
        upgrades = protocols;
        return this;
    }

    /**
     * @param settings for the filters of the connection manager, default null for none.
     * @return this.
     */
    public RouteBuilder filters(final FilterSettings settings)
    {
        filters = settings;
        return this;
    }

    /**
     * @param settings what the route says to filters with each share of a split, in their order, each of them may be null.
     * @return this.
     */
    public RouteBuilder filtersOfShares(final List<FilterSettings> settings)
    {
        filtersOfShares = settings;
        return this;
    }

    /**
     * @param policy when and how requests are sent again, default {@link RetryPolicy#NONE}.
     * @return this.
     */
    public RouteBuilder retry(final RetryPolicy policy)
    {
        retry = policy;
        return this;
    }

    /**
     * @param policies of clusters that get copies of requests, default none; not to be changed.
     * @return this.
     */
    public RouteBuilder mirrors(final MirrorPolicy... policies)
    {
        mirrors = policies;
        return this;
    }

    /**
     * @param requests  changes of their heads, or null.
     * @param responses changes of their heads, or null.
     * @return this.
     */
    public RouteBuilder changes(final FieldChanges requests, final FieldChanges responses)
    {
        request = requests;
        response = responses;
        return this;
    }

    /**
     * @param said of it and its virtual host, default {@link Metadata#NONE}.
     * @return this.
     */
    public RouteBuilder metadata(final Metadata said)
    {
        metadata = said;
        return this;
    }

    /**
     * @return the route.
     */
    public Route build()
    {
        if (shares.isEmpty())
        {
            return route(target, null, filters);
        }
        final List<Route> routes = new ArrayList<>(shares.size());
        for (int i = 0; i < shares.size(); i++)
        {
            routes.add(route(
                shares.get(i).target(), null, filtersOfShares.isEmpty() ? filters : filtersOfShares.get(i)));
        }
        return route(target, new ClusterSplit(routes, shares, numberField), filters);
    }

    private Route route(final Target to, final ClusterSplit split, final FilterSettings settings)
    {
        final Forward forward = kind != Kind.CLUSTER ? Forward.NONE : new Forward(
            to, split, names, notFoundStatus, hashPolicy, isHighPriority, timeoutNs, idleTimeoutNs, duration,
            prefixRewrite, regexRewrite, to.hostRewrite() == null ? hostRewrite : to.hostRewrite(), upgrades, retry,
            mirrors);
        return new Route(name, kind, matchedLength, forward, answer, FieldChanges.of(to.request(), request),
            FieldChanges.of(to.response(), response), metadata, settings);
    }
}
