package dev.ringway.engine.runtime;

import dev.ringway.engine.counters.HttpCounters;
import dev.ringway.engine.filter.HttpFilters;
import dev.ringway.engine.route.FieldChanges;
import dev.ringway.engine.route.MirrorPolicy;
import dev.ringway.engine.route.PathMatch;
import dev.ringway.engine.route.Redirect;
import dev.ringway.engine.route.RequestRules;
import dev.ringway.engine.route.RetryPolicy;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.route.RouteTable;
import dev.ringway.engine.route.StreamDuration;
import dev.ringway.engine.route.Upgrades;
import dev.ringway.engine.route.VirtualHost;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.CidrRanges;
import dev.ringway.engine.snapshot.CodecType;
import dev.ringway.engine.snapshot.ConnectionAge;
import dev.ringway.engine.snapshot.Http2Options;
import dev.ringway.engine.snapshot.ForwardClientCert;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.engine.snapshot.HttpConnectionManager.ServerHeader;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * A connection manager's settings with defaults, for tests to change one by one. Routes are tried in order by prefix;
 * without any, all goes to cluster {@code b}.
 */
final class HttpSettings
{
    final Map<String, Route> routes = new LinkedHashMap<>();
    Route tunnels;
    long idleNs = 3_600_000_000_000L;
    long streamIdleNs = 300_000_000_000L;
    long maxDurationNs = 0;
    long requestTimeoutNs = 0;
    long headersTimeoutNs = 30_000_000_000L;
    long drainTimeoutNs = 5_000_000_000L;
    long drainJitterNs;
    ConnectionAge age = ConnectionAge.UNBOUNDED;
    boolean http1WaitsForNext;
    /** Longer than a test: only one that is about it runs into it, however slow the machine is. */
    long routeTimeoutNs = 300_000_000_000L;
    int maxHeadBytes = 60 * 1024;
    int maxHeaders = 100;
    int maxRequests = 0;
    boolean useRemoteAddress;
    boolean skipXffAppend;
    int trustedHops;
    int forwardedPort = -1;
    CidrRanges internal = CidrRanges.NONE;
    String via = "";
    boolean echoRequestId;
    boolean generateRequestId = true;
    boolean preserveRequestId;
    ServerHeader serverHeader = ServerHeader.OVERWRITE;
    boolean acceptHttp10;
    String defaultHost = "";
    boolean enableTrailers = true;
    boolean suppressEnvoyHeaders;
    CodecType codecType = CodecType.AUTO;
    Http2Options http2 = Http2Options.DEFAULT;
    RequestRules rules = RequestRules.NONE;
    Upgrades upgrades = Upgrades.NONE;
    HttpFilters filters;
    List<AccessLogSink> accessLogs = List.of();
    RetryPolicy retry = RetryPolicy.NONE;
    MirrorPolicy[] mirrors = MirrorPolicy.NONE;
    ForwardClientCert forwardClientCert = ForwardClientCert.SANITIZE;

    Route toCluster(final int clusterId)
    {
        return new RouteBuilder("").cluster(clusterId, "b").timeoutNs(routeTimeoutNs).retry(retry).mirrors(mirrors)
            .build();
    }

    Route rewriting(final String matched, final String rewrite)
    {
        return new RouteBuilder("").cluster(0, "b").timeoutNs(routeTimeoutNs)
            .matchedLength(matched.length()).prefixRewrite(rewrite.getBytes(US_ASCII)).build();
    }

    Route changing(final FieldChanges request, final FieldChanges response)
    {
        return new RouteBuilder("changing").cluster(0, "b").timeoutNs(routeTimeoutNs).retry(retry)
            .changes(request, response).build();
    }

    static Route direct(final int status, final String text)
    {
        return new RouteBuilder("").directResponse(status, text.getBytes(US_ASCII)).build();
    }

    static Route redirecting(final int status, final Redirect redirect, final int matched)
    {
        return new RouteBuilder("").matchedLength(matched).redirect(status, redirect).build();
    }

    Route lasting(final StreamDuration duration)
    {
        return new RouteBuilder("").cluster(0, "b").timeoutNs(routeTimeoutNs).duration(duration).build();
    }

    private RouteTable table()
    {
        final Map<String, Route> table = new LinkedHashMap<>(routes);
        if (table.isEmpty())
        {
            table.put("/", toCluster(0));
            table.put("*", toCluster(0));
        }
        final List<VirtualHost.Rule> rules = new ArrayList<>(table.entrySet().stream().map(entry -> new VirtualHost.Rule(
            new PathMatch(PathMatch.Kind.PREFIX, entry.getKey().getBytes(US_ASCII), true), entry.getValue())).toList());
        if (tunnels != null)
        {
            rules.add(new VirtualHost.Rule(new PathMatch(PathMatch.Kind.CONNECT, new byte[0], true), tunnels));
        }
        return RouteTable.compile(List.of(new VirtualHost("v", List.of("*"), rules)), false);
    }

    HttpConnectionManager toManager(final HttpCounters counters)
    {
        return new HttpConnectionManager("in", table(), idleNs, streamIdleNs, maxDurationNs, requestTimeoutNs,
            headersTimeoutNs, drainTimeoutNs, drainJitterNs, age, http1WaitsForNext, maxHeadBytes, maxHeaders, maxRequests, useRemoteAddress, trustedHops, skipXffAppend,
            forwardedPort, internal, via.getBytes(US_ASCII), forwardClientCert, generateRequestId, preserveRequestId, echoRequestId,
            "ringway", serverHeader, acceptHttp10, defaultHost,
            rules.orNone(), enableTrailers, suppressEnvoyHeaders, codecType, http2, upgrades, filters, accessLogs,
            counters);
    }
}
