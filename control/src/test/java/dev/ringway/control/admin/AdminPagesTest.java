package dev.ringway.control.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import dev.ringway.control.config.NewerField;
import dev.ringway.engine.counters.ClusterCounters;
import dev.ringway.engine.balance.ClusterHosts;
import dev.ringway.engine.balance.SuccessRates;
import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.counters.LoopHealthCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Snapshot;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.bootstrap.v3.RuntimeLayer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.type.v3.Percent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class AdminPagesTest
{
    @TempDir
    Path directory;

    private FakeServer server;
    private AdminPages pages;

    @BeforeEach
    void setUp() throws IOException
    {
        server = new FakeServer(directory);
        pages = new AdminPages(server);
    }

    @AfterEach
    void tearDown()
    {
        server.close();
    }

    private Page get(final String target)
    {
        final int query = target.indexOf('?');
        return pages.page(
            "GET", query < 0 ? target : target.substring(0, query), query < 0 ? null : target.substring(query + 1));
    }

    private Page post(final String target)
    {
        final int query = target.indexOf('?');
        return pages.page(
            "POST", query < 0 ? target : target.substring(0, query), query < 0 ? null : target.substring(query + 1));
    }

    private static String body(final Page page)
    {
        final StringWriter out = new StringWriter();
        try
        {
            page.body().write(out);
        }
        catch (final IOException e)
        {
            throw new AssertionError(e);
        }
        return out.toString();
    }

    private JsonObject json(final String target)
    {
        final Page page = get(target);
        assertEquals("application/json", page.type());
        return JsonParser.parseString(body(page)).getAsJsonObject();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/drain_listeners", "/healthcheck/fail", "/healthcheck/ok", "/logging", "/quitquitquit",
        "/reopen_logs", "/reset_counters"})
    void shouldChangeNothingOnGet(final String path)
    {
        final Page page = get(path);
        assertEquals(405, page.status());
        assertEquals("Method GET not allowed, POST required.", body(page));
        page.after().run();
        assertTrue(server.calls.isEmpty(), server.calls.toString());
        assertEquals("LIVE", server.state);
    }

    @Test
    void shouldServeAndDocumentEveryCommand() throws IOException
    {
        final String help = body(get("/help"));
        assertTrue(help.startsWith("admin commands are:\n  /: Admin home page\n  /certs: "), help);
        for (final Commands.Command command : Commands.all())
        {
            final Page page = command.isMutation() ? post(command.path()) : get(command.path());
            assertEquals(200, page.status(), command.path());
            body(page);
            assertTrue(help.contains("  " + command.path() + (command.isMutation() ? " (POST): " : ": ")), help);
        }
        final String document = Files.readString(Path.of("../docs/admin.md"));
        for (final Commands.Command command : Commands.all())
        {
            assertTrue(document.contains("\n| `" + command.path() + "` | " + (command.isMutation() ? "POST" : "GET") +
                " | "), command.path() + " in docs/admin.md");
        }
        final Page unknown = get("/nope");
        assertEquals(404, unknown.status());
        assertEquals("invalid path. " + help, body(unknown));
    }

    @Test
    void shouldShowStatsAsTextJsonAndPrometheus()
    {
        final ClusterCounters ids = new ClusterCounters(server.file, "a.b");
        final LoopHealthCounters loop = new LoopHealthCounters(server.file);
        server.file.loop(0).add(ids.upstreamRq2xx, 3);
        server.file.loop(1).add(ids.upstreamRq2xx, 4);
        server.file.loop(1).set(loop.slots, 5);
        final String text = body(get("/stats?filter=b.upstream_rq_2xx%24%7Cslots%24"));
        assertEquals("cluster.a.b.upstream_rq_2xx: 7\nloop.0.slots: 0\nloop.1.slots: 5\n", text);
        assertEquals("{\"stats\":[{\"name\":\"cluster.a.b.upstream_rq_2xx\",\"value\":7}]}",
            body(get("/stats?filter=b.upstream_rq_2xx%24&format=json")));
        assertEquals("""
            # TYPE envoy_cluster_upstream_rq_xx counter
            envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="a.b"} 7
            # TYPE envoy_loop_slots gauge
            envoy_loop_slots{ringway_loop="0"} 0
            envoy_loop_slots{ringway_loop="1"} 5
            """, body(get("/stats/prometheus?filter=b.upstream_rq_2xx%24%7Cslots%24")));
        assertEquals("text/plain; charset=UTF-8", get("/stats/prometheus").type());
        assertEquals(body(get("/stats/prometheus")), body(get("/stats?format=prometheus")));
    }

    @Test
    void shouldShowEachPrometheusFamilyOnce()
    {
        new ClusterCounters(server.file, "one");
        new ClusterCounters(server.file, "two");
        new LoopHealthCounters(server.file);
        final List<String> types = body(get("/stats/prometheus")).lines().filter(line -> line.startsWith("#")).toList();
        assertEquals(types.stream().distinct().toList(), types);
        assertTrue(types.contains("# TYPE envoy_cluster_upstream_cx_active gauge"));
    }

    @Test
    void shouldLeaveOutWhatWasNotUsed()
    {
        final ClusterCounters ids = new ClusterCounters(server.file, "a");
        server.file.loop(0).increment(ids.connections.upstreamCxActive);
        assertEquals("cluster.a.upstream_cx_active: 1\n", body(get("/stats?usedonly")));
        server.file.loop(0).decrement(ids.connections.upstreamCxActive);
        assertEquals("cluster.a.upstream_cx_active: 0\n", body(get("/stats?usedonly")));
        assertEquals("", body(get("/stats?usedonly&type=Counters")));
        assertEquals("cluster.a.upstream_cx_active: 0\n", body(get("/stats?usedonly&type=Gauges")));
        assertEquals("", body(get("/stats?usedonly&filter=cx&invert_filter")));
    }

    private void fillHistogram()
    {
        final int id = server.file.histogram("cluster.backend.upstream_rq_time");
        server.file.histogram("http.in.downstream_rq_time");
        server.file.loop(0).record(id, 1);
        server.file.loop(1).record(id, 4);
        server.file.loop(1).record(id, 46);
    }

    /** The texts are what Envoy printed for the same values. */
    @Test
    void shouldPrintHistogramsAsEnvoy()
    {
        fillHistogram();
        assertEquals("""
            cluster.backend.upstream_rq_time: P0(nan,1.05) P25(nan,1.05) P50(nan,4.05) P75(nan,46.5) P90(nan,46.5) \
            P95(nan,46.5) P99(nan,46.5) P99.5(nan,46.5) P99.9(nan,46.5) P100(nan,46.5)
            http.in.downstream_rq_time: No recorded values
            """, body(get("/stats")));
        assertEquals("""
            cluster.backend.upstream_rq_time: B0.5(0,0) B1(0,1) B5(0,2) B10(0,2) B25(0,2) B50(0,3) B100(0,3) B250(0,3) \
            B500(0,3) B1000(0,3) B2500(0,3) B5000(0,3) B10000(0,3) B30000(0,3) B60000(0,3) B300000(0,3) B600000(0,3) \
            B1.8e+06(0,3) B3.6e+06(0,3)
            """, body(get("/stats?usedonly&histogram_buckets=cumulative")));
        assertEquals("""
            cluster.backend.upstream_rq_time: B0.5(0,0) B1(0,1) B5(0,1) B10(0,0) B25(0,0) B50(0,1) B100(0,0) B250(0,0) \
            B500(0,0) B1000(0,0) B2500(0,0) B5000(0,0) B10000(0,0) B30000(0,0) B60000(0,0) B300000(0,0) B600000(0,0) \
            B1.8e+06(0,0) B3.6e+06(0,0)
            """, body(get("/stats?usedonly&histogram_buckets=disjoint")));
        assertEquals("""
            cluster.backend.upstream_rq_time:
              totals=1,0.1:1, 4,0.1:1, 46,1:1
              intervals=
              summary=P0(nan,1.05) P25(nan,1.05) P50(nan,4.05) P75(nan,46.5) P90(nan,46.5) P95(nan,46.5) P99(nan,46.5) \
            P99.5(nan,46.5) P99.9(nan,46.5) P100(nan,46.5)
            """, body(get("/stats?usedonly&histogram_buckets=detailed")));
    }

    @Test
    void shouldPrintHistogramsAsEnvoyInJson()
    {
        fillHistogram();
        final String plain = body(get("/stats?format=json&usedonly&type=Histograms"));
        assertTrue(plain.startsWith("{\"stats\":[{\"histograms\":{\"supported_quantiles\":[0,25,50,75,90,95,99,99.5,99.9,100]," +
            "\"computed_quantiles\":[{\"name\":\"cluster.backend.upstream_rq_time\",\"values\":" +
            "[{\"cumulative\":1.05,\"interval\":null},{\"cumulative\":1.05,\"interval\":null}," +
            "{\"cumulative\":4.05,\"interval\":null},{\"cumulative\":46.5,\"interval\":null},"), plain);
        assertTrue(plain.endsWith("{\"cumulative\":46.5,\"interval\":null}]}]}}]}"), plain);
        final String empty = body(get("/stats?format=json&filter=downstream_rq_time"));
        assertTrue(empty.contains("\"values\":[{\"cumulative\":null,\"interval\":null},"), empty);
        final String buckets = body(get("/stats?format=json&usedonly&histogram_buckets=cumulative"));
        assertTrue(buckets.startsWith("{\"stats\":[{\"histograms\":[{\"name\":\"cluster.backend.upstream_rq_time\"," +
            "\"buckets\":[{\"upper_bound\":0.5,\"interval\":0,\"cumulative\":0},{\"upper_bound\":1,\"interval\":0," +
            "\"cumulative\":1},"), buckets);
        assertTrue(buckets.endsWith("{\"upper_bound\":3600000,\"interval\":0,\"cumulative\":3}]}]}]}"), buckets);
        final String details = body(get("/stats?format=json&usedonly&histogram_buckets=detailed"));
        assertTrue(details.contains("\"details\":[{\"name\":\"cluster.backend.upstream_rq_time\",\"totals\":" +
            "[{\"lower_bound\":1,\"width\":0.1,\"count\":1},{\"lower_bound\":4,\"width\":0.1,\"count\":1}," +
            "{\"lower_bound\":46,\"width\":1,\"count\":1}],\"intervals\":[],\"percentiles\":[{"), details);
        for (final String all : List.of(plain, empty, buckets, details))
        {
            JsonParser.parseString(all);
        }
        assertEquals("{\"stats\":[]}", body(get("/stats?format=json&type=Gauges")));
    }

    @Test
    void shouldPrintHistogramsAsEnvoyForPrometheus()
    {
        fillHistogram();
        final String text = body(get("/stats/prometheus?usedonly"));
        assertTrue(text.startsWith("""
            # TYPE envoy_cluster_upstream_rq_time histogram
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="backend",le="0.5"} 0
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="backend",le="1"} 1
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="backend",le="5"} 2
            """), text);
        assertTrue(text.endsWith("""
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="backend",le="1800000"} 3
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="backend",le="3600000"} 3
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="backend",le="+Inf"} 3
            envoy_cluster_upstream_rq_time_sum{envoy_cluster_name="backend"} 51.6
            envoy_cluster_upstream_rq_time_count{envoy_cluster_name="backend"} 3
            """), text);
        assertTrue(body(get("/stats/prometheus?usedonly&histogram_buckets=summary")).startsWith("""
            # TYPE envoy_cluster_upstream_rq_time summary
            envoy_cluster_upstream_rq_time{envoy_cluster_name="backend",quantile="0"} 1.05
            envoy_cluster_upstream_rq_time{envoy_cluster_name="backend",quantile="0.25"} 1.05
            """));
    }

    @Test
    void shouldRefuseWhatIsNoQuery()
    {
        assertEquals(400, get("/stats?type=Nope").status());
        assertEquals("invalid &type= param", body(get("/stats?type=Nope")));
        assertEquals("Invalid re2 regex: missing closing ]: [", body(get("/stats?filter=%5B")));
        assertEquals(400, get("/stats?filter=%5B").status());
        assertEquals(400, get("/stats?format=nope").status());
        assertEquals(400, get("/stats?histogram_buckets=nope").status());
        assertEquals(400, get("/stats?filter=" + "a".repeat(2000)).status());
        assertEquals(400, get("/stats?filter=%zz").status());
        assertEquals(400, get("/clusters?filter=(").status());
    }

    /** The texts are Envoy's, but for what it serves and Ringway does not. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/stats?invert_filter | invert_filter can only be used if filter is also provided",
        "/stats?format=prometheus&histogram_buckets=detailed | unsupported prometheus histogram bucket mode",
        "/stats/prometheus?histogram_buckets=disjoint | unsupported prometheus histogram bucket mode",
        "/stats/prometheus?prom_protobuf | prom_protobuf is not supported; without it stats are printed as text",
        "/config_dump?include_eds | include_eds is not supported; /clusters?format=json shows endpoints"})
    void shouldSayWhyAQueryCannotBeAnswered(final String target, final String reason)
    {
        final Page page = get(target);
        assertEquals(400, page.status());
        assertEquals(reason, body(page).stripTrailing());
    }

    @Test
    void shouldTakeNoneAndNothingForWhatIsNotGiven()
    {
        assertEquals(body(get("/stats")), body(get("/stats?histogram_buckets=none&prom_protobuf")));
        assertEquals(body(get("/config_dump")), body(get("/config_dump?resource=&mask=&name_regex=")));
        assertEquals("{}", json("/config_dump?resource=static_clusters&name_regex=nobody").toString());
    }

    /** It would take longer than any test may. */
    @Test
    void shouldNotBeHeldUpByANastyExpression()
    {
        server.file.counter("a".repeat(200));
        assertEquals("", body(get("/stats?filter=(a%2Ba%2B)%2Bb%24")));
    }

    @Test
    void shouldResetCountersAndKeepGauges()
    {
        final ClusterCounters ids = new ClusterCounters(server.file, "a");
        server.file.loop(0).add(ids.upstreamRqTotal, 5);
        server.file.loop(0).add(ids.upstreamRqActive, 2);
        assertEquals("OK\n", body(post("/reset_counters")));
        assertEquals("cluster.a.upstream_rq_total: 0\n", body(get("/stats?filter=rq_total")));
        assertEquals("cluster.a.upstream_rq_active: 2\n", body(get("/stats?filter=rq_active%24")));
    }

    @Test
    void shouldFailAndPassHealthChecks()
    {
        assertEquals("LIVE\n", body(get("/ready")));
        assertEquals("OK\n", body(post("/healthcheck/fail")));
        assertEquals(503, get("/ready").status());
        assertEquals("DRAINING\n", body(get("/ready")));
        assertEquals("OK\n", body(post("/healthcheck/ok")));
        assertEquals(200, get("/ready").status());
    }

    @Test
    void shouldActAfterTheAnswer()
    {
        final Page drain = post("/drain_listeners?graceful&inboundonly");
        final Page quit = post("/quitquitquit");
        assertTrue(server.calls.isEmpty());
        drain.after().run();
        quit.after().run();
        post("/reopen_logs");
        assertEquals(List.of("drain true false true", "quit", "reopen"), server.calls);
    }

    @Test
    void shouldShowServerAndMemory()
    {
        server.bootstrap = Bootstrap.newBuilder().setNode(server.bootstrap.getNode().toBuilder().setId("n")).build();
        final JsonObject info = json("/server_info");
        assertEquals("LIVE", info.get("state").getAsString());
        assertEquals("7s", info.get("uptime_current_epoch").getAsString());
        assertEquals(2, info.getAsJsonObject("command_line_options").get("concurrency").getAsInt());
        assertEquals("n", info.getAsJsonObject("node").get("id").getAsString());
        assertEquals("4096", json("/memory").get("total_physical_bytes").getAsString());
        assertTrue(Long.parseLong(json("/memory").get("allocated").getAsString()) > 0);
        assertEquals(0, json("/certs").getAsJsonArray("certificates").size());
    }

    @Test
    void shouldShowRuntimeByLayers()
    {
        final Struct inner = Struct.newBuilder()
            .putFields("b", Value.newBuilder().setNumberValue(5).build())
            .putFields("c", Value.newBuilder().setBoolValue(true).build()).build();
        final Struct first = Struct.newBuilder().putFields("a", Value.newBuilder().setStructValue(inner).build()).build();
        final Struct second = Struct.newBuilder().putFields("a.b", Value.newBuilder().setNumberValue(7).build()).build();
        final Bootstrap.Builder bootstrap = Bootstrap.newBuilder();
        bootstrap.getLayeredRuntimeBuilder()
            .addLayers(RuntimeLayer.newBuilder().setName("one").setStaticLayer(first))
            .addLayers(RuntimeLayer.newBuilder().setName("two").setStaticLayer(second));
        server.bootstrap = bootstrap.build();
        final JsonObject entries = json("/runtime").getAsJsonObject("entries");
        assertEquals("{\"layer_values\":[\"5\",\"7\"],\"final_value\":\"7\"}", entries.get("a.b").toString());
        assertEquals("{\"layer_values\":[\"true\",\"\"],\"final_value\":\"true\"}", entries.get("a.c").toString());
        assertEquals("[\"one\",\"two\"]", json("/runtime").get("layers").toString());
    }

    @Test
    void shouldShowClustersAndListeners()
    {
        server.snapshot = new Snapshot(
            1, List.of(), List.of(server.cluster("a", 1), server.cluster("b", 2)), List.of());
        server.uses.adopt(server.snapshot, 0);
        final EndpointCounters counters =
            server.uses.of(0).hosts().health(Address.of(new InetSocketAddress("127.0.0.1", 2))).counters();
        counters.loop(0).add(EndpointCounters.RQ_TOTAL, 3);
        counters.loop(1).add(EndpointCounters.RQ_TOTAL, 4);
        counters.loop(1).increment(EndpointCounters.CX_ACTIVE);
        final String text = body(get("/clusters?filter=^b"));
        assertTrue(text.contains("b::127.0.0.1:2::cx_active::1\nb::127.0.0.1:2::cx_connect_fail::0\n" +
            "b::127.0.0.1:2::cx_total::0\nb::127.0.0.1:2::rq_active::0\nb::127.0.0.1:2::rq_error::0\n" +
            "b::127.0.0.1:2::rq_pending_active::0\nb::127.0.0.1:2::rq_success::0\nb::127.0.0.1:2::rq_timeout::0\nb::127.0.0.1:2::rq_total::7\n" +
            "b::127.0.0.1:2::hostname::h\n"), text);
        assertTrue(text.startsWith("b::observability_name::b\nb::default_priority::max_connections::1024\n"), text);
        assertTrue(text.contains("b::default_priority::max_retries::3\nb::high_priority::max_connections::1024\n" +
            "b::high_priority::max_pending_requests::1024\nb::high_priority::max_requests::1024\n" +
            "b::high_priority::max_retries::3\nb::added_via_api::false\n"), text);
        assertTrue(text.contains("b::127.0.0.1:2::health_flags::healthy\n"), text);
        final JsonArray statuses = json("/clusters?format=json").getAsJsonArray("cluster_statuses");
        assertEquals(2, statuses.size());
        assertEquals("[{\"name\":\"cx_connect_fail\"},{\"name\":\"cx_total\"},{\"name\":\"rq_error\"}," +
            "{\"name\":\"rq_success\"},{\"name\":\"rq_timeout\"},{\"value\":\"7\",\"name\":\"rq_total\"}," +
            "{\"type\":\"GAUGE\",\"value\":\"1\",\"name\":\"cx_active\"},{\"type\":\"GAUGE\",\"name\":\"rq_active\"}," +
            "{\"type\":\"GAUGE\",\"name\":\"rq_pending_active\"}]",
            statuses.get(1).getAsJsonObject().getAsJsonArray("host_statuses").get(0).getAsJsonObject()
                .getAsJsonArray("stats").toString());
        assertEquals(1, statuses.get(0).getAsJsonObject().getAsJsonArray("host_statuses").get(0).getAsJsonObject()
            .getAsJsonObject("address").getAsJsonObject("socket_address").get("port_value").getAsInt());
        assertEquals("{\"max_connections\":1024,\"max_pending_requests\":1024,\"max_requests\":1024," +
            "\"max_retries\":3},{\"priority\":\"HIGH\",\"max_connections\":1024,\"max_pending_requests\":1024," +
            "\"max_requests\":1024,\"max_retries\":3}", statuses.get(1).getAsJsonObject()
                .getAsJsonObject("circuit_breakers").getAsJsonArray("thresholds").toString().replaceAll("^.|.$", ""));
        assertTrue(json("/listeners?format=json").has("listener_statuses"));
    }

    @Test
    void shouldShowWhatOutlierDetectionFound()
    {
        server.snapshot = new Snapshot(1, List.of(), List.of(server.cluster("b", 2)), List.of());
        server.uses.adopt(server.snapshot, 0);
        final ClusterHosts hosts = server.uses.of(0).hosts();
        assertFalse(body(get("/clusters")).contains("outlier"));
        hosts.successRates(SuccessRates.NONE);
        assertTrue(body(get("/clusters")).startsWith("b::observability_name::b\n" +
            "b::outlier::success_rate_average::-1\nb::outlier::success_rate_ejection_threshold::-1\n" +
            "b::outlier::local_origin_success_rate_average::-1\n" +
            "b::outlier::local_origin_success_rate_ejection_threshold::-1\nb::default_priority"));
        hosts.successRates(new SuccessRates(200 / 3.0, 50));
        hosts.localSuccessRates(new SuccessRates(90, 52));
        hosts.newest().health(0).successRate(200 / 3.0);
        final String text = body(get("/clusters"));
        assertTrue(text.contains("b::outlier::success_rate_average::66.6667\n" +
            "b::outlier::success_rate_ejection_threshold::50\n" +
            "b::outlier::local_origin_success_rate_average::90\n" +
            "b::outlier::local_origin_success_rate_ejection_threshold::52\n"), text);
        assertTrue(text.contains("::success_rate::66.66666666666667\n"), text);
        final JsonObject status =
            json("/clusters?format=json").getAsJsonArray("cluster_statuses").get(0).getAsJsonObject();
        assertEquals(50, status.getAsJsonObject("success_rate_ejection_threshold").get("value").getAsDouble());
        assertEquals(
            52, status.getAsJsonObject("local_origin_success_rate_ejection_threshold").get("value").getAsDouble());
        assertEquals(200 / 3.0, status.getAsJsonArray("host_statuses").get(0).getAsJsonObject()
            .getAsJsonObject("success_rate").get("value").getAsDouble());
    }

    @Test
    void shouldDumpTheConfigurationByResourceMaskAndName()
    {
        final HttpConnectionManager manager = HttpConnectionManager.newBuilder().setStatPrefix("in")
            .setRouteConfig(RouteConfiguration.newBuilder().setName("r")).build();
        final Bootstrap.Builder bootstrap = Bootstrap.newBuilder();
        bootstrap.getStaticResourcesBuilder()
            .addClusters(Cluster.newBuilder().setName("a")).addClusters(Cluster.newBuilder().setName("b"))
            .addListeners(Listener.newBuilder().setName("l").addFilterChains(FilterChain.newBuilder()
                .addFilters(Filter.newBuilder().setTypedConfig(Any.pack(manager)))));
        server.bootstrap = bootstrap.build();
        final JsonArray all = json("/config_dump").getAsJsonArray("configs");
        assertEquals(List.of("BootstrapConfigDump", "ClustersConfigDump", "ListenersConfigDump",
            "ScopedRoutesConfigDump", "RoutesConfigDump", "SecretsConfigDump"),
            StreamSupport.stream(all.spliterator(), false).map(dump -> dump.getAsJsonObject().get("@type").getAsString().replaceAll(".*\\.v3\\.", "")).toList());
        assertEquals("r", all.get(4).getAsJsonObject().getAsJsonArray("static_route_configs").get(0).getAsJsonObject()
            .getAsJsonObject("route_config").get("name").getAsString());
        final JsonArray clusters =
            json("/config_dump?resource=static_clusters&mask=cluster.name&name_regex=b").getAsJsonArray("configs");
        assertEquals("[{\"@type\":\"type.googleapis.com/envoy.admin.v3.ClustersConfigDump.StaticCluster\"," +
            "\"cluster\":{\"@type\":\"type.googleapis.com/envoy.config.cluster.v3.Cluster\",\"name\":\"b\"}}]",
            clusters.toString());
        final JsonArray masked = json("/config_dump?mask=static_clusters.cluster.name,static_clusters.last_updated")
            .getAsJsonArray("configs");
        assertEquals(1, masked.size());
        assertEquals(2, masked.get(0).getAsJsonObject().getAsJsonArray("static_clusters").size());
        assertEquals("1970-01-01T00:00:00Z", masked.get(0).getAsJsonObject().getAsJsonArray("static_clusters").get(1)
            .getAsJsonObject().get("last_updated").getAsString());
    }

    @Test
    void shouldDumpFieldsThatTheClassesDoNotHave()
    {
        final HttpProtocolOptions options = HttpProtocolOptions.newBuilder().setUnknownFields(UnknownFieldSet
            .newBuilder().addField(NewerField.MAX_CONNECTION_DURATION_JITTER.number(), UnknownFieldSet.Field.newBuilder()
            .addLengthDelimited(Percent.newBuilder().setValue(5).build().toByteString()).build()).build()).build();
        final Bootstrap.Builder bootstrap = Bootstrap.newBuilder();
        bootstrap.getStaticResourcesBuilder().addClusters(Cluster.newBuilder().setName("a"))
            .addClusters(Cluster.newBuilder().setName("b").putTypedExtensionProtocolOptions("x", Any.pack(
                io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder()
                .setCommonHttpProtocolOptions(options).build())));
        server.bootstrap = bootstrap.build();
        final JsonArray clusters = json("/config_dump?resource=static_clusters").getAsJsonArray("configs");
        assertEquals("{\"max_connection_duration_jitter\":{\"value\":5.0}}", clusters.get(1).getAsJsonObject()
            .getAsJsonObject("cluster").getAsJsonObject("typed_extension_protocol_options").getAsJsonObject("x")
            .getAsJsonObject("common_http_protocol_options").toString());
    }

    @Test
    void shouldDumpValuesUnderAnyName()
    {
        final Bootstrap.Builder bootstrap = Bootstrap.newBuilder();
        bootstrap.getStaticResourcesBuilder().addClusters(Cluster.newBuilder().setName("a").setMetadata(Metadata
            .newBuilder().putFilterMetadata("n", Struct.newBuilder()
            .putFields("fields", Value.newBuilder().setStringValue("x").build()).build())));
        server.bootstrap = bootstrap.build();
        assertEquals("{\"filter_metadata\":{\"n\":{\"fields\":\"x\"}}}", json("/config_dump?resource=static_clusters")
            .getAsJsonArray("configs").get(0).getAsJsonObject().getAsJsonObject("cluster").get("metadata").toString());
    }

    @Test
    void shouldRefuseAnUnknownResourceAndMask()
    {
        final Page resource = get("/config_dump?resource=bogus");
        assertEquals(404, resource.status());
        assertEquals("bogus not found in config dump", body(resource));
        final Page mask = get("/config_dump?mask=zzz.qq");
        assertEquals(400, mask.status());
        assertEquals("FieldMask zzz.qq could not be successfully applied to any configs.", body(mask));
        assertEquals(400, get("/config_dump?name_regex=(").status());
    }

    @Test
    void shouldChangeLevelsOrNothing()
    {
        assertEquals(400, post("/logging?paths=admin:debug,zzz:info").status());
        assertTrue(body(post("/logging?paths=admin:debug,zzz:info")).startsWith("error: unknown logger name\n\nusage: "));
        assertTrue(body(post("/logging?level=nope")).startsWith("error: unknown logger level\n\nusage: "));
        assertTrue(body(post("/logging?level=info&level2=info")).startsWith(
            "error: invalid number of parameters\n\nusage: "));
        assertTrue(body(post("/logging")).startsWith("active loggers:\n"));
        assertNull(Commands.find("/nope"));
        assertFalse(body(post("/logging")).contains("usage"));
    }
}
