package dev.ringway.control.admin;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class PrometheusNameTest
{
    /** As Envoy writes them, but for the order of labels; names keep their dots. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        cluster.a.b.upstream_rq_total | envoy_cluster_upstream_rq_total | envoy_cluster_name="a.b"
        cluster.a.upstream_rq_503 | envoy_cluster_upstream_rq | envoy_response_code="503",envoy_cluster_name="a"
        cluster.a.retry.upstream_rq_5xx | envoy_cluster_retry_upstream_rq_xx | envoy_response_code_class="5",envoy_cluster_name="a"
        cluster.a.retry.upstream_rq_completed | envoy_cluster_retry_upstream_rq_completed | envoy_cluster_name="a"
        cluster.a.circuit_breakers.high.rq_open | envoy_cluster_circuit_breakers_high_rq_open | envoy_cluster_name="a"
        cluster.a.ssl.versions.TLSv1.3 | envoy_cluster_ssl_versions | envoy_ssl_version="TLSv1.3",envoy_cluster_name="a"
        cluster.a.ssl.handshake | envoy_cluster_ssl_handshake | envoy_cluster_name="a"
        cluster.a.upstream.proxyprotocol.v2_tlvs_exceed_max_length | envoy_cluster_upstream_proxyprotocol_v2_tlvs_exceed_max_length | envoy_cluster_name="a"
        cluster.a.grpc.p.S.M.14 | envoy_cluster_grpc_14 | envoy_grpc_bridge_method="M",envoy_grpc_bridge_service="p.S",envoy_cluster_name="a"
        listener.[__1]_80.ssl.ciphers.TLS_AES | envoy_listener_ssl_ciphers | envoy_ssl_cipher="TLS_AES",envoy_listener_address="[__1]_80"
        listener.1.2.3.4_80.ssl.curves.X25519 | envoy_listener_ssl_curves | envoy_ssl_curve="X25519",envoy_listener_address="1.2.3.4_80"
        listener.1.2.3.4_80.downstream_cx_total | envoy_listener_downstream_cx_total | envoy_listener_address="1.2.3.4_80"
        listener.1.2.3.4_80.http.in.downstream_rq_2xx | envoy_listener_http_downstream_rq_xx | envoy_response_code_class="2",envoy_http_conn_manager_prefix="in",envoy_listener_address="1.2.3.4_80"
        http.in.fault.aborts_injected | envoy_http_fault_aborts_injected | envoy_http_conn_manager_prefix="in"
        http.in.cors.origin_valid | envoy_http_cors_origin_valid | envoy_http_conn_manager_prefix="in"
        http.in.rbac.allowed | envoy_http_rbac_allowed | envoy_http_conn_manager_prefix="in"
        http.in.rbac.up.allowed | envoy_http_rbac_allowed | envoy_rbac_http_prefix="up",envoy_http_conn_manager_prefix="in"
        r.rbac.allowed | envoy_rbac_allowed | envoy_rbac_prefix="r"
        r.rbac.up.shadow_denied | envoy_rbac_up_shadow_denied | envoy_rbac_prefix="r"
        l.http_local_rate_limit.ok | envoy_http_local_rate_limit_ok | envoy_local_http_ratelimit_prefix="l"
        local_rate_limit.l.rate_limited | envoy_local_rate_limit_rate_limited | envoy_local_network_ratelimit_prefix="l"
        connection_limit.c.active_connections | envoy_connection_limit_active_connections | envoy_connection_limit_prefix="c"
        proxy_proto.p.versions.v2.found | envoy_proxy_proto_found | envoy_proxy_protocol_version="2",envoy_proxy_protocol_prefix="p"
        proxy_proto.p.not_found_allowed | envoy_proxy_proto_not_found_allowed | envoy_proxy_protocol_prefix="p"
        proxy_proto.versions.v1.error | envoy_proxy_proto_error | envoy_proxy_protocol_version="1"
        tcp.t.downstream_cx_total | envoy_tcp_downstream_cx_total | envoy_tcp_prefix="t"
        tls_inspector.sni_found | envoy_tls_inspector_sni_found | ''
        """)
    void shouldHaveTheFamilyAndTheLabelsOfEnvoy(final String stat, final String family, final String labels)
    {
        assertEquals(new PrometheusName(family, labels), PrometheusName.of(stat));
    }
}
