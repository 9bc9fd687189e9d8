package dev.ringway.engine.httpfilters;

import dev.ringway.engine.accesslog.ResponseFlag;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.FilterExchange;
import dev.ringway.engine.filter.FilterLoop;
import dev.ringway.engine.filter.HttpFilter;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.filter.Verdict;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.route.RequestView;

import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Answers those who ask whether this process is well, and tells others when it is not. Envoy:
 * {@code extensions.filters.http.health_check.v3.HealthCheck}.
 *
 * @param health       of the process.
 * @param ownCluster   {@code node.cluster}; not to be changed.
 * @param passesOn     {@code pass_through_mode}: whether a cluster answers while the process does not fail.
 * @param cache        of its answers, or null.
 * @param conditions   that requests meet which ask.
 * @param minimums     of clusters, by their names in order.
 */
public record HealthCheck(
    ServiceHealth health,
    byte[] ownCluster,
    boolean passesOn,
    HealthCache cache,
    List<Condition> conditions,
    List<Minimum> minimums) implements HttpFilterFactory
{
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    private static final byte[] NO_TEXT = new byte[0];
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] CHECKED_CLUSTER = "x-envoy-upstream-healthchecked-cluster".getBytes(US_ASCII);
    private static final byte[] IMMEDIATE_FAIL = "x-envoy-immediate-health-check-fail".getBytes(US_ASCII);
    private static final byte[] DEGRADED = "x-envoy-degraded".getBytes(US_ASCII);

    private static final FilterAnswer WELL = answer(OK, "health_check_ok");
    private static final FilterAnswer FAILED = answer(UNAVAILABLE, "health_check_failed");
    private static final FilterAnswer ALL_HEALTHY = answer(OK, "health_check_ok_cluster_healthy");
    private static final FilterAnswer UNKNOWN = answer(UNAVAILABLE, "health_check_failed_no_cluster_found");
    private static final FilterAnswer EMPTY = answer(UNAVAILABLE, "health_check_failed_cluster_empty");
    private static final FilterAnswer UNHEALTHY = answer(UNAVAILABLE, "health_check_failed_cluster_unhealthy");

    /**
     * How much of a cluster must be there.
     *
     * @param clusterId of the cluster, or -1 when there is none of that name.
     * @param percent   of its endpoints.
     */
    public record Minimum(int clusterId, int percent)
    {
    }

    static FilterAnswer answer(final int status, final String detail)
    {
        return FilterAnswer.of(
            status, NO_TEXT, status / 100 == 2 ? 0 : ResponseFlag.FAILED_LOCAL_HEALTH_CHECK, detail);
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilter create(final FilterLoop loop)
    {
        return new Answering(this);
    }

    /** One request at a time. */
    private static final class Answering implements HttpFilter
    {
        private final HealthCheck own;
        private final RequestView view = new RequestView();
        private boolean isCheck;
        private boolean isAnswered;
        private boolean isDegraded;

        private Answering(final HealthCheck own)
        {
            this.own = own;
        }

        public int onRequestHead(final FilterExchange exchange, final boolean isEnd)
        {
            if (!asks(exchange))
            {
                return Verdict.CONTINUE;
            }
            isCheck = true;
            exchange.healthCheck();
            final boolean isFailing = own.health.isFailing();
            final int cached = own.cache == null ? HealthCache.NONE : own.cache.get(exchange.nowNs());
            if (own.passesOn && !isFailing && cached == HealthCache.NONE)
            {
                return Verdict.CONTINUE;
            }
            isAnswered = true;
            if (isFailing)
            {
                return exchange.answer(FAILED);
            }
            isDegraded = cached != HealthCache.NONE && own.cache.isDegraded(cached);
            return exchange.answer(cached == HealthCache.NONE ? ofClusters() : own.cache.answer(cached));
        }

        private boolean asks(final FilterExchange exchange)
        {
            view.of(exchange.request().head());
            for (int i = 0; i < own.conditions.size(); i++)
            {
                if (!own.conditions.get(i).holds(view))
                {
                    return false;
                }
            }
            return true;
        }

        private FilterAnswer ofClusters()
        {
            for (int i = 0; i < own.minimums.size(); i++)
            {
                final Minimum minimum = own.minimums.get(i);
                if (minimum.clusterId < 0)
                {
                    return UNKNOWN;
                }
                final long total = own.health.clusters().total(minimum.clusterId);
                if (total == 0 && minimum.percent > 0)
                {
                    return EMPTY;
                }
                if (100L * own.health.clusters().available(minimum.clusterId) < total * minimum.percent)
                {
                    return UNHEALTHY;
                }
            }
            return own.minimums.isEmpty() ? WELL : ALL_HEALTHY;
        }

        public int onResponseHead(final FilterExchange exchange, final boolean isEnd)
        {
            if (isCheck)
            {
                if (isDegraded)
                {
                    exchange.response().add(DEGRADED, NO_TEXT);
                }
                if (own.cache != null && !isAnswered)
                {
                    own.cache.put(exchange.response().status(), exchange.response().find(DEGRADED) >= 0,
                        exchange.nowNs());
                }
                exchange.response().set(CHECKED_CLUSTER, own.ownCluster);
            }
            else if (own.health.isFailing())
            {
                exchange.response().set(IMMEDIATE_FAIL, TRUE);
            }
            return Verdict.CONTINUE;
        }

        public void onEnd(final FilterExchange exchange)
        {
            isCheck = false;
            isAnswered = false;
            isDegraded = false;
        }
    }
}
