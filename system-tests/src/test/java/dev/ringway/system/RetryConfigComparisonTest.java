package dev.ringway.system;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What Envoy refuses of retry policies and budgets is refused here, and what it takes is taken, but for what is listed as
 * refused here alone.
 */
final class RetryConfigComparisonTest
{
    @TempDir
    private static Path directory;

    private static void compare(final String action, final String thresholds, final String how) throws Exception
    {
        ConfigVerdicts.compare(directory, Files.writeString(directory.resolve("bootstrap.yaml"),
            "static_resources:\n  listeners:\n" + Bootstraps.http("in", Bootstraps.tcpAddress("127.0.0.1", 0), "",
                "- match: { prefix: / }\n  route: { cluster: a, " + action + " }\n") + "  clusters:\n" +
                Bootstraps.cluster("a", "STATIC", Bootstraps.tcpAddress("127.0.0.1", 9)) +
                "    circuit_breakers: { thresholds: [ { " + thresholds + " } ] }\n"), how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        retry_on: "5xx, gateway-error,reset,reset-before-request,connect-failure"  | taken
        retry_on: "envoy-ratelimited,retriable-4xx,refused-stream,retriable-status-codes,retriable-headers" | taken
        retry_on: "http3-post-connect-failure,cancelled,deadline-exceeded,internal,resource-exhausted,unavailable" | taken
        retry_on: "5xx,timeout"                            | refused here
        num_retries: 0                                     | taken
        num_retries: -1                                    | refused
        retriable_status_codes: [ 0, 1000 ]                | taken
        retriable_status_codes: [ -1 ]                     | refused
        per_try_timeout: 0s                                | taken
        retry_back_off: {}                                 | refused
        retry_back_off: { base_interval: 0s }              | refused
        retry_back_off: { base_interval: 0.0001s }         | taken
        retry_back_off: { max_interval: 1s }               | refused
        retry_back_off: { base_interval: 1s, max_interval: 0.5s } | refused
        retry_back_off: { base_interval: 1s, max_interval: 1s }   | taken
        rate_limited_retry_back_off: {}                    | refused
        rate_limited_retry_back_off: { reset_headers: [ {} ] } | refused
        rate_limited_retry_back_off: { reset_headers: [ { name: "a b" } ] } | refused here
        rate_limited_retry_back_off: { reset_headers: [ { name: a, format: UNIX_TIMESTAMP } ], max_interval: 0s } | refused
        rate_limited_retry_back_off: { reset_headers: [ { name: a } ] } | taken
        retriable_headers: [ { name: a, string_match: { prefix: b } } ] | taken
        retriable_headers: [ {} ]                          | refused
        retriable_request_headers: [ { name: ":method" } ] | taken
        host_selection_retry_max_attempts: 5               | taken
        retry_host_predicate: [ { name: a } ]              | refused
        retry_priority: { name: a }                        | refused
        """)
    void shouldJudgePoliciesAsEnvoyDoes(final String policy, final String how) throws Exception
    {
        compare("retry_policy: { retry_on: 5xx, ".replace(policy.startsWith("retry_on") ? "retry_on: 5xx, " : "", "") +
            policy + " }", "max_retries: 1", how);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        retry_budget: {}                                  | taken
        retry_budget: { budget_percent: { value: 100.0 } } | taken
        retry_budget: { budget_percent: { value: 100.1 } } | refused
        retry_budget: { budget_percent: { value: -1 } }   | refused
        retry_budget: { min_retry_concurrency: 0 }        | taken
        """)
    void shouldJudgeBudgetsAsEnvoyDoes(final String budget, final String how) throws Exception
    {
        compare("timeout: 1s", budget, how);
    }
}
